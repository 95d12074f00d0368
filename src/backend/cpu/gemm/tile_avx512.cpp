#include "backend/cpu/gemm/tile.h"

#ifdef __AVX512F__
#define KOINE_TILE_BYTES 64
#define KOINE_TILE_ROWS {14, 14, 6}
#include "backend/cpu/gemm/tile_body.h"
#endif

namespace koine::backend::cpu {

template <class T>
const Tiles<T>* tiles_avx512() {
#ifdef __AVX512F__
  return &the_tiles<T>;
#else
  return nullptr;
#endif
}
template const Tiles<float>* tiles_avx512();
template const Tiles<double>* tiles_avx512();

}  // namespace koine::backend::cpu
