# The one library, and the package that find_package(koine) finds.
list(TRANSFORM koine_objects REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE objects)
add_library(koine_all ${objects})
set_target_properties(koine_all PROPERTIES OUTPUT_NAME koine EXPORT_NAME all LINKER_LANGUAGE CXX
                                           VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION}
                                           ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}
                                           LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
target_compile_features(koine_all PUBLIC cxx_std_20)
target_include_directories(koine_all INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                               $<BUILD_INTERFACE:${KOINE_GENERATED}/include>
                                               $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(koine_all PRIVATE ZLIB::ZLIB tomlplusplus::tomlplusplus ${koine_images})
if(koine_onednn)
  # Its name in the installed package is ours: it is the copy that was installed with Koine, or the system's.
  target_link_libraries(koine_all PRIVATE $<BUILD_INTERFACE:${koine_onednn}> $<INSTALL_INTERFACE:koine::onednn>)
endif()
if(koine_llvm)
  target_link_libraries(koine_all PRIVATE koine::llvm)
endif()
add_dependencies(koine_all koine_generate)

# What users link. Ops, devices and the evaluator install themselves at start-up: nothing refers to them by name, and of a
# static library a linker takes only what is referred to, so the whole of it is asked for.
add_library(koine INTERFACE)
add_library(koine::koine ALIAS koine)
if(BUILD_SHARED_LIBS)
  target_link_libraries(koine INTERFACE koine_all)
else()
  target_link_libraries(koine INTERFACE $<BUILD_INTERFACE:$<LINK_LIBRARY:WHOLE_ARCHIVE,koine_all>>
                                        $<INSTALL_INTERFACE:$<LINK_LIBRARY:WHOLE_ARCHIVE,koine::all>>)
endif()

include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/koine)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/koineConfig.cmake.in ${PROJECT_BINARY_DIR}/koineConfig.cmake
                              INSTALL_DESTINATION ${package_folder} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/koineConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(TARGETS koine koine_all EXPORT koine)
install(EXPORT koine FILE koineTargets.cmake NAMESPACE koine:: DESTINATION ${package_folder})
install(FILES ${PROJECT_BINARY_DIR}/koineConfig.cmake ${PROJECT_BINARY_DIR}/koineConfigVersion.cmake
        DESTINATION ${package_folder})
install(DIRECTORY include/koine ${KOINE_GENERATED}/include/koine DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h")
if(TARGET koine_cli)
  install(TARGETS koine_cli)
endif()

# Libraries that Koine brings along lie in a folder of their own, where nobody else finds them.
set(own_libraries ${CMAKE_INSTALL_LIBDIR}/koine)
if(koine_onednn_installed)
  install(FILES $<TARGET_FILE:${koine_onednn}> RENAME $<TARGET_SONAME_FILE_NAME:${koine_onednn}>
          DESTINATION ${own_libraries})
endif()
file(RELATIVE_PATH from_bin ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
koine_runpath(koine_all $ORIGIN/koine)
if(TARGET koine_cli)
  koine_runpath(koine_cli $ORIGIN/${from_bin}/koine $ORIGIN/${from_bin} $<$<BOOL:${BUILD_SHARED_LIBS}>:$ORIGIN>)
endif()
