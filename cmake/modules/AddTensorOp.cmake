# The one way to declare libraries, tools and unit tests of this project.

# All generated headers; every library depends on it.
add_custom_target(tensorop-headers)

# add_tensorop_library(name sources... [LINK_LIBS PUBLIC own...] [MLIR_LIBS upstream...])
#   A library above MLIR. Upstream libraries go to MLIR_LIBS, so that they become
#   libMLIR.so when that is used.
function(add_tensorop_library name)
  cmake_parse_arguments(ARG "" "" "MLIR_LIBS" ${ARGN})
  add_mlir_library(${name} EXCLUDE_FROM_LIBMLIR DISABLE_INSTALL
    ${ARG_UNPARSED_ARGUMENTS} DEPENDS tensorop-headers)
  mlir_target_link_libraries(${name} PUBLIC ${ARG_MLIR_LIBS})
  set_property(GLOBAL APPEND PROPERTY TENSOROP_LIBS ${name})
endfunction()

# add_tensorop_plain_library(name sources... [LINK_LIBS own...] [LLVM])
#   A library without MLIR; with LLVM only when asked for. Exceptions are on in
#   plain C++ libraries (nlohmann_json) and must not cross their border.
function(add_tensorop_plain_library name)
  cmake_parse_arguments(ARG "LLVM" "" "LINK_LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  if(ARG_LLVM)
    llvm_update_compile_flags(${name})
    target_link_libraries(${name} PUBLIC LLVM)
  endif()
  target_link_libraries(${name} PUBLIC ${ARG_LINK_LIBS})
  set_property(GLOBAL APPEND PROPERTY TENSOROP_LIBS ${name})
endfunction()

# add_tensorop_tool(name sources... LINK_LIBS libs...)
function(add_tensorop_tool name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_llvm_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${ARG_LINK_LIBS} MLIR LLVM)
  set_property(GLOBAL APPEND PROPERTY TENSOROP_TOOLS ${name})
endfunction()

# add_tensorop_plugin(name sources... LINK_LIBS libs...)
#   A module, lib/<name>.so, that a stock mlir-opt loads. It must see the driver's
#   MLIR and no copy of its own: two copies have two TypeIDs for each op and two
#   pass registries. Debian's mlir-opt takes MLIR from libMLIR.so, so the plugin
#   links that library, and nothing of MLIR statically.
function(add_tensorop_plugin name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  if(NOT MLIR_LINK_MLIR_DYLIB)
    message(STATUS "${name}: left out, this MLIR has no libMLIR.so that a driver shares")
    return()
  endif()
  llvm_add_library(${name} MODULE DISABLE_LLVM_LINK_LLVM_DYLIB ${ARG_UNPARSED_ARGUMENTS}
    LINK_LIBS PRIVATE ${ARG_LINK_LIBS} MLIR LLVM)
  set_property(GLOBAL APPEND PROPERTY TENSOROP_TOOLS ${name})
endfunction()

# add_tensorop_unittest(name sources... LINK_LIBS libs...)
function(add_tensorop_unittest name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  find_package(GTest REQUIRED)
  include(GoogleTest)
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  llvm_update_compile_flags(${name})
  target_link_libraries(${name} PRIVATE ${ARG_LINK_LIBS} GTest::gtest_main)
  set_property(GLOBAL APPEND PROPERTY TENSOROP_UNITTESTS ${name})
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60)
endfunction()

# add_tensorop_plain_tool(name sources... LINK_LIBS libs...)
#   A tool without LLVM, for machines that only run kernels.
function(add_tensorop_plain_tool name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${LLVM_RUNTIME_OUTPUT_INTDIR})
  target_link_libraries(${name} PRIVATE ${ARG_LINK_LIBS})
  set_property(GLOBAL APPEND PROPERTY TENSOROP_TOOLS ${name})
endfunction()
