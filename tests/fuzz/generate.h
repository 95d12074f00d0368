#pragma once
#include "ir/graph.h"

#include <cstddef>
#include <vector>

/// Random programs.
namespace koine::fuzz {

/// An input: its elements as bytes.
struct Value {
  ir::TypeRef type;
  std::vector<std::byte> bytes;
};

struct Case {
  ir::GraphRef graph;
  std::vector<Value> inputs;
};

/// The program of a seed: the same in every process.
Case generate(uint64_t seed);

/// Random elements of a type; of floating dtypes now and then infinities, NaN, zeros of both signs and the like.
Value draw(ir::TypeRef type, double low, double high, uint64_t seed);

}  // namespace koine::fuzz
