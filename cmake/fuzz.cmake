# Programs of libFuzzer, one for each target of tests/fuzz/targets, where the compiler is clang; scripts/fuzz builds and runs
# them. The tests replay the corpora with any compiler.
file(GLOB fuzz_targets CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/targets/*.cpp)
list(FILTER fuzz_targets EXCLUDE REGEX "/(target|libfuzzer).cpp$")
foreach(file IN LISTS fuzz_targets)
  cmake_path(GET file STEM name)
  add_executable(koine_fuzz_${name} EXCLUDE_FROM_ALL ${file} tests/fuzz/targets/target.cpp tests/fuzz/targets/libfuzzer.cpp
                                                     tests/fuzz/generate.cpp)
  set_target_properties(koine_fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
  target_include_directories(koine_fuzz_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(koine_fuzz_${name} PRIVATE koine_api koine::koine ZLIB::ZLIB)
  target_link_options(koine_fuzz_${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(koine_fuzz_${name} koine_generate)
endforeach()
