# Static runners for machines of other architectures: tensorop-runner-<arch>, which
# describes the machine it runs on, and lib/tensorop/<arch>/libtensorop-runner.a, from
# which tensorop-run links a runner together with the kernels that it runs.
#
# Clang makes the code; the C and C++ libraries are those of the distribution's cross
# compilers. Its assembler is clang's: binutils of gcc 12 do not know RVV 1.0.

set(TENSOROP_BOARD_RUNNERS "riscv64;aarch64" CACHE STRING
    "Architectures to build a static runner for, where libraries of a cross compiler are installed")

# The clang that cross-compiles: the build's own compiler, or one beside g++.
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  set(_tensorop_cross_cxx ${CMAKE_CXX_COMPILER})
else()
  find_program(TENSOROP_CLANG NAMES clang++-22 clang++ DOC "Clang, for runners of other architectures")
  set(_tensorop_cross_cxx ${TENSOROP_CLANG})
endif()

# Sets `result` to why no static program can be made for `arch`; empty when one can.
function(_tensorop_why_no_board arch result)
  if(NOT _tensorop_cross_cxx)
    set(${result} "there is no clang" PARENT_SCOPE)
    return()
  endif()
  set(probe ${CMAKE_CURRENT_BINARY_DIR}/probe-${arch})
  file(WRITE ${probe}.cpp "#include <string>\nint main(int c, char **v) { return std::string(v[0]).size() > 4; }\n")
  execute_process(
    COMMAND ${_tensorop_cross_cxx} --target=${arch}-linux-gnu -static -fuse-ld=lld ${probe}.cpp -o ${probe}
    RESULT_VARIABLE code OUTPUT_QUIET ERROR_QUIET)
  if(code EQUAL 0)
    set(${result} "" PARENT_SCOPE)
  else()
    set(${result} "no C++ library for it (Debian: g++-${arch}-linux-gnu), or no lld" PARENT_SCOPE)
  endif()
endfunction()

# add_tensorop_board_runner(arch SOURCES absolute paths... INCLUDES folders... [DEFINITIONS ...])
#   Nothing, with a message, where it cannot be built.
function(add_tensorop_board_runner arch)
  cmake_parse_arguments(ARG "" "" "SOURCES;INCLUDES;DEFINITIONS" ${ARGN})
  _tensorop_why_no_board(${arch} why)
  if(why)
    message(STATUS "tensorop-runner-${arch}: left out, ${why}")
    return()
  endif()
  set(flags --target=${arch}-linux-gnu -std=c++17 -O2 -fno-pic -ffunction-sections -fdata-sections -DNDEBUG
    -DTENSOROP_STATIC_RUNNER)
  foreach(definition ${ARG_DEFINITIONS})
    list(APPEND flags -D${definition})
  endforeach()
  list(APPEND flags -I${PROJECT_SOURCE_DIR}/include)
  foreach(folder ${ARG_INCLUDES})
    list(APPEND flags -isystem ${folder})
  endforeach()
  set(objects)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${arch})
  file(MAKE_DIRECTORY ${folder})
  foreach(source ${ARG_SOURCES})
    get_filename_component(name ${source} NAME_WE)
    set(object ${folder}/${name}.o)
    add_custom_command(OUTPUT ${object}
      COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${_tensorop_cross_cxx} ${flags} -MD -MF ${object}.d
              -c ${source} -o ${object}
      DEPENDS ${source} DEPFILE ${object}.d VERBATIM
      COMMENT "Building ${name} for ${arch}")
    list(APPEND objects ${object})
  endforeach()
  set(archive ${CMAKE_BINARY_DIR}/lib/tensorop/${arch}/libtensorop-runner.a)
  set(runner ${LLVM_RUNTIME_OUTPUT_INTDIR}/tensorop-runner-${arch})
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib/tensorop/${arch})
  add_custom_command(OUTPUT ${archive}
    COMMAND ${CMAKE_COMMAND} -E rm -f ${archive}
    COMMAND ${LLVM_TOOLS_BINARY_DIR}/llvm-ar rcsD ${archive} ${objects}
    DEPENDS ${objects} VERBATIM)
  add_custom_command(OUTPUT ${runner}
    COMMAND ${_tensorop_cross_cxx} --target=${arch}-linux-gnu -static -fuse-ld=lld -Wl,--gc-sections,--strip-debug,--discard-locals
            ${archive} -o ${runner}
    DEPENDS ${archive} VERBATIM
    COMMENT "Linking tensorop-runner-${arch}")
  add_custom_target(tensorop-runner-${arch} ALL DEPENDS ${archive} ${runner})
  set_property(GLOBAL APPEND PROPERTY TENSOROP_TEST_DEPENDS tensorop-runner-${arch})
  install(PROGRAMS ${runner} DESTINATION ${CMAKE_INSTALL_BINDIR})
  # Beside bin/, where tensorop-run looks for it.
  install(FILES ${archive} DESTINATION ${CMAKE_INSTALL_BINDIR}/../lib/tensorop/${arch})
endfunction()
