#include "backend/cpu/gemm/tile.h"

#define KOINE_TILE_BYTES 16
#define KOINE_TILE_ROWS {8, 4, 2}
#include "backend/cpu/gemm/tile_body.h"

namespace koine::backend::cpu {

template <class T>
const Tiles<T>* tiles_generic() {
  return &the_tiles<T>;
}
template const Tiles<float>* tiles_generic();
template const Tiles<double>* tiles_generic();

}  // namespace koine::backend::cpu
