#pragma once
#include <string_view>

namespace koine::backend::cpu {

/// Instruction sets that machine code of ours is made for: x86-64 as it began (SSE2), with AVX2 and FMA, with AVX-512
/// (F, BW, DQ, VL). Bits of results depend on which is used.
enum class Isa { baseline, avx2, avx512 };
inline constexpr Isa all_isas[] = {Isa::baseline, Isa::avx2, Isa::avx512};

const char* name(Isa isa);
bool machine_has(Isa isa);

/// The last that the machine has, or the one that the environment's KOINE_ISA names. Throws DeviceError if that is
/// unknown or the machine lacks it.
Isa best_isa();
/// The same for a given name; an empty one leaves the choice to the machine.
Isa choose_isa(std::string_view name);

}  // namespace koine::backend::cpu
