# The Python package, in build/python/koine: PYTHONPATH=build/python imports it from there, `pip install .` installs it.
# It needs Python's headers and nanobind, which scripts/build puts into build/python-venv; without them it is left out.
set(KOINE_PYTHON AUTO CACHE STRING "Build the Python package: AUTO (if nanobind is found), ON (it must be found), OFF")
set_property(CACHE KOINE_PYTHON PROPERTY STRINGS AUTO ON OFF)

if(NOT KOINE_PYTHON STREQUAL "OFF")
  if(NOT Python_EXECUTABLE AND EXISTS ${PROJECT_BINARY_DIR}/python-venv/bin/python)
    set(Python_EXECUTABLE ${PROJECT_BINARY_DIR}/python-venv/bin/python)
  endif()
  find_package(Python 3.10 QUIET COMPONENTS Interpreter Development.Module)
  if(Python_FOUND AND NOT nanobind_DIR)
    execute_process(COMMAND ${Python_EXECUTABLE} -m nanobind --cmake_dir OUTPUT_VARIABLE nanobind_place
                    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
  find_package(nanobind 3 CONFIG QUIET PATHS ${nanobind_place})
endif()
if(NOT nanobind_FOUND OR NOT Python_FOUND)
  if(KOINE_PYTHON STREQUAL "ON")
    message(FATAL_ERROR "nanobind 3 or Python's headers are not found; -DPython_EXECUTABLE=... names a Python that has "
                        "them, -DKOINE_PYTHON=OFF builds without the package")
  elseif(KOINE_PYTHON STREQUAL "AUTO")
    message(STATUS "Without the Python package: nanobind 3 or Python's headers are not found")
  endif()
  return()
endif()
message(STATUS "Python ${Python_VERSION}: ${Python_EXECUTABLE}")

set(package_tree ${PROJECT_BINARY_DIR}/python/koine)
file(MAKE_DIRECTORY ${package_tree})
file(GLOB python_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/python/*.cpp)
nanobind_add_module(koine_python NOMINSIZE NB_STATIC NB_SUPPRESS_WARNINGS ${python_sources})
target_compile_options(nanobind-static PRIVATE -Wno-conversion)
set_target_properties(koine_python PROPERTIES OUTPUT_NAME _core LIBRARY_OUTPUT_DIRECTORY ${package_tree})
koine_runpath(koine_python $ORIGIN)
# Made of the objects, so that it stands alone; of all its symbols Python's loader sees one.
list(TRANSFORM koine_objects REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE objects)
target_link_libraries(koine_python PRIVATE koine_api ${objects} ZLIB::ZLIB tomlplusplus::tomlplusplus ${koine_images}
                                           ${koine_onednn} ${koine_llvm_for_python})
target_link_options(koine_python PRIVATE LINKER:--gc-sections,--version-script=${CMAKE_CURRENT_LIST_DIR}/python.symbols)
set_property(TARGET koine_python APPEND PROPERTY LINK_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/python.symbols)
add_dependencies(koine_python koine_generate)

# The modules in Python are links, so that an edit needs no build.
file(GLOB python_modules CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/python/koine/*.py)
foreach(module IN LISTS python_modules)
  cmake_path(GET module FILENAME name)
  file(CREATE_LINK ${module} ${package_tree}/${name} SYMBOLIC)
endforeach()

install(TARGETS koine_python LIBRARY DESTINATION koine COMPONENT python EXCLUDE_FROM_ALL)
if(koine_onednn_installed)
  install(FILES $<TARGET_FILE:${koine_onednn}> RENAME $<TARGET_SONAME_FILE_NAME:${koine_onednn}> DESTINATION koine
          COMPONENT python EXCLUDE_FROM_ALL)
endif()

# What type checkers read, from the table of the extension and the modules over it.
if(NOT KOINE_SANITIZE)
  set(stubs ${package_tree}/py.typed)
  foreach(module __init__ linalg fft tree errors nn optim random data train testing)
    list(APPEND stubs ${package_tree}/${module}.pyi)
  endforeach()
  add_custom_command(OUTPUT ${stubs} COMMAND Python::Interpreter ${PROJECT_SOURCE_DIR}/tools/python_stubs.py ${package_tree}
                     DEPENDS koine_python ${PROJECT_SOURCE_DIR}/tools/python_stubs.py ${python_modules}
                     COMMENT "Generating the stubs of the Python package" VERBATIM)
  add_custom_target(koine_python_stubs ALL DEPENDS ${stubs})
  # The reference for users, a page for each function.
  set(pages ${PROJECT_BINARY_DIR}/docs/python)
  add_custom_command(OUTPUT ${pages}/index.md
                     COMMAND Python::Interpreter ${PROJECT_SOURCE_DIR}/tools/python_reference.py ${package_tree} ${pages}
                     DEPENDS koine_python ${PROJECT_SOURCE_DIR}/tools/python_reference.py ${python_modules}
                     COMMENT "Writing the reference of the Python package" VERBATIM)
  add_custom_target(koine_python_reference ALL DEPENDS ${pages}/index.md)
  install(FILES ${stubs} DESTINATION koine COMPONENT python EXCLUDE_FROM_ALL)
endif()
