# LLVM 19, by which the CPU device makes machine code of kernels. Without it they run on the device's interpreter.
set(KOINE_LLVM AUTO CACHE STRING "Use LLVM 19: AUTO (if it is found), ON (it must be found), OFF")
set_property(CACHE KOINE_LLVM PROPERTY STRINGS AUTO ON OFF)

set(koine_llvm)                            # what the CPU device links
set(koine_llvm_for_python)                 # what it links in the Python package
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
  # The Python package holds an LLVM of its own, made of archives, of which others in the process see nothing.
  find_program(KOINE_LLVM_CONFIG llvm-config-19)
  find_library(KOINE_ZSTD libzstd.a)
  set(koine_llvm_for_python ${koine_llvm})
  if(KOINE_LLVM_CONFIG AND KOINE_ZSTD)
    execute_process(COMMAND ${KOINE_LLVM_CONFIG} --link-static --libfiles orcjit nativecodegen OUTPUT_VARIABLE archives
                    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE archives_missing)
    if(NOT archives_missing)
      separate_arguments(archives)
      add_library(koine::llvm_archives INTERFACE IMPORTED)
      target_include_directories(koine::llvm_archives SYSTEM INTERFACE ${KOINE_LLVM_INCLUDE})
      target_link_libraries(koine::llvm_archives INTERFACE -Wl,--start-group ${archives} -Wl,--end-group ${KOINE_ZSTD} z)
      set(koine_llvm_for_python koine::llvm_archives)
    endif()
  endif()
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
