#include "base/format.h"
#include "ir/rethrow.h"

#include <koine/detail/range.h>
#include <koine/ops.h>

#include <algorithm>
#include <string>
#include <utility>

/// Reading and replacing parts of arrays, by NumPy's rules.
namespace koine {

namespace {

using Entry = Index;

/// An index with its ellipsis spelled out, and the box of x that its positions and slices select; axes with an array
/// are whole there.
struct Selection {
  std::vector<Entry> entries;
  Shape offsets, sizes;  // of the box, per axis of x
  Ints steps;
  bool whole = true;  // the box is x itself
  int integer_arrays = 0, masks = 0;
};

bool is_mask(const Entry& entry) { return entry.kind == Index::Kind::array && is_bool(entry.array.dtype()); }
bool is_integers(const Entry& entry) { return entry.kind == Index::Kind::array && !is_mask(entry); }

int64_t axes_of(const Entry& entry) {
  if (entry.kind == Index::Kind::ellipsis || entry.kind == Index::Kind::newaxis) return 0;
  return is_mask(entry) ? entry.array.rank() : 1;
}

void select_range(Selection& selection, const detail::Range& range, Dim n) {
  selection.offsets.push_back(range.offset);
  selection.sizes.push_back(range.size);
  selection.steps.push_back(range.step);
  if (!same(range.offset, 0) || !same(range.size, n) || range.step != 1) selection.whole = false;
}

void select_position(Selection& selection, int64_t position, const Shape& shape) {
  int64_t axis = static_cast<int64_t>(selection.sizes.size());
  Dim n = shape[axis];
  if (n.is_concrete() && (position < -n.value() || position >= n.value()))
    throw IndexError(cat("index ", position, " is out of range for axis ", axis, " of shape ", to_string(shape)));
  select_range(selection, {position < 0 ? n + position : position, 1, 1}, n);
}

void select_array(Selection& selection, const Array& index, const Shape& shape) {
  if (!is_bool(index.dtype())) {
    if (!is_integer(index.dtype()))
      throw DTypeError("an array of " + to_string(index.dtype()) + " is no index; integers and bool are");
    ++selection.integer_arrays;
    Dim n = shape[static_cast<int64_t>(selection.sizes.size())];
    return select_range(selection, {0, n, 1}, n);
  }
  if (index.rank() == 0) throw ValueError("a mask needs an axis; use where(mask, ...) for a single bool");
  ++selection.masks;
  for (Dim n : index.shape()) {
    auto axis = static_cast<int64_t>(selection.sizes.size());
    if (!same(n, shape[axis]))
      throw IndexError(cat("a mask of shape ", to_string(index.shape()), " does not fit axis ", axis, " of shape ",
                           to_string(shape)));
    select_range(selection, {0, n, 1}, n);
  }
}

Selection select(const Array& x, std::span<const Index> index) {
  const Shape& shape = x.shape();
  Selection selection;
  int64_t named = 0, ellipses = 0;
  for (const Index& entry : index) {
    if (entry.kind == Index::Kind::ellipsis && ++ellipses > 1) throw IndexError("more than one ellipsis");
    named += axes_of(entry);
  }
  auto left = static_cast<int64_t>(shape.size()) - named;
  if (left < 0) throw IndexError(cat(named, " axes are indexed, but the shape is ", to_string(shape)));
  auto add_whole_axes = [&] {
    selection.entries.insert(selection.entries.end(), static_cast<size_t>(left), Index(Slice{}));
  };
  for (const Index& entry : index) {
    selection.entries.push_back(entry);
    if (entry.kind == Index::Kind::ellipsis) add_whole_axes();
  }
  if (!ellipses) add_whole_axes();
  for (const Entry& entry : selection.entries) {
    const Slice& slice = entry.slice;
    if (entry.kind == Index::Kind::position) select_position(selection, slice.start, shape);
    if (entry.kind == Index::Kind::array) select_array(selection, entry.array, shape);
    if (entry.kind != Index::Kind::slice) continue;
    Dim n = shape[static_cast<int64_t>(selection.sizes.size())];
    select_range(selection, detail::resolve_range(slice.start, slice.stop, slice.step, n), n);
  }
  return selection;
}

Array shaped(const Array& x, const Shape& shape) { return x.shape() == shape ? x : reshape(x, {.shape = shape}); }

Array reordered(const Array& x, const Ints& order) {
  return std::is_sorted(order.begin(), order.end()) ? x : transpose(x, {.axes = order});
}

Array box_of(const Array& x, const Selection& selection) {
  if (selection.whole) return x;
  return slice(x, {.steps = selection.steps, .offsets = selection.offsets, .sizes = selection.sizes});
}

Array put_box(const Array& x, const Selection& selection, const Array& box) {
  if (selection.whole) return box;
  return update_slice(x, box, {.starts = selection.offsets, .steps = selection.steps});
}

/// The box without the axes of positions and with new ones: what is selected as long as no array selects more.
Shape selected_shape(const Selection& selection) {
  Shape shape;
  int64_t axis = 0;
  for (const Entry& entry : selection.entries) {
    if (entry.kind == Index::Kind::newaxis) shape.push_back(1);
    for (int64_t k = axes_of(entry); k > 0; --k, ++axis)
      if (entry.kind != Index::Kind::position) shape.push_back(selection.sizes[axis]);
  }
  return shape;
}

/// The selected box seen as one axis that an integer array indexes, between the other axes.
struct Lined {
  Ints order;     // of the selected axes: the indexed ones side by side
  Shape ordered;  // the selected shape in that order
  Shape lined;    // the same with the indexed axes as one
  int64_t axis;   // which is that one
  Array indices;
};

Lined line_up(const Selection& selection) {
  Shape selected = selected_shape(selection);
  Ints indexed, others;
  std::vector<Array> arrays;
  // Where the indexed axes go: to the place of the first one, or in front when others lie between them.
  int64_t place = -1, runs = 0, axis = 0;
  bool inside = false;
  for (const Entry& entry : selection.entries) {
    bool integers = is_integers(entry), one = entry.kind == Index::Kind::position;
    if ((integers || one) && !inside) {
      if (++runs == 1) place = static_cast<int64_t>(others.size());
    }
    inside = integers || one;
    if (integers) arrays.push_back(entry.array);
    if (one || entry.kind == Index::Kind::ellipsis) continue;
    (integers ? indexed : others).push_back(axis++);
  }
  Lined result;
  result.axis = runs > 1 ? 0 : place;
  result.order = others;
  result.order.insert(result.order.begin() + result.axis, indexed.begin(), indexed.end());
  for (int64_t d : result.order) result.ordered.push_back(selected[d]);
  Shape lengths;
  for (int64_t d : indexed) lengths.push_back(selected[d]);
  for (int64_t d : others) result.lined.push_back(selected[d]);
  result.lined.insert(result.axis, count(lengths));
  result.indices = arrays.size() == 1 ? arrays[0] : ravel_multi_index(arrays, {.shape = lengths});
  return result;
}

Array to_lines(const Array& box, const Selection& selection, const Lined& lined) {
  return shaped(reordered(shaped(box, selected_shape(selection)), lined.order), lined.lined);
}

Array from_lines(const Array& lines, const Selection& selection, const Lined& lined) {
  Ints back(lined.order.size());
  for (size_t d = 0; d < back.size(); ++d) back[static_cast<size_t>(lined.order[d])] = static_cast<int64_t>(d);
  return shaped(reordered(shaped(lines, lined.ordered), back), selection.sizes);
}

/// A value in x's dtype. Throws DTypeError when its kind does not fit.
Array value_for(const Array& x, const Arg& value) {
  // A number meets an array of x's dtype, so that it takes this dtype.
  Array y = value.is_array() ? value.array() : where(ones({}, bool_), value, zeros({}, x.dtype()));
  if (kind_of(y.dtype()) > kind_of(x.dtype()))
    throw DTypeError(to_string(y.dtype()) + " does not fit into an array of " + to_string(x.dtype()) +
                     "; cast one of them");
  return y.dtype() == x.dtype() ? y : cast(y, {.dtype = x.dtype()});
}

/// A value repeated to the shape that an index selects.
Array fit(const Array& value, const Shape& selected, const char* hint = "") {
  Shape own = value.shape();
  while (own.size() > selected.size() && same(own[0], 1)) own.erase(0);
  bool fits = own.size() <= selected.size();
  for (int64_t d = -static_cast<int64_t>(own.size()); fits && d < 0; ++d)
    fits = same(own[d], 1) || same(own[d], selected[d]);
  if (!fits)
    throw ShapeError("a value of shape " + to_string(value.shape()) + " does not fit the selected shape " +
                     to_string(selected) + hint);
  return own == selected ? shaped(value, own) : broadcast_to(shaped(value, own), {.shape = selected});
}

using Combine = Array (*)(const Arg& old, const Arg& value);

/// Where the mask holds, the value or what it gives with the old elements.
Array set_masked(const Array& x, const Selection& selection, const Arg& value, Combine combine) {
  bool more = selection.masks > 1 || selection.integer_arrays > 0;
  Shape selected, spread, mask_shape;
  Array mask;
  int64_t axis = 0;
  for (const Entry& entry : selection.entries) {
    more = more || entry.kind == Index::Kind::position;
    if (entry.kind == Index::Kind::newaxis || is_mask(entry)) selected.push_back(1);
    if (is_mask(entry)) mask = entry.array;
    for (int64_t k = axes_of(entry); k > 0; --k, ++axis) {
      Dim n = selection.sizes[axis];
      if (!is_mask(entry)) selected.push_back(n);
      spread.push_back(is_mask(entry) ? Dim(1) : n);
      mask_shape.push_back(is_mask(entry) ? n : Dim(1));
    }
  }
  if (more) throw ValueError("a boolean mask goes with slices only; use where(mask, value, x) for more");
  Array box = box_of(x, selection);
  const char* hint = ", where all that a mask selects gets one value";
  Array given = value.is_array() ? shaped(fit(value.array(), selected, hint), spread) : value_for(x, value);
  Array fresh = value_for(x, combine ? combine(box, given) : given);
  return put_box(x, selection, where(shaped(mask, mask_shape), fresh, box));
}

Array read(const Array& x, const Selection& selection) {
  if (selection.masks)
    throw ValueError(
        "a boolean mask would select a number of elements that depends on values; use where(mask, x, other), or "
        "assign to x.at(mask)");
  Array box = box_of(x, selection);
  if (!selection.integer_arrays) return shaped(box, selected_shape(selection));
  Lined lined = line_up(selection);
  return gather(to_lines(box, selection, lined), lined.indices, {.axis = lined.axis});
}

Array write(const Array& x, const Selection& selection, const Arg& given) {
  if (selection.masks) return set_masked(x, selection, given, nullptr);
  Array value = value_for(x, given);
  if (!selection.integer_arrays)
    return put_box(x, selection, shaped(fit(value, selected_shape(selection)), selection.sizes));
  Lined lined = line_up(selection);
  Shape selected = lined.lined;
  selected.erase(lined.axis);
  for (int64_t d = 0; d < lined.indices.rank(); ++d) selected.insert(lined.axis + d, lined.indices.shape()[d]);
  Array lines = to_lines(box_of(x, selection), selection, lined);
  lines = scatter(lines, lined.indices, fit(value, selected), {.axis = lined.axis});
  return put_box(x, selection, from_lines(lines, selection, lined));
}

/// Errors name the user's line.
template <class F>
auto located(std::source_location where, F f) {
  SourceScope scope(where);
  try {
    return f();
  } catch (const Error& error) {
    std::string text = error.what();
    if (text.find("\n  at ") != std::string::npos) throw;
    ir::rethrow_with(error, cat("[at] ", text, at_line(where)));
  }
}

}  // namespace

Array get_at(const Array& x, std::span<const Index> index, std::source_location where) {
  return located(where, [&] { return read(x, select(x, index)); });
}

Array set_at(const Array& x, std::span<const Index> index, const Arg& value) {
  return located(value.where(), [&] { return write(x, select(x, index), value); });
}

// What a boolean mask selects has no shape to read, it can only be assigned to.
At::At(Array& target, std::vector<Index> index) : target_(&target), index_(std::move(index)) {
  for (const Index& entry : index_)
    if (entry.kind == Index::Kind::array && is_bool(entry.array.dtype())) return;
  Array::operator=(get_at(target, index_, index_[0].where));
}

// The part that was read holds on to the old array, which is updated in place only when nobody does.
void At::assign(const Arg& value) {
  Array fresh = set_at(*target_, index_, value);
  Array::operator=(Array());
  *target_ = std::move(fresh);
}
void At::operator+=(const Arg& value) && { combine(value, add); }
void At::operator-=(const Arg& value) && { combine(value, subtract); }
void At::operator*=(const Arg& value) && { combine(value, multiply); }
void At::operator/=(const Arg& value) && { combine(value, divide); }
// The new array is made before the old handle goes: x stays as it is when something does not fit, and once it is
// rebound the pending update holds the only reference to the old value, so that it can be made in place.
void At::combine(const Arg& value, Combine op) {
  Array::operator=(Array());
  *target_ = located(value.where(), [&] {
    Selection selection = select(*target_, index_);
    if (selection.masks) return set_masked(*target_, selection, value, op);
    return write(*target_, selection, op(read(*target_, selection), value));
  });
}

}  // namespace koine
