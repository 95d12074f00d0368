// The order in which a data set is seen.
#pragma once

#include <koine/attr.h>
#include <koine/key.h>

namespace koine::data {

/// The numbers 0 to n - 1 in the order `permutation(fold_in(key, epoch), {.n = n})`: by their 64 random bits.
Ints shuffled(const Key& key, int64_t epoch, int64_t n);

}  // namespace koine::data
