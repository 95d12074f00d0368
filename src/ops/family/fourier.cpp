#include "ops/family/fourier.h"

#include "base/dtype_traits.h"

#include <kissfft/kissfft.hh>

#include <complex>

namespace koine::ops {

void fourier_reference(const ir::TensorRef& x, int64_t axis, bool inverse, const ir::TensorRef& y) {
  if (x.count() == 0) return;
  size_t place = x.shape.size() - static_cast<size_t>(-axis);
  auto length = static_cast<size_t>(x.shape[place]);
  size_t inner = 1;
  for (size_t d = place + 1; d < x.shape.size(); ++d) inner *= static_cast<size_t>(x.shape[d]);
  auto count = static_cast<size_t>(x.count());
  std::vector<std::complex<double>> values(count), line(length), transformed(length);
  convert(x.dtype, x.data, complex128, reinterpret_cast<std::byte*>(values.data()), x.count());
  kissfft<double> transform(length, inverse);
  for (size_t start = 0; start < count; start += length * inner) {
    for (size_t k = 0; k < inner; ++k) {
      for (size_t j = 0; j < length; ++j) line[j] = values[start + j * inner + k];
      transform.transform(line.data(), transformed.data());
      for (size_t j = 0; j < length; ++j) values[start + j * inner + k] = transformed[j];
    }
  }
  convert(complex128, reinterpret_cast<const std::byte*>(values.data()), y.dtype, y.data, x.count());
}

}  // namespace koine::ops
