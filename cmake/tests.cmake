# One binary with all C++ tests, and the checks of the repository, so that `ctest` runs everything.
find_package(doctest REQUIRED)
find_library(mpfr NAMES mpfr REQUIRED)

file(GLOB_RECURSE test_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/*.cpp)
list(FILTER test_sources EXCLUDE REGEX "/tests/((consumer|checks|math/exhaustive)/|fuzz/(main|targets/libfuzzer).cpp)")
add_executable(koine_tests ${test_sources})
set_target_properties(koine_tests PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
target_include_directories(koine_tests PRIVATE ${PROJECT_SOURCE_DIR}/tests)
# Both halve the time that the tests take to compile.
target_compile_definitions(koine_tests PRIVATE DOCTEST_CONFIG_SUPER_FAST_ASSERTS)
target_compile_options(koine_tests PRIVATE -O1)
target_link_libraries(koine_tests PRIVATE koine_api koine::koine doctest::doctest ${mpfr})
add_dependencies(koine_tests koine_generate)
add_test(NAME koine_tests COMMAND koine_tests WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})

# The same with every op evaluated at its call. Left out: what is only true of pending work (memory taken over from the
# last holder, errors that come when a value is read, a million pending ops).
add_test(NAME koine_tests.eager
         COMMAND koine_tests "--test-case-exclude=*in place*,*an error at run time*,*refused at the call,*a chain of a million*"
         WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(koine_tests.eager PROPERTIES ENVIRONMENT KOINE_EAGER=1)

# The same on the device that interprets the ops' definitions, and on the CPU with every kernel compiled at first sight.
# For other instruction sets the tests of values and first derivatives.
foreach(variant reference:KOINE_DEVICE=reference compiled:KOINE_TIER=compiled)
  string(REPLACE ":" ";" variant ${variant})
  list(POP_FRONT variant name)
  add_test(NAME koine_tests.${name} COMMAND koine_tests WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(koine_tests.${name} PROPERTIES ENVIRONMENT ${variant})
endforeach()
foreach(isa baseline avx2)
  foreach(tier compiled interpreted)
    add_test(NAME koine_tests.${isa}.${tier} COMMAND koine_tests "--test-case=forward:*,vjp:*,broadcast:*,composites:*"
             WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(koine_tests.${isa}.${tier} PROPERTIES ENVIRONMENT "KOINE_ISA=${isa};KOINE_TIER=${tier}")
  endforeach()
endforeach()

# What measures the CPU's vector mathematics, also over all float32 numbers; built on demand.
add_executable(koine_math EXCLUDE_FROM_ALL tests/math/exhaustive/main.cpp tests/math/reference.cpp tests/math/samples.cpp)
set_target_properties(koine_math PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
target_include_directories(koine_math PRIVATE ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(koine_math PRIVATE koine_api koine::koine ${mpfr})

# Random programs on the CPU device, for as long as one likes; built on demand.
add_executable(koine_fuzz EXCLUDE_FROM_ALL tests/fuzz/main.cpp tests/fuzz/generate.cpp tests/fuzz/compare.cpp)
set_target_properties(koine_fuzz PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
target_include_directories(koine_fuzz PRIVATE ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(koine_fuzz PRIVATE koine_api koine::koine)
add_dependencies(koine_fuzz koine_generate)

# Every tests/checks/<name>.py is a check, and --self-test shows that it fails when it should.
file(GLOB checks CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/checks/*.py)
list(FILTER checks EXCLUDE REGEX "/_[^/]*$")
foreach(check IN LISTS checks)
  cmake_path(GET check STEM name)
  set(command Python3::Interpreter ${check} --root ${PROJECT_SOURCE_DIR} --build ${PROJECT_BINARY_DIR})
  add_test(NAME check.${name} COMMAND ${command})
  add_test(NAME check.${name}.self_test COMMAND ${command} --self-test)
  set_tests_properties(check.${name} check.${name}.self_test PROPERTIES RESOURCE_LOCK ${name})
endforeach()

# The tests of the Python package, when it is built; pytest and what it compares with are in build/python-venv.
if(TARGET koine_python)
  add_test(NAME python COMMAND ${Python_EXECUTABLE} -m pytest -q -p no:cacheprovider tests/python
           WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(python PROPERTIES ENVIRONMENT "PYTHONPATH=${PROJECT_BINARY_DIR}/python;PYTHONDONTWRITEBYTECODE=1")
endif()

# Kernels are kept in the build's own folder. Two runs go without: there the first sight of a graph is interpreted.
get_property(all_tests DIRECTORY PROPERTY TESTS)
foreach(test IN LISTS all_tests)
  set(kernels ${PROJECT_BINARY_DIR}/kernels)
  if(test MATCHES "^koine_tests(.eager)?$")
    set(kernels off)
  endif()
  set_property(TEST ${test} APPEND PROPERTY ENVIRONMENT KOINE_CACHE=${kernels})
  # Some build first, which takes long on a busy machine.
  set_property(TEST ${test} PROPERTY TIMEOUT 3600)
endforeach()
