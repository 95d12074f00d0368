#include "ir/node.h"
#include "python/python.h"

#include <koine/ops.h>

#include <algorithm>

/// x[key] and x[key] = value, by NumPy's rules.
namespace koine::python {

namespace {

/// The entries of a key. Masks stay masks, or become the positions that they select, which needs their values.
class Key {
 public:
  Key(PyObject* key, std::source_location where) : where_(where) {
    if (!PyTuple_Check(key)) {
      add(key);
      return;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(key); ++i) add(PyTuple_GET_ITEM(key, i));
  }
  std::vector<Index>& entries() { return entries_; }
  bool has_mask() const {
    return std::any_of(entries_.begin(), entries_.end(), [](const Index& entry) {
      return entry.kind == Index::Kind::array && is_bool(entry.array.dtype());
    });
  }
  void masks_to_positions() {
    std::vector<Index> entries;
    for (const Index& entry : entries_) {
      if (entry.kind != Index::Kind::array || !is_bool(entry.array.dtype()))
        entries.push_back(entry);
      else if (entry.array.rank() > 0)
        for (const Array& positions : positions_of(entry.array)) entries.emplace_back(positions, where_);
      else  // a single bool: a new axis of one or no element
        add_single(entries, entry.array);
    }
    entries_ = std::move(entries);
  }

 private:
  void add(PyObject* key) {
    if (key == Py_None) return void(entries_.emplace_back(newaxis, where_));
    if (key == Py_Ellipsis) return void(entries_.emplace_back(ellipsis, where_));
    if (PySlice_Check(key)) return add_slice(key);
    if (is_array(key)) return void(entries_.emplace_back(array_of(key), where_));
    if (!PyBool_Check(key) && PyIndex_Check(key)) {
      PyObject* index = PyNumber_Index(key);
      if (index) {
        Owned owned(index);
        return void(entries_.emplace_back(to_int(index), where_));
      }
      PyErr_Clear();  // an array of another library
    }
    if (PyList_Check(key) || PyTuple_Check(key) || PyBool_Check(key) || is_array_like(key)) {
      Array positions = to_array(key);
      if (positions.size() == 0 && !is_bool(positions.dtype())) positions = cast(positions, {.dtype = int64});
      return void(entries_.emplace_back(positions, where_));
    }
    PyErr_Format(PyExc_TypeError,
                 "an array is indexed by integers, slices, None, ... and arrays of them or of bool, not '%s'",
                 Py_TYPE(key)->tp_name);
    throw PythonError();
  }
  void add_slice(PyObject* key) {
    auto* slice = reinterpret_cast<PySliceObject*>(key);
    auto bound = [](PyObject* object, int64_t missing) { return object == Py_None ? missing : to_int(object); };
    entries_.emplace_back(Slice{bound(slice->start, none), bound(slice->stop, none), bound(slice->step, 1)}, where_);
  }
  void add_single(std::vector<Index>& entries, const Array& mask) {
    entries.emplace_back(newaxis, where_);
    single_.push_back(static_cast<int64_t>(*read(mask)) != 0);
  }
  std::source_location where_;
  std::vector<Index> entries_;

 public:
  std::vector<bool> single_;
};

// A mask inside a trace has no values, and the shape of what it selects depends on them.
void require_values(const std::vector<Index>& entries) {
  for (const Index& entry : entries)
    if (entry.kind == Index::Kind::array && is_bool(entry.array.dtype()) && ir::node_of(entry.array)->abstract)
      throw TraceError(
          "[getitem] a boolean mask selects as many elements as it has True, and inside jit or vmap shapes cannot "
          "depend on "
          "values; use where(mask, x, other), or x[mask] = value");
}

// The masks of an index have to fit before they are read as positions.
void check_masks(const Array& x, const std::vector<Index>& entries) {
  int64_t named = 0;
  for (const Index& entry : entries)
    if (entry.kind == Index::Kind::position || entry.kind == Index::Kind::slice)
      ++named;
    else if (entry.kind == Index::Kind::array)
      named += is_bool(entry.array.dtype()) ? entry.array.rank() : 1;
  int64_t axis = 0;
  for (const Index& entry : entries) {
    if (entry.kind == Index::Kind::ellipsis) axis += x.rank() - named;
    if (entry.kind == Index::Kind::position || entry.kind == Index::Kind::slice) ++axis;
    if (entry.kind != Index::Kind::array) continue;
    if (!is_bool(entry.array.dtype())) {
      ++axis;
      continue;
    }
    for (Dim n : entry.array.shape()) {
      if (axis >= x.rank() || (!same(x.shape()[axis], n) && !same(n, 0)))
        throw IndexError("[getitem] a mask of shape " + to_string(entry.array.shape()) + " does not fit the shape " +
                         to_string(x.shape()));
      ++axis;
    }
  }
}

Array select(const Array& x, Key& key, std::source_location where) {
  if (key.has_mask()) {
    require_values(key.entries());
    check_masks(x, key.entries());
    key.masks_to_positions();
  }
  Array part = get_at(x, key.entries(), where);
  if (std::find(key.single_.begin(), key.single_.end(), false) == key.single_.end()) return part;
  // A single False keeps nothing: along the axis that it made.
  std::vector<Index> none_of;
  none_of.emplace_back(Slice{0, 0}, where);
  return get_at(part, none_of, where);
}

Array replace(const Array& x, Key& key, PyObject* value, std::source_location where) {
  const std::vector<Index>& entries = key.entries();
  if (entries.size() == 1 && entries[0].kind == Index::Kind::array && is_bool(entries[0].array.dtype()) &&
      entries[0].array.rank() == 0) {
    // A single bool: all of x or nothing.
    Array whole = x;
    std::vector<Index> all{Index(ellipsis, where)};
    Number number;
    whole = to_number(value, number) ? set_at(x, all, Arg(number, where)) : set_at(x, all, Arg(to_array(value), where));
    return koine::where(Arg(entries[0].array, where), Arg(whole, where), Arg(x, where));
  }
  Number number;
  if (to_number(value, number)) return set_at(x, key.entries(), Arg(number, where));
  Array given = is_array(value) && !is_number(value) ? array_of(value) : to_array(value);
  if (is_array(value) && is_number(value))
    given = cast(given, {.dtype = promote_weak(x.dtype(), kind_of(given.dtype()))});
  if (key.has_mask() && given.rank() > 0) {
    require_values(key.entries());
    check_masks(x, key.entries());
    key.masks_to_positions();
  }
  return set_at(x, key.entries(), Arg(given, where));
}

}  // namespace

std::vector<Array> positions_of(const Array& x) {
  if (ir::node_of(x)->abstract)
    throw TraceError(
        "[nonzero] inside jit and vmap no shape can depend on values, and how many elements are not zero does; use "
        "where(x, ..., ...)");
  Array mask = is_bool(x.dtype()) ? x : not_equal(Arg(x, {}), Arg(0, {}));
  const std::byte* data = read(mask);
  int rank = mask.rank();
  int64_t size = mask.size();
  std::vector<std::vector<int64_t>> positions(static_cast<size_t>(rank));
  for (int64_t i = 0; i < size; ++i) {
    if (data[i] == std::byte{0}) continue;
    int64_t rest = i;
    for (int d = rank; d-- > 0; rest /= mask.size(d)) positions[static_cast<size_t>(d)].push_back(rest % mask.size(d));
  }
  std::vector<Array> arrays;
  for (const auto& list : positions) arrays.push_back(from(list, {static_cast<int64_t>(list.size())}, {}));
  return arrays;
}

PyObject* get_item(PyObject* x, PyObject* key) noexcept {
  return guarded([&] {
    // What an array selects may lie outside, which shows when it is evaluated.
    std::source_location where = PyLong_CheckExact(key) && !lines_wanted ? std::source_location() : user_line();
    Key entries(key, where);
    return wrap(select(plain(x), entries, where));
  });
}

int set_item(PyObject* x, PyObject* key, PyObject* value) noexcept {
  PyObject* done = guarded([&] {
    if (!value) throw ValueError("[delitem] elements cannot be taken out of an array");
    std::source_location where = user_line();
    Key entries(key, where);
    array_of(x) = replace(array_of(x), entries, value, where);
    return x;
  });
  return done ? 0 : -1;
}

}  // namespace koine::python
