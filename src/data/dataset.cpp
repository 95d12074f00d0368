#include <koine/data.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/format.h"
#include "base/printable.h"
#include "data/csv.h"
#include "data/example_store.h"
#include "data/shuffle.h"

namespace koine::data {

namespace {

// The bytes of one example.
size_t row_bytes(const Array& x) {
  size_t bytes = size_of(x.dtype());
  for (int axis = 1; axis < x.rank(); ++axis) bytes *= static_cast<size_t>(x.size(axis));
  return bytes;
}

Shape with_rows(const Shape& shape, int64_t rows) {
  Shape result = shape;
  result[0] = rows;
  return result;
}

Array range_of(const Array& x, int64_t first, int64_t last) {
  if (!x.defined()) return x;
  return from_bytes(x.dtype(), with_rows(x.shape(), last - first),
                    x.data() + static_cast<size_t>(first) * row_bytes(x));
}

Array take(const Array& x, const int64_t* rows, int64_t count) {
  if (!x.defined()) return x;
  const size_t bytes = row_bytes(x);
  const std::byte* from = x.data();
  std::vector<std::byte> taken(static_cast<size_t>(count) * bytes);
  if (!taken.empty())
    for (int64_t i = 0; i < count; ++i)
      std::memcpy(taken.data() + static_cast<size_t>(i) * bytes, from + static_cast<size_t>(rows[i]) * bytes, bytes);
  return from_bytes(x.dtype(), with_rows(x.shape(), count), taken.data());
}

// The number of the column, or -1 for `none`.
int64_t find_column(const std::vector<std::string>& names, size_t columns, const Column& column,
                    const std::string& path) {
  const int64_t count = static_cast<int64_t>(columns);
  if (column.name().empty()) {
    if (column.number() == none) return -1;
    const int64_t number = column.number() < 0 ? column.number() + count : column.number();
    if (number < 0 || number >= count)
      throw IndexError(printable_name(path) + ": there is no column " + std::to_string(column.number()) +
                       ", the table has " + std::to_string(count));
    return number;
  }
  const auto found = std::find(names.begin(), names.end(), column.name());
  if (found == names.end()) {
    const std::vector<std::string_view> known(names.begin(), names.end());
    throw IndexError(printable_name(path) + ": there is no column '" + printable_name(column.name()) + "'" +
                     (names.empty() ? ", the table does not name its columns" : did_you_mean(column.name(), known)));
  }
  if (std::find(found + 1, names.end(), column.name()) != names.end())
    throw IndexError(printable_name(path) + ": more than one column is named '" + printable_name(column.name()) + "'");
  return found - names.begin();
}

Ints numbers(int64_t first, int64_t last) {
  Ints all;
  for (int64_t i = first; i < last; ++i) all.push_back(i);
  return all;
}

void check_rows(const char* call, const Ints& rows, int64_t size, std::source_location where) {
  for (const int64_t row : rows)
    if (row < 0 || row >= size)
      throw IndexError(std::string("[") + call + "] example " + std::to_string(row) + " of " + std::to_string(size) +
                       at_line(where));
}

/// Some examples of a reader.
class Subset final : public Reader {
 public:
  Subset(ReaderPtr all, Ints rows) : all_(std::move(all)), rows_(std::move(rows)) {}
  int64_t size() const override { return static_cast<int64_t>(rows_.size()); }
  Shape example() const override { return all_->example(); }
  DType dtype() const override { return all_->dtype(); }
  Array read(const Ints& rows) const override {
    Ints there;
    for (const int64_t row : rows) there.push_back(rows_.at(static_cast<size_t>(row)));
    return all_->read(there);
  }

 private:
  ReaderPtr all_;
  Ints rows_;
};

/// The examples of a reader in another shape.
class Reshaped final : public Reader {
 public:
  Reshaped(ReaderPtr all, Shape example) : all_(std::move(all)), example_(std::move(example)) {}
  int64_t size() const override { return all_->size(); }
  Shape example() const override { return example_; }
  DType dtype() const override { return all_->dtype(); }
  Array read(const Ints& rows) const override {
    const Array x = all_->read(rows);
    Shape shape{x.size(0)};
    for (const Dim& dim : example_) shape.push_back(dim);
    return from_bytes(x.dtype(), shape, x.data());
  }

 private:
  ReaderPtr all_;
  Shape example_;
};

// Whole numbers that a double holds exactly.
bool is_whole(double value) { return std::trunc(value) == value && std::fabs(value) <= 9007199254740992.0; }

}  // namespace

Shape Dataset::example() const {
  if (reader) return reader->example();
  Shape shape = x.shape();
  shape.erase(0);
  return shape;
}

Dataset Dataset::subset(const Ints& rows, std::source_location where) const {
  if (!reader) return take(rows, where);
  check_rows("subset", rows, size(), where);
  const auto count = static_cast<int64_t>(rows.size());
  return {{},
          data::take(y, rows.data(), count),
          ReaderPtr(new Subset(reader, rows)),
          data::take(weight, rows.data(), count)};
}

Dataset Dataset::rows(int64_t first, int64_t last, std::source_location where) const {
  if (first < 0 || first > last || last > size())
    throw IndexError("[rows] examples " + std::to_string(first) + " to " + std::to_string(last) + " of " +
                     std::to_string(size()) + at_line(where));
  return {reader ? reader->read(numbers(first, last)) : range_of(x, first, last),
          range_of(y, first, last),
          {},
          range_of(weight, first, last)};
}

Dataset Dataset::take(const Ints& rows, std::source_location where) const {
  check_rows("take", rows, size(), where);
  const auto count = static_cast<int64_t>(rows.size());
  return {reader ? reader->read(rows) : data::take(x, rows.data(), count),
          data::take(y, rows.data(), count),
          {},
          data::take(weight, rows.data(), count)};
}

Split Dataset::split(int64_t n, std::source_location where) const {
  if (n < 0 || n > size())
    throw IndexError("[split] " + std::to_string(n) + " examples of " + std::to_string(size()) + at_line(where));
  if (reader) return {subset(numbers(0, n)), subset(numbers(n, size()))};
  return {rows(0, n), rows(n, size())};
}

Dataset Dataset::shape(const Shape& example, std::source_location where) const {
  if (count(example) != count(this->example()))
    throw ShapeError("[shape] examples of shape " + to_string(example) + " do not fit examples of shape " +
                     to_string(this->example()) + at_line(where));
  if (reader) return {{}, y, ReaderPtr(new Reshaped(reader, example)), weight};
  Shape whole{size()};
  for (const Dim dim : example) whole.push_back(dim);
  return {from_bytes(x.dtype(), whole, x.data()), y, {}, weight};
}

Batches Dataset::batches(int64_t batch, const BatchOptions& options, std::source_location where) const {
  if (batch < 1) throw ValueError("[batches] a batch of " + std::to_string(batch) + " examples" + at_line(where));
  if (options.epochs < 1) throw ValueError("[batches] " + std::to_string(options.epochs) + " epochs" + at_line(where));
  if (y.defined() && y.size(0) != size())
    throw ShapeError("[batches] " + std::to_string(size()) + " examples, but y has shape " + to_string(y.shape()) +
                     at_line(where));
  if (weight.defined() && !(weight.shape() == Shape{size()}))
    throw ShapeError("[batches] " + std::to_string(size()) + " examples, but weight has shape " +
                     to_string(weight.shape()) + at_line(where));
  Batches batches(*this, batch, options);
  if (options.first_step < 0 || (options.first_step > 0 && options.first_step >= batches.steps()))
    throw ValueError("[batches] there is no step " + std::to_string(options.first_step) + " in an epoch of " +
                     std::to_string(batches.steps()) + at_line(where));
  return batches;
}

int64_t Batches::steps() const {
  const int64_t n = data_.size();
  return options_.drop_last ? n / batch_ : (n + batch_ - 1) / batch_;
}

Batches::Iterator::Iterator(const Batches& batches)
    : batches_(&batches),
      epoch_(batches.options_.first_epoch),
      last_epoch_(batches.steps() > 0 ? epoch_ + batches.options_.epochs : epoch_) {
  start_epoch(batches.options_.first_step);
}

void Batches::Iterator::start_epoch(int64_t step) {
  step_ = step;
  if (batches_->options_.shuffle && epoch_ != last_epoch_)
    order_ = shuffled(*batches_->options_.shuffle, epoch_, batches_->data_.size());
}

Batches::Iterator& Batches::Iterator::operator++() {
  if (++step_ < batches_->steps()) return *this;
  ++epoch_;
  start_epoch(0);
  return *this;
}

Batch Batches::Iterator::operator*() const {
  const Dataset& data = batches_->data_;
  const int64_t first = step_ * batches_->batch_, last = std::min(first + batches_->batch_, data.size());
  if (data.reader) {
    const Dataset part =
        order_.empty() ? data.rows(first, last) : data.take(Ints(order_.begin() + first, order_.begin() + last));
    return {part.x, part.y};
  }
  if (order_.empty()) return {range_of(data.x, first, last), range_of(data.y, first, last)};
  const int64_t* rows = order_.data() + first;
  return {take(data.x, rows, last - first), take(data.y, rows, last - first)};
}

namespace {

/// Which of a table's columns are inputs, in their order, and which is the label, -1 for none.
struct Columns {
  std::vector<size_t> inputs;
  int64_t label = -1;
};

Columns columns_of(const std::vector<std::string>& names, size_t count, const CsvOptions& options,
                   const std::string& path) {
  Columns columns;
  columns.label = find_column(names, count, options.label, path);
  std::vector<std::string> others;
  for (size_t i = 0; i < count; ++i) {
    if (static_cast<int64_t>(i) == columns.label) continue;
    columns.inputs.push_back(i);
    if (!names.empty()) others.push_back(names[i]);
  }
  // In the same order they are at their places, also under names that stand twice.
  if (options.inputs.empty() || names.empty() || others == options.inputs) return columns;
  columns.inputs.clear();
  for (const std::string& name : options.inputs)
    columns.inputs.push_back(static_cast<size_t>(find_column(names, count, Column(name), path)));
  return columns;
}

}  // namespace

Dataset csv(const std::string& path, const CsvOptions& options) {
  TableOptions reading{.delimiter = options.delimiter,
                       .encoding = options.encoding,
                       .expansion = {.ratio = options.expansion},
                       .damaged = options.damaged,
                       .problems = options.problems};
  if (options.header) reading.header = *options.header ? Header::present : Header::absent;
  std::optional<ExampleStore> store;
  std::vector<float> x, y;
  std::vector<int64_t> classes;
  Columns columns;
  read_rows(path, reading, [&](const std::vector<std::string>& names, std::span<const double> values) {
    if (!store) {
      columns = columns_of(names, values.size(), options, path);
      store.emplace(float32, Shape{static_cast<int64_t>(columns.inputs.size())}, options.memory);
      if (options.columns && !names.empty())
        for (const size_t input : columns.inputs) options.columns->push_back(names[input]);
    }
    x.clear();
    for (const size_t input : columns.inputs) x.push_back(static_cast<float>(values[input] * options.scale));
    if (columns.label >= 0) {
      const double value = values[static_cast<size_t>(columns.label)];
      y.push_back(static_cast<float>(value));
      if (is_whole(value)) classes.push_back(static_cast<int64_t>(value));
    }
    store->append(std::as_bytes(std::span(x)));
  });
  const auto rows = store->size();
  if (columns.label < 0) return store->take({});
  return store->take(classes.size() == y.size() ? from(classes, {rows}) : from(y, {rows}));
}

}  // namespace koine::data
