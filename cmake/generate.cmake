# What is generated from the headers of src/ops: the functions of <koine/ops.h> and the table, in shards, so that one op
# rebuilds one shard. The generator leaves a file alone whose text stays the same, and Ninja then rebuilds nothing for it.
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)

set(KOINE_GENERATED ${PROJECT_BINARY_DIR}/generated)
set(KOINE_GENERATED_SOURCES)
set(generator ${PROJECT_SOURCE_DIR}/tools/genops.py)
file(GLOB op_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/ops/*/*.h)

set(shards 16)
math(EXPR last_shard "${shards} - 1")
foreach(i RANGE ${last_shard})
  if(i LESS 10)
    set(i 0${i})
  endif()
  list(APPEND KOINE_GENERATED_SOURCES ${KOINE_GENERATED}/src/ops_shard_${i}.cpp)
endforeach()
list(APPEND KOINE_GENERATED_SOURCES ${KOINE_GENERATED}/src/ops_table.cpp)
add_custom_command(
  OUTPUT ${KOINE_GENERATED}/stamp
  BYPRODUCTS ${KOINE_GENERATED_SOURCES} ${KOINE_GENERATED}/include/koine/ops.h ${KOINE_GENERATED}/src/ops_rows.h
  COMMAND Python3::Interpreter ${generator} --ops src/ops --out ${KOINE_GENERATED} --shards ${shards}
  COMMAND ${CMAKE_COMMAND} -E touch ${KOINE_GENERATED}/stamp
  DEPENDS ${generator} ${op_files}
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
  COMMENT "Generating the functions and the table of the ops"
  VERBATIM)
add_custom_target(koine_generate DEPENDS ${KOINE_GENERATED}/stamp)
