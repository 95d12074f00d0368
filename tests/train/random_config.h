// Configs at random, made of what the sections declare: right, nearly right, and damaged.
#pragma once

#include <cstdint>
#include <string>

namespace koine::testing {

/// Writes the data that the configs name.
void write_random_data(const std::string& folder);

/// The config of a seed, the same in every process.
std::string random_config(uint64_t seed);

}  // namespace koine::testing
