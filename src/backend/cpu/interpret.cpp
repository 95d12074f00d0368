#include "backend/cpu/interpret.h"

#include "backend/cpu/elements.h"
#include "compile/lower.h"

#include <algorithm>
#include <memory>

namespace koine::backend::cpu {

using namespace compile;

namespace {

class Interpreter {
 public:
  Interpreter(const Kernel& kernel, const Passes& passes, std::byte* const* buffers)
      : kernel_(kernel),
        passes_(passes),
        buffers_(buffers),
        values_(std::make_unique<Block[]>(kernel.code.size())),
        spilled_(kernel.code.size()),
        at_(kernel.loads.size() + kernel.stores.size()) {
    for (size_t i = 0; i < kernel.code.size(); ++i) {
      const Instr& instr = kernel.code[i];
      if (instr.action == Action::constant) fill(instr.dtype, instr.number, instr.integer, block_size, values_[i]);
    }
  }

  void run(const Part& part) {
    size_t outer = kernel_.extents.size() - (kernel_.loop == Loop::column ? 2 : 1);
    for (int64_t row = part.first_row; row < part.last_row; ++row) {
      Ints index(outer);
      int64_t rest = row;
      for (size_t d = outer; d-- > 0;) {
        index[d] = rest % kernel_.extents[d];
        rest /= kernel_.extents[d];
      }
      for (size_t k = 0; k < at_.size(); ++k) {
        const Access& access = access_of(k);
        at_[k] = access.offset;
        for (size_t d = 0; d < outer; ++d) at_[k] += index[d] * access.strides[d];
      }
      if (kernel_.loop == Loop::column)
        run_columns(part);
      else
        run_row(part);
    }
  }

 private:
  const Access& access_of(size_t k) const {
    return k < kernel_.loads.size() ? kernel_.loads[k] : kernel_.stores[k - kernel_.loads.size()].to;
  }
  std::byte* place(size_t k, int64_t column) const {
    const Access& access = access_of(k);
    return buffers_[access.buffer] +
           (at_[k] + column * access.strides.back()) * static_cast<int64_t>(size_of(access.dtype));
  }

  /// Makes a value for n columns, or the value of the row in all places of the block.
  void make(uint16_t i, int64_t column, int n) {
    const Instr& instr = kernel_.code[i];
    Block& to = values_[i];
    switch (instr.action) {
      case Action::load:
        load(instr.dtype, place(instr.a, instr.wide ? column : 0),
             instr.wide ? kernel_.loads[instr.a].strides.back() : 0, n, to);
        return;
      case Action::convert:
        convert(kernel_.code[instr.a].dtype, values_[instr.a], instr.dtype, n, to);
        return;
      case Action::compute: {
        DType operands = computed_in(kernel_.code[instr.prim == scalar::Prim::select ? instr.b : instr.a].dtype);
        compute(instr.prim, operands, values_[instr.a], values_[instr.b], values_[instr.c], instr.dtype, n, to);
        return;
      }
      default:
        return;
    }
  }

  void make_row(const std::vector<uint16_t>& list) {
    for (uint16_t i : list) make(i, 0, block_size);
  }
  void put(uint16_t s, int64_t column, int n) {
    const Store& store = kernel_.stores[s];
    cpu::store(store.to.dtype, values_[store.value], n, place(kernel_.loads.size() + s, column),
               store.to.strides.back());
  }
  void combine(const Instr& fold, const Block& with, int n, Block& to) {
    compute(fold.prim, fold.dtype, to, with, with, fold.dtype, n, to);
  }

  // ---- rows

  void run_row(const Part& part) {
    for (size_t p = 0; p < passes_.passes.size(); ++p) {
      const Passes::Pass& pass = passes_.passes[p];
      make_row(pass.row);
      start_folds(pass);
      for (int64_t first = part.first_column; first < part.last_column; first += fold_columns) {
        int64_t last = std::min(part.last_column, first + fold_columns);
        for (int64_t column = first; column < last; column += block_size)
          run_block(p, column, static_cast<int>(std::min<int64_t>(block_size, last - column)), part);
        join_lanes(pass);
      }
      for (uint16_t i : pass.folds) fill_with_first(i, totals_.at(i));
    }
    make_row(passes_.row);
    for (uint16_t s : passes_.stores) put(s, 0, 1);
  }

  void run_block(size_t p, int64_t column, int n, const Part& part) {
    const Passes::Pass& pass = passes_.passes[p];
    for (uint16_t i : passes_.spills) {
      const Instr& instr = kernel_.code[i];
      if (instr.pass < p)
        std::copy_n(&spilled_[i][static_cast<size_t>((column - part.first_column) / block_size)], 1, &values_[i]);
    }
    for (uint16_t i : pass.wide) make(i, column, n);
    for (uint16_t i : pass.spilled) {
      spilled_[i].resize(static_cast<size_t>((part.last_column - part.first_column + block_size - 1) / block_size));
      spilled_[i][static_cast<size_t>((column - part.first_column) / block_size)] = values_[i];
    }
    for (uint16_t i : pass.folds) {
      const Instr& fold = kernel_.code[i];
      const Block& from = values_[fold.a];
      int lanes = fold_lanes(fold.dtype);
      auto size = static_cast<size_t>(is_floating(fold.dtype) && fold.dtype != DType::float64 ? 4 : 8);
      for (int first = 0; first < n; first += lanes) {
        Block some;
        int count = std::min(lanes, n - first);
        std::copy_n(from.bytes + static_cast<size_t>(first) * size, static_cast<size_t>(count) * size, some.bytes);
        combine(fold, some, count, values_[i]);
      }
    }
    for (uint16_t s : pass.stores) put(s, column, n);
  }

  void start_folds(const Passes::Pass& pass) {
    totals_.resize(kernel_.code.size());
    for (uint16_t i : pass.folds) {
      const Instr& fold = kernel_.code[i];
      fill(fold.dtype, fold.number, fold.integer, block_size, values_[i]);
      fill(fold.dtype, fold.number, fold.integer, 1, totals_[i]);
    }
  }
  /// Adds the partial results of some columns to the row's, and starts new ones.
  void join_lanes(const Passes::Pass& pass) {
    for (uint16_t i : pass.folds) {
      const Instr& fold = kernel_.code[i];
      Block& lanes = values_[i];
      auto size = static_cast<size_t>(is_floating(fold.dtype) && fold.dtype != DType::float64 ? 4 : 8);
      for (int half = fold_lanes(fold.dtype) / 2; half > 0; half /= 2) {
        Block upper;
        std::copy_n(lanes.bytes + static_cast<size_t>(half) * size, static_cast<size_t>(half) * size, upper.bytes);
        combine(fold, upper, half, lanes);
      }
      combine(fold, lanes, 1, totals_[i]);
      fill(fold.dtype, fold.number, fold.integer, block_size, lanes);
    }
  }
  void fill_with_first(uint16_t i, const Block& from) {
    auto size =
        static_cast<size_t>(is_floating(kernel_.code[i].dtype) && kernel_.code[i].dtype != DType::float64 ? 4 : 8);
    for (int k = 0; k < block_size; ++k)
      std::copy_n(from.bytes, size, values_[i].bytes + static_cast<size_t>(k) * size);
  }

  // ---- columns

  void run_columns(const Part& part) {
    size_t folded = kernel_.extents.size() - 2;
    int64_t rows = kernel_.extents[folded];
    const Ints start = at_;
    for (int64_t column = part.first_column; column < part.last_column; column += block_size) {
      int n = static_cast<int>(std::min<int64_t>(block_size, part.last_column - column));
      const Passes::Pass& pass = passes_.passes[0];
      start_folds(pass);
      for (uint16_t i : pass.folds)
        fill(kernel_.code[i].dtype, kernel_.code[i].number, kernel_.code[i].integer, block_size, totals_[i]);
      for (int64_t row = 0; row < rows; ++row) {
        make_row(pass.row);
        for (uint16_t i : pass.wide) make(i, column, n);
        for (uint16_t i : pass.folds) combine(kernel_.code[i], values_[kernel_.code[i].a], n, values_[i]);
        for (uint16_t s : pass.stores)
          if (!after_fold(s)) put(s, column, n);
        if ((row + 1) % fold_rows == 0 || row + 1 == rows)
          for (uint16_t i : pass.folds) {
            const Instr& fold = kernel_.code[i];
            combine(fold, values_[i], n, totals_[i]);
            fill(fold.dtype, fold.number, fold.integer, block_size, values_[i]);
          }
        for (size_t k = 0; k < at_.size(); ++k) at_[k] += access_of(k).strides[folded];
      }
      at_ = start;
      for (uint16_t i : pass.folds) values_[i] = totals_[i];
      for (size_t p = 1; p < passes_.passes.size(); ++p)
        for (uint16_t i : passes_.passes[p].wide) make(i, column, n);
      for (const Passes::Pass& each : passes_.passes)
        for (uint16_t s : each.stores)
          if (after_fold(s)) put(s, column, n);
    }
  }
  bool after_fold(uint16_t s) const {
    const Instr& value = kernel_.code[kernel_.stores[s].value];
    return value.action == Action::fold || value.pass > 0;
  }

  const Kernel& kernel_;
  const Passes& passes_;
  std::byte* const* buffers_;
  std::unique_ptr<Block[]> values_;
  std::vector<std::vector<Block>> spilled_;
  std::vector<Block> totals_;
  Ints at_;  // per load, then per store: the place of the row's first column
};

}  // namespace

void interpret(const Kernel& kernel, const Passes& passes, std::byte* const* buffers, const Part& part) {
  Interpreter(kernel, passes, buffers).run(part);
}

}  // namespace koine::backend::cpu
