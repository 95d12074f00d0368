# One program for each bench/<workload>.cpp, in build/bench. Built only when asked for: `--target koine_bench`.
file(GLOB bench_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/*.cpp)
list(FILTER bench_sources EXCLUDE REGEX "/timing.cpp$")
add_custom_target(koine_bench)
foreach(source IN LISTS bench_sources)
  cmake_path(GET source STEM name)
  add_executable(koine_bench_${name} EXCLUDE_FROM_ALL ${source} ${PROJECT_SOURCE_DIR}/bench/timing.cpp)
  set_target_properties(koine_bench_${name} PROPERTIES OUTPUT_NAME ${name}
                                                       RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
  target_compile_definitions(koine_bench_${name} PRIVATE KOINE_VERSION="${PROJECT_VERSION}")
  target_link_libraries(koine_bench_${name} PRIVATE koine::koine)
  add_dependencies(koine_bench koine_bench_${name})
endforeach()
