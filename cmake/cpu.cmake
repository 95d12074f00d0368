# What the CPU device needs of the build: flags of the files for one instruction set, and the list of its own kernels.

# A file that is named after an instruction set is compiled for it; the program asks the machine before it calls it. Their
# sums are fused multiply-adds, also where the compiler would not assume that of the language.
file(GLOB cpu_tiles ${PROJECT_SOURCE_DIR}/src/backend/cpu/gemm/tile_*.cpp)
set_property(SOURCE ${cpu_tiles} APPEND PROPERTY COMPILE_OPTIONS -ffp-contract=fast)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(cpu_flags_avx2 -mavx2 -mfma)
  set(cpu_flags_avx512 ${cpu_flags_avx2} -mavx512f -mavx512vl -mavx512bw -mavx512dq)
  foreach(isa avx2 avx512)
    file(GLOB_RECURSE cpu_sources ${PROJECT_SOURCE_DIR}/src/backend/cpu/*_${isa}.cpp)
    set_property(SOURCE ${cpu_sources} APPEND PROPERTY COMPILE_OPTIONS ${cpu_flags_${isa}})
  endforeach()
endif()

# Vector mathematics says itself where it fuses. GCC 12 warns of its own AVX-512 headers. Sanitizers take minutes and
# gigabytes for functions that are inlined to this depth, and would watch no more than one loop over arrays.
file(GLOB cpu_math ${PROJECT_SOURCE_DIR}/src/backend/cpu/math/math_table_*.cpp)
set_property(SOURCE ${cpu_math} APPEND PROPERTY COMPILE_OPTIONS -ffp-contract=off -Wno-uninitialized
                                                              -Wno-maybe-uninitialized -fno-sanitize=all)

# GCC 12 warns of its own AVX-512 headers here too.
set_property(SOURCE ${PROJECT_SOURCE_DIR}/src/backend/cpu/random/philox_avx512.cpp
             APPEND PROPERTY COMPILE_OPTIONS -Wno-uninitialized -Wno-maybe-uninitialized)

# Each file of ops/ serves the op that it is named after.
file(GLOB cpu_ops CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/backend/cpu/ops/*.cpp)
set(cpu_op_makers)
set(cpu_op_rows)
foreach(file IN LISTS cpu_ops)
  cmake_path(GET file STEM op)
  string(APPEND cpu_op_makers "std::unique_ptr<NodeKernel> make_${op}(const NodeTypes& node);\n")
  string(APPEND cpu_op_rows "      {\"${op}\", make_${op}},\n")
endforeach()
file(CONFIGURE OUTPUT ${KOINE_GENERATED}/src/op_kernels.cpp CONTENT "#include \"backend/cpu/kernel.h\"

namespace koine::backend::cpu {

@cpu_op_makers@
std::span<const OpKernel> op_kernels() {
  static constexpr OpKernel kernels[] = {
@cpu_op_rows@  };
  return kernels;
}

}  // namespace koine::backend::cpu
" @ONLY)
