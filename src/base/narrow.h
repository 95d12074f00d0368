// Counts and sizes in narrower types.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <utility>

namespace koine {

namespace detail {
[[noreturn]] void throw_too_many(uint64_t count, uint64_t most);
}

/// A count or size in a narrower integer type. Throws ValueError where it does not fit: a count is never cut off.
template <std::integral To>
constexpr To narrow(std::integral auto count) {
  if (!std::in_range<To>(count)) [[unlikely]]
    detail::throw_too_many(static_cast<uint64_t>(count), static_cast<uint64_t>(std::numeric_limits<To>::max()));
  return static_cast<To>(count);
}

}  // namespace koine
