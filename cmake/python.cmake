# The Python package, in build/python/koine: import it from there with PYTHONPATH=build/python, or install it with pip.
# Where Python's headers or nanobind are missing it is left out.
set(KOINE_PYTHON AUTO CACHE STRING "Build the Python package: AUTO (if nanobind is found), ON (it must be found), OFF")
set_property(CACHE KOINE_PYTHON PROPERTY STRINGS AUTO ON OFF)

if(NOT KOINE_PYTHON STREQUAL "OFF")
  find_package(Python 3.10 QUIET COMPONENTS Interpreter Development.Module)
  find_package(nanobind 3 CONFIG QUIET PATHS ${PROJECT_SOURCE_DIR}/build/python-venv/nanobind/cmake)
endif()
if(NOT nanobind_FOUND OR NOT Python_FOUND)
  if(KOINE_PYTHON STREQUAL "ON")
    message(FATAL_ERROR "nanobind or Python's headers are not found; -Dnanobind_DIR=... names the first (python -m nanobind "
                        "--cmake_dir says it), -DKOINE_PYTHON=OFF builds without the package")
  elseif(KOINE_PYTHON STREQUAL "AUTO")
    message(STATUS "Without the Python package: nanobind is not found")
  endif()
  return()
endif()
message(STATUS "Python ${Python_VERSION}, nanobind: ${nanobind_DIR}")

set(KOINE_PYTHON_PACKAGE ${PROJECT_BINARY_DIR}/python/koine)
file(GLOB python_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/python/*.cpp)
nanobind_add_module(koine_python NOMINSIZE NB_STATIC ${python_sources})
set_target_properties(koine_python PROPERTIES OUTPUT_NAME _core LIBRARY_OUTPUT_DIRECTORY ${KOINE_PYTHON_PACKAGE}
                                              INSTALL_RPATH $ORIGIN)
target_link_libraries(koine_python PRIVATE koine_api koine::koine)
add_dependencies(koine_python koine_generate)

# The modules in Python are links, so that an edit needs no build.
file(GLOB python_modules CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/python/koine/*)
foreach(module IN LISTS python_modules)
  cmake_path(GET module FILENAME name)
  file(CREATE_LINK ${module} ${KOINE_PYTHON_PACKAGE}/${name} SYMBOLIC)
endforeach()
