#include <cstring>

#include "base/dtype_traits.h"

namespace koine {

namespace {

// Elements are moved by memcpy, which compiles to plain loads and stores, because files and slices need not align them.
template <class From, class To>
void convert_block(const std::byte* source, std::byte* target, int64_t n) {
  if constexpr (std::is_same_v<From, To>) {
    if (n != 0) std::memcpy(target, source, static_cast<size_t>(n) * sizeof(To));
  } else {
    for (int64_t i = 0; i < n; ++i) {
      From from;
      std::memcpy(&from, source + i * static_cast<int64_t>(sizeof(From)), sizeof(From));
      const To to = convert_value<To>(from);
      std::memcpy(target + i * static_cast<int64_t>(sizeof(To)), &to, sizeof(To));
    }
  }
}

}  // namespace

template <class W>
void load_wide(DType dtype, const std::byte* source, int64_t n, W* target) {
  visit(dtype, [&](auto tag) {
    convert_block<typename decltype(tag)::type, W>(source, reinterpret_cast<std::byte*>(target), n);
  });
}

template <class W>
void store_wide(DType dtype, const W* source, int64_t n, std::byte* target) {
  visit(dtype, [&](auto tag) {
    convert_block<W, typename decltype(tag)::type>(reinterpret_cast<const std::byte*>(source), target, n);
  });
}

void convert(DType from, const std::byte* source, DType to, std::byte* target, int64_t n) {
  visit(from, [&](auto from_tag) {
    visit(to, [&](auto to_tag) {
      convert_block<typename decltype(from_tag)::type, typename decltype(to_tag)::type>(source, target, n);
    });
  });
}

template void load_wide(DType, const std::byte*, int64_t, uint64_t*);
template void load_wide(DType, const std::byte*, int64_t, int64_t*);
template void load_wide(DType, const std::byte*, int64_t, double*);
template void load_wide(DType, const std::byte*, int64_t, std::complex<double>*);
template void store_wide(DType, const uint64_t*, int64_t, std::byte*);
template void store_wide(DType, const int64_t*, int64_t, std::byte*);
template void store_wide(DType, const double*, int64_t, std::byte*);
template void store_wide(DType, const std::complex<double>*, int64_t, std::byte*);

}  // namespace koine
