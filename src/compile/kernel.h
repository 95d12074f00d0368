#pragma once
#include "ir/scalar.h"

#include <koine/attr.h>
#include <koine/dtype.h>

#include <cstdint>
#include <string>
#include <vector>

/// A fused loop: what a device turns into code.
///
/// A kernel walks a domain of axes, the last of them its columns, and for each place loads elements, computes and
/// stores. It runs the columns of a row in passes, so that what a pass folds (a maximum) is known in the next
/// (exp(x - maximum)). The order of every fold is given by the extents alone:
/// - `row`: columns in blocks of `fold_columns`. In a block column c belongs to the partial result
///   c % fold_lanes(dtype); each takes its columns in order, and the partial results are joined in halves, i with
///   i + n / 2, until one is left;
/// - `column`: rows in blocks of `fold_rows`, in order.
/// Blocks begin from the fold's start value and are joined in order to a total that begins with it. Long folds to few
/// results are cut into parts first, which are folds of their own (`part_of_fold`).
namespace koine::compile {

enum class Loop : uint8_t {
  map,    // nothing is folded
  row,    // folds over the columns, a result for each row
  column  // folds over the last axis but one, a result for each column
};

enum class Action : uint8_t {
  load,      // element of access `a`
  constant,  // `number`, or `integer` for integers and bool
  compute,   // `prim` of a, b and c
  convert,   // a in another dtype, by the rules of `cast`
  fold       // everything that a is, joined by `prim`, from `number` or `integer`
};

struct Instr {
  Action action;
  DType dtype;  // of the result; float16 and bfloat16 are held as float32 and rounded where they are made
  /// A value for every column; else one for the row.
  bool wide;
  /// The pass over the columns it belongs to; for a value of the row, the pass before which it is made.
  uint8_t pass = 0;
  scalar::Prim prim = scalar::Prim::input;
  uint16_t a = 0, b = 0, c = 0;
  double number = 0;
  int64_t integer = 0;
};

/// A walk over memory, in elements: place (i, j, ...) of the domain is element offset + i strides[0] + j strides[1]...
struct Access {
  uint16_t buffer;  // among the kernel's operands, then its results
  DType dtype;
  int64_t offset = 0;
  Ints strides;
};

struct Store {
  uint16_t value;  // an instruction
  Access to;
};

struct Kernel {
  Loop loop = Loop::map;
  Ints extents;  // of the domain; at least one axis, two for Loop::column
  std::vector<Access> loads;
  std::vector<Instr> code;
  std::vector<Store> stores;
  uint16_t buffers = 0;  // operands and results
  uint8_t passes = 1;

  int64_t columns() const { return extents.back(); }
};

/// The most loads and stores that a kernel has.
inline constexpr size_t most_accesses = 192;

inline constexpr int64_t fold_columns = 4096, fold_rows = 128;
/// Into how many partial results the columns of a row are folded: 256 bytes of them.
int fold_lanes(DType dtype);

/// The kernel as text, extents and strides included.
std::string to_string(const Kernel& kernel);

}  // namespace koine::compile
