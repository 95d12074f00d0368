#include <koine/dim.h>
#include <koine/error.h>

#include <algorithm>

#include "base/format.h"
#include "base/hash.h"

namespace koine {

void Shape::assign(const Dim* dims, size_t count) {
  size_ = 0;
  if (count > capacity_) grow(count);
  std::copy_n(dims, count, data());
  size_ = static_cast<uint32_t>(count);
}

void Shape::take(Shape& other) noexcept {
  size_ = other.size_;
  capacity_ = other.capacity_;
  if (capacity_ > inline_capacity) {
    heap_ = other.heap_;
    other.capacity_ = inline_capacity;
    std::fill_n(other.inline_, inline_capacity, Dim());
  } else {
    std::copy_n(other.inline_, inline_capacity, inline_);
  }
  other.size_ = 0;
}

void Shape::release() noexcept {
  if (capacity_ > inline_capacity) delete[] heap_;
}

void Shape::grow(size_t capacity) {
  const size_t larger = std::max<size_t>(capacity, 2 * size_t{capacity_});
  Dim* dims = new Dim[larger];
  std::copy_n(data(), size_, dims);
  release();
  heap_ = dims;
  capacity_ = static_cast<uint32_t>(larger);
}

void Shape::throw_axis(int64_t axis) const {
  throw IndexError(cat("axis ", axis, " is out of range for a shape of rank ", size_, ", ", *this));
}

void Shape::insert(int64_t axis, Dim dim) {
  const int64_t at = axis < 0 ? axis + size_ : axis;
  if (at < 0 || at > size_) throw_axis(axis);
  push_back(dim);
  std::rotate(begin() + at, end() - 1, end());
}

void Shape::erase(int64_t axis) {
  Dim* at = begin() + position(axis);
  std::copy(at + 1, end(), at);
  --size_;
}

bool Shape::is_concrete() const {
  return std::all_of(begin(), end(), [](Dim dim) { return dim.is_concrete(); });
}

uint64_t Shape::hash() const {
  uint64_t hash = size_;
  for (const Dim dim : *this) hash = hash_combine(hash, dim.hash());
  return hash;
}

bool operator==(const Shape& a, const Shape& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](Dim x, Dim y) { return same(x, y); });
}

Dim count(const Shape& shape) {
  // An empty array stays empty however large its other sizes are.
  for (const Dim dim : shape) {
    if (same(dim, 0)) return 0;
  }
  Dim product = 1;
  for (const Dim dim : shape) product *= dim;
  return product;
}

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) text += cat(i == 0 ? "" : ", ", shape.data()[i]);
  return text + "]";
}

Shape broadcast(const Shape& a, const Shape& b) {
  const Shape& longer = a.size() >= b.size() ? a : b;
  const Shape& shorter = a.size() >= b.size() ? b : a;
  Shape result = longer;
  const size_t offset = longer.size() - shorter.size();
  for (size_t i = 0; i < shorter.size(); ++i) {
    Dim& target = result.data()[i + offset];
    const Dim size = shorter.data()[i];
    if (same(target, size) || same(size, 1)) continue;
    if (!same(target, 1)) {
      throw ShapeError(cat("shapes ", a, " and ", b, " do not broadcast: at axis ",
                           static_cast<int64_t>(i) - static_cast<int64_t>(shorter.size()), " the sizes are ",
                           a[static_cast<int64_t>(i) - static_cast<int64_t>(shorter.size())], " and ",
                           b[static_cast<int64_t>(i) - static_cast<int64_t>(shorter.size())]));
    }
    target = size;
  }
  return result;
}

}  // namespace koine
