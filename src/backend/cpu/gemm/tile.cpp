#include "backend/cpu/gemm/tile.h"

namespace koine::backend::cpu {

namespace {

template <class T>
const Tiles<T>* best() {
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
  if (avx2 && avx512 && tiles_avx512<T>()) return tiles_avx512<T>();
  if (avx2 && tiles_avx2<T>()) return tiles_avx2<T>();
#endif
  return tiles_generic<T>();
}

}  // namespace

template <class T>
const Tiles<T>& tiles() {
  static const Tiles<T>* const found = best<T>();
  return *found;
}
template const Tiles<float>& tiles();
template const Tiles<double>& tiles();

}  // namespace koine::backend::cpu
