#include "backend/cpu/isa.h"

#include <koine/error.h>

#include <cstdlib>
#include <string>

namespace koine::backend::cpu {

const char* name(Isa isa) {
  switch (isa) {
    case Isa::baseline:
      return "baseline";
    case Isa::avx2:
      return "avx2";
    case Isa::avx512:
      break;
  }
  return "avx512";
}

bool machine_has(Isa isa) {
  switch (isa) {
    case Isa::baseline:
      return true;
    case Isa::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case Isa::avx512:
      break;
  }
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

Isa choose_isa(std::string_view wanted) {
  Isa best = Isa::baseline;
  for (Isa isa : all_isas)
    if (machine_has(isa)) best = isa;
  if (wanted.empty()) return best;
  for (Isa isa : all_isas) {
    if (wanted != name(isa)) continue;
    if (!machine_has(isa)) throw DeviceError("KOINE_ISA=" + std::string(wanted) + ": this machine does not have it");
    return isa;
  }
  throw DeviceError("KOINE_ISA=" + std::string(wanted) + ": it is baseline, avx2 or avx512");
}

Isa best_isa() {
  const char* wanted = std::getenv("KOINE_ISA");
  static const Isa chosen = choose_isa(wanted ? wanted : "");
  return chosen;
}

}  // namespace koine::backend::cpu
