# The one library, and the package that `find_package(koine)` finds.
if(NOT koine_objects)
  return()
endif()
list(TRANSFORM koine_objects REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE objects)
add_library(koine_all ${objects})
set_target_properties(koine_all PROPERTIES OUTPUT_NAME koine LINKER_LANGUAGE CXX
                                           ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}
                                           LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
target_compile_features(koine_all PUBLIC cxx_std_20)
target_include_directories(koine_all INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                               $<BUILD_INTERFACE:${KOINE_GENERATED}/include>
                                               $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
find_package(Threads REQUIRED)
target_link_libraries(koine_all PRIVATE ZLIB::ZLIB tomlplusplus::tomlplusplus Threads::Threads)
add_dependencies(koine_all koine_generate)

# What users link. Ops, devices and the evaluator install themselves at start-up: nothing refers to them by name, and of a
# static library a linker takes only what is referred to, so the whole of it is asked for.
add_library(koine INTERFACE)
add_library(koine::koine ALIAS koine)
if(BUILD_SHARED_LIBS)
  target_link_libraries(koine INTERFACE koine_all)
else()
  target_link_libraries(koine INTERFACE $<LINK_LIBRARY:WHOLE_ARCHIVE,koine_all>)
endif()
