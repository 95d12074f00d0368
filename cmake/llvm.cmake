# LLVM 19, by which the CPU device makes machine code of kernels. Without it they run on the device's interpreter.
set(KOINE_LLVM AUTO CACHE STRING "Use LLVM 19: AUTO (if it is found), ON (it must be found), OFF")
set_property(CACHE KOINE_LLVM PROPERTY STRINGS AUTO ON OFF)

set(koine_llvm)                            # what the CPU device links
set(koine_llvm_sources "/backend/cpu/jit/") # the sources to leave out
if(NOT KOINE_LLVM STREQUAL "OFF")
  find_path(KOINE_LLVM_INCLUDE llvm/ExecutionEngine/Orc/LLJIT.h PATHS /usr/lib/llvm-19/include NO_DEFAULT_PATH)
  find_library(KOINE_LLVM_LIBRARY LLVM-19 PATHS /usr/lib/llvm-19/lib)
endif()
if(KOINE_LLVM_INCLUDE AND KOINE_LLVM_LIBRARY AND NOT KOINE_LLVM STREQUAL "OFF")
  message(STATUS "LLVM 19: ${KOINE_LLVM_LIBRARY}")
  add_library(koine::llvm SHARED IMPORTED)
  set_target_properties(koine::llvm PROPERTIES IMPORTED_LOCATION ${KOINE_LLVM_LIBRARY})
  target_include_directories(koine::llvm SYSTEM INTERFACE ${KOINE_LLVM_INCLUDE})
  set(koine_llvm koine::llvm)
  set(koine_llvm_sources "/backend/cpu/no_jit.cpp$")
  # Kernels that an earlier build kept on disk are of no use to one whose emitter says something else.
  file(GLOB emitter ${PROJECT_SOURCE_DIR}/src/backend/cpu/jit/* ${PROJECT_SOURCE_DIR}/src/backend/cpu/math/*.h
       ${PROJECT_SOURCE_DIR}/src/backend/cpu/code.h ${PROJECT_SOURCE_DIR}/src/compile/*
       ${PROJECT_SOURCE_DIR}/src/ir/scalar.* ${PROJECT_SOURCE_DIR}/include/koine/dtype.h)
  set(emitter_sources ${KOINE_GENERATED}/src/emitter_sources.cpp)
  add_custom_command(OUTPUT ${emitter_sources}
                     COMMAND ${CMAKE_COMMAND} -DOUT=${emitter_sources} -DNAMESPACE=koine::backend::cpu::jit -DNAME=emitter_sources
                             -P ${CMAKE_CURRENT_LIST_DIR}/hash_files.cmake -- ${emitter}
                     DEPENDS ${emitter} ${CMAKE_CURRENT_LIST_DIR}/hash_files.cmake VERBATIM)
elseif(KOINE_LLVM STREQUAL "ON")
  message(FATAL_ERROR "LLVM 19 is not found; -DKOINE_LLVM_INCLUDE=... and -DKOINE_LLVM_LIBRARY=... name its place, "
                      "-DKOINE_LLVM=OFF builds without it")
else()
  message(STATUS "Without LLVM: kernels are interpreted")
endif()
