# One target per folder of src/, linking what layers.txt allows it; together they are the one library `koine`.
find_package(ZLIB REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
# Templates in a header: nothing of it is linked.
find_path(KOINE_KISSFFT kissfft/kissfft.hh REQUIRED)

# What a folder uses of others; nothing of it is seen by a user's code.
set(koine_uses_backend ${koine_onednn} ${koine_llvm})
set(koine_uses_data ZLIB::ZLIB)
set(koine_uses_io nlohmann_json::nlohmann_json)
set(koine_uses_train tomlplusplus::tomlplusplus nlohmann_json::nlohmann_json)
set(koine_uses_cli CLI11::CLI11 tomlplusplus::tomlplusplus nlohmann_json::nlohmann_json)

add_library(koine_api INTERFACE)
target_include_directories(koine_api INTERFACE ${PROJECT_SOURCE_DIR}/include ${KOINE_GENERATED}/include
                                               ${PROJECT_SOURCE_DIR}/src ${KOINE_GENERATED}/src)

file(STRINGS ${PROJECT_SOURCE_DIR}/layers.txt layer_lines REGEX "^[a-z]+:")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/layers.txt)
set(koine_objects)
foreach(line IN LISTS layer_lines)
  string(REGEX MATCH "^([a-z]+):(.*)$" _ "${line}")
  set(layer ${CMAKE_MATCH_1})
  separate_arguments(allowed UNIX_COMMAND "${CMAKE_MATCH_2}")
  list(TRANSFORM allowed PREPEND koine_)
  if(layer MATCHES "^(api|python)$") # the latter is a module of its own, see python.cmake
    continue()
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${layer}/*.cpp)
  if(layer STREQUAL ops)
    list(APPEND sources ${KOINE_GENERATED_SOURCES})
  elseif(layer STREQUAL backend)
    list(APPEND sources ${KOINE_GENERATED}/src/op_kernels.cpp ${emitter_sources})
    list(FILTER sources EXCLUDE REGEX ${koine_onednn_sources})
    list(FILTER sources EXCLUDE REGEX ${koine_llvm_sources})
  endif()
  if(NOT sources)
    add_library(koine_${layer} INTERFACE)
    target_link_libraries(koine_${layer} INTERFACE ${allowed})
    continue()
  endif()
  if(layer STREQUAL cli)
    add_executable(koine_cli ${sources})
    set_target_properties(koine_cli PROPERTIES OUTPUT_NAME koine RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
    target_link_libraries(koine_cli PRIVATE koine_api koine::koine ${koine_uses_cli})
    target_compile_definitions(koine_cli PRIVATE KOINE_VERSION="${PROJECT_VERSION}")
    # The reference of the ops, as this build has them.
    add_custom_command(TARGET koine_cli POST_BUILD
                       COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/docs
                       COMMAND koine_cli op --reference > ${PROJECT_BINARY_DIR}/docs/ops.md)
  else()
    add_library(koine_${layer} OBJECT ${sources})
    list(APPEND koine_objects koine_${layer})
    target_link_libraries(koine_${layer} PRIVATE ${koine_uses_${layer}} PUBLIC ${allowed})
  endif()
  add_dependencies(koine_${layer} koine_generate)
endforeach()
