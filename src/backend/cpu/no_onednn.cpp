// What stands in for src/backend/cpu/onednn in a build without the library.
#include "backend/cpu/convolution.h"
#include "backend/cpu/gemm/product.h"

namespace koine::backend::cpu {

std::unique_ptr<NodeKernel> make_library_product(const Product&) { return nullptr; }
std::unique_ptr<NodeKernel> make_convolution(const Convolution&) { return nullptr; }
std::unique_ptr<NodeKernel> make_convolution_input(const Convolution&) { return nullptr; }
std::unique_ptr<NodeKernel> make_convolution_weight(const Convolution&) { return nullptr; }

}  // namespace koine::backend::cpu
