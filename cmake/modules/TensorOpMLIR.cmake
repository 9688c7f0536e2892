# Finds Debian's LLVM/MLIR once and sets what its CMake modules expect.
find_package(MLIR 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22)
message(STATUS "MLIR ${LLVM_PACKAGE_VERSION}: ${MLIR_DIR}")

# MLIRConfig.cmake does not say whether a dylib exists; Debian's does.
if(TARGET MLIR)
  set(_tensorop_have_mlir_dylib ON)
else()
  set(_tensorop_have_mlir_dylib OFF)
endif()
option(MLIR_LINK_MLIR_DYLIB "Link against libMLIR.so" ${_tensorop_have_mlir_dylib})

set(LLVM_EXTERNAL_LIT "${LLVM_TOOLS_BINARY_DIR}/lit" CACHE STRING "lit of the distribution")
set(LLVM_LIT_ARGS "-sv" CACHE STRING "Default options for lit")
set(LLVM_RUNTIME_OUTPUT_INTDIR ${CMAKE_BINARY_DIR}/bin)
set(LLVM_LIBRARY_OUTPUT_INTDIR ${CMAKE_BINARY_DIR}/lib)
set(MLIR_BINARY_DIR ${CMAKE_BINARY_DIR})
list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
separate_arguments(_tensorop_llvm_definitions NATIVE_COMMAND ${LLVM_DEFINITIONS})
add_definitions(${_tensorop_llvm_definitions})

# Debian's LLVM is built with NDEBUG: a build without it has another layout of
# llvm::Statistic and misses symbols. Invariants are checked by TENSOROP_CHECK.
foreach(_config "" _DEBUG _RELEASE _RELWITHDEBINFO _MINSIZEREL)
  foreach(_lang C CXX)
    string(REPLACE "-DNDEBUG" "" CMAKE_${_lang}_FLAGS${_config} "${CMAKE_${_lang}_FLAGS${_config}}")
  endforeach()
endforeach()
add_definitions(-DNDEBUG)

include(TableGen)
include(AddLLVM)
include(AddMLIR)
include(HandleLLVMOptions)
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
include_directories(${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include)
# g++ 12 sees dangling pointers in `for (...; auto op = ...; value = op.getX())`.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-dangling-pointer>)
endif()
