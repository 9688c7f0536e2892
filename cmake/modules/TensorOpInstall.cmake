# Installation, the package that other projects find, and the list of targets
# that the dependency test reads. Included last, when every target is declared.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(_tensorop_libs GLOBAL PROPERTY TENSOROP_LIBS)
get_property(_tensorop_tools GLOBAL PROPERTY TENSOROP_TOOLS)
get_property(_tensorop_unittests GLOBAL PROPERTY TENSOROP_UNITTESTS)

# Libraries and tools.
foreach(_lib ${_tensorop_libs})
  target_include_directories(${_lib} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(${_lib} INTERFACE cxx_std_17)
  # As LLVM was built: without it, llvm::Statistic has another layout.
  target_compile_definitions(${_lib} INTERFACE $<INSTALL_INTERFACE:NDEBUG>)
endforeach()
list(TRANSFORM _tensorop_libs PREPEND TensorOp:: OUTPUT_VARIABLE _tensorop_exported_libs)
foreach(_tool ${_tensorop_tools})
  # libMLIR.so lies in LLVM's own folder.
  set_target_properties(${_tool} PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
endforeach()
if(_tensorop_libs OR _tensorop_tools)
  install(TARGETS ${_tensorop_libs} ${_tensorop_tools} EXPORT TensorOpTargets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  set(_tensorop_config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/TensorOp)
  install(EXPORT TensorOpTargets NAMESPACE TensorOp:: DESTINATION ${_tensorop_config_dir})
  configure_package_config_file(
    ${PROJECT_SOURCE_DIR}/cmake/modules/TensorOpConfig.cmake.in
    ${PROJECT_BINARY_DIR}/TensorOpConfig.cmake
    INSTALL_DESTINATION ${_tensorop_config_dir})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/TensorOpConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/TensorOpConfig.cmake
                ${PROJECT_BINARY_DIR}/TensorOpConfigVersion.cmake
    DESTINATION ${_tensorop_config_dir})
endif()

# Headers (written and generated) and the files that tools read.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/TensorOp ${PROJECT_BINARY_DIR}/include/TensorOp
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "*.inc" PATTERN "CMakeFiles" EXCLUDE)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples ${PROJECT_SOURCE_DIR}/benchmarks/plans
  DESTINATION ${CMAKE_INSTALL_DATADIR}/tensorop)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md
  DESTINATION ${CMAKE_INSTALL_DOCDIR})

# The list of targets: name, kind, folder, what they link.
set(_tensorop_json "")
foreach(_kind library tool unittest)
  if(_kind STREQUAL library)
    set(_targets ${_tensorop_libs})
  elseif(_kind STREQUAL tool)
    set(_targets ${_tensorop_tools})
  else()
    set(_targets ${_tensorop_unittests})
  endif()
  foreach(_target ${_targets})
    get_target_property(_folder ${_target} SOURCE_DIR)
    file(RELATIVE_PATH _folder ${PROJECT_SOURCE_DIR} ${_folder})
    get_target_property(_links ${_target} LINK_LIBRARIES)
    if(NOT _links)
      set(_links "")
    endif()
    list(FILTER _links EXCLUDE REGEX "^::@")
    list(TRANSFORM _links PREPEND "\"")
    list(TRANSFORM _links APPEND "\"")
    list(JOIN _links ", " _links)
    list(APPEND _tensorop_json
      "  {\"name\": \"${_target}\", \"kind\": \"${_kind}\", \"folder\": \"${_folder}\", \"links\": [${_links}]}")
  endforeach()
endforeach()
list(JOIN _tensorop_json ",\n" _tensorop_json)
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/tensorop-targets.json CONTENT "[\n${_tensorop_json}\n]\n")
