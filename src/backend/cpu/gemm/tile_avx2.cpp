#include "backend/cpu/gemm/tile.h"

#ifdef __AVX2__
#define KOINE_TILE_BYTES 32
#define KOINE_TILE_ROWS {12, 6, 2}
#include "backend/cpu/gemm/tile_body.h"
#endif

namespace koine::backend::cpu {

template <class T>
const Tiles<T>* tiles_avx2() {
#ifdef __AVX2__
  return &the_tiles<T>;
#else
  return nullptr;
#endif
}
template const Tiles<float>* tiles_avx2();
template const Tiles<double>* tiles_avx2();

}  // namespace koine::backend::cpu
