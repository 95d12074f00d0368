#include "base/narrow.h"

#include "base/format.h"

#include <koine/error.h>

namespace koine {

void detail::throw_too_many(uint64_t count, uint64_t most) {
  throw ValueError(cat("a count or size of ", count, " is more than the ", most, " that Koine can have of its kind"));
}

}  // namespace koine
