#pragma once
#include <koine/attr.h>
#include <koine/dim.h>
#include <koine/dtype.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// Attributes of an op: one aggregate per op at the edge, erased and interned in the middle.
namespace koine::ir {

struct OpSpec;
struct Graph;
using GraphRef = std::shared_ptr<const Graph>;
using Graphs = std::vector<GraphRef>;

using AttrValue = std::variant<bool, int64_t, double, std::string, DType, Ints, Shape, Axes, Number, Graphs>;

uint64_t hash_value(bool value);
uint64_t hash_value(int64_t value);
uint64_t hash_value(double value);
uint64_t hash_value(const std::string& value);
uint64_t hash_value(DType value);
uint64_t hash_value(const Ints& value);
uint64_t hash_value(const Shape& value);
uint64_t hash_value(const Axes& value);
uint64_t hash_value(const Padding& value);
uint64_t hash_value(const Number& value);
uint64_t hash_value(const Graphs& value);
bool equal_value(const Number& a, const Number& b);
bool equal_value(double a, double b);  // by bits
bool equal_value(const Graphs& a, const Graphs& b);
bool equal_value(const Shape& a, const Shape& b);
template <class T>
bool equal_value(const T& a, const T& b) {
  return a == b;
}
std::string to_string(const AttrValue& value);

/// One attribute: its name, its meaning, and how to reach it in the erased aggregate.
struct AttrField {
  const char* name;
  const char* doc;
  AttrValue (*get)(const void* attrs);
  /// Whether a text may be set in place of numbers.
  bool takes_words;
  /// Throws ValueError when the value has another type.
  void (*set)(void* attrs, const AttrValue& value);
  uint64_t (*hash)(const void* attrs);
  bool (*equal)(const void* a, const void* b);
};

namespace detail {
template <class M>
struct MemberOf;
template <class C, class T>
struct MemberOf<T C::*> {
  using Class = C;
  using Type = T;
};
[[noreturn]] void wrong_attr_type(const char* wanted, const AttrValue& got);
template <class T>
AttrValue value_of(const T& value) {
  return value;
}
inline AttrValue value_of(const Padding& value) {
  if (value.word().empty()) return value.list();
  return value.word();
}
template <class T>
void assign_plain(T& to, const AttrValue& value) {
  if (auto* same = std::get_if<T>(&value)) {
    to = *same;
    return;
  }
  if constexpr (std::is_same_v<T, double>) {
    if (auto* i = std::get_if<int64_t>(&value)) return void(to = static_cast<double>(*i));
  } else if constexpr (std::is_same_v<T, Number>) {
    if (auto* i = std::get_if<int64_t>(&value)) return void(to = *i);
    if (auto* d = std::get_if<double>(&value)) return void(to = *d);
    if (auto* b = std::get_if<bool>(&value)) return void(to = *b);
  } else if constexpr (std::is_same_v<T, Axes>) {
    if (auto* i = std::get_if<int64_t>(&value)) return void(to = Axes(*i));
    if (auto* list = std::get_if<Ints>(&value)) return void(to = Axes(*list));
  } else if constexpr (std::is_same_v<T, Shape>) {
    if (auto* list = std::get_if<Ints>(&value)) {
      to = Shape();
      for (int64_t n : *list) to.push_back(n);
      return;
    }
  }
  wrong_attr_type("another type", value);
}
template <class T>
void assign_attr(T& to, const AttrValue& value) {
  if constexpr (std::is_same_v<T, Padding>) {
    if (auto* all = std::get_if<int64_t>(&value)) return void(to = *all);
    if (auto* list = std::get_if<Ints>(&value)) return void(to = *list);
    if (auto* word = std::get_if<std::string>(&value)) return void(to = *word);
    wrong_attr_type("another type", value);
  } else {
    assign_plain(to, value);
  }
}
}  // namespace detail

/// Describes a member of an attribute aggregate: `field<&Attrs::axis>("axis", "the axis that ...")`.
template <auto Member>
constexpr AttrField field(const char* name, const char* doc) {
  using Class = typename detail::MemberOf<decltype(Member)>::Class;
  using T = typename detail::MemberOf<decltype(Member)>::Type;
  return {
      name,
      doc,
      [](const void* attrs) { return detail::value_of(static_cast<const Class*>(attrs)->*Member); },
      std::is_same_v<T, Padding>,
      [](void* attrs, const AttrValue& value) { detail::assign_attr<T>(static_cast<Class*>(attrs)->*Member, value); },
      [](const void* attrs) { return hash_value(static_cast<const Class*>(attrs)->*Member); },
      [](const void* a, const void* b) {
        return equal_value(static_cast<const Class*>(a)->*Member, static_cast<const Class*>(b)->*Member);
      }};
}

/// The erased aggregate type of an op's attributes.
struct AttrLayout {
  std::span<const AttrField> fields;
  std::shared_ptr<void> (*make)() = nullptr;  // with default values
  std::shared_ptr<void> (*copy)(const void* attrs) = nullptr;
};

/// Immutable, interned attributes of one op: equal attributes are the same box.
struct AttrBox {
  const OpSpec* op;
  uint64_t id;  // never used twice
  uint64_t hash;
  std::shared_ptr<const void> data;
  bool forever = false;  // not counted: an op without attributes has one box as long as the process lives
  std::atomic<uint32_t> holders{1};
  AttrBox* next = nullptr;  // of equal place in the table
};

/// A counted pointer to a box.
class AttrRef {
 public:
  AttrRef() = default;
  AttrRef(const AttrRef& other) : box_(other.box_) {
    if (box_ && !box_->forever) box_->holders.fetch_add(1, std::memory_order_relaxed);
  }
  AttrRef(AttrRef&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
  AttrRef& operator=(const AttrRef& other) { return *this = AttrRef(other); }
  AttrRef& operator=(AttrRef&& other) noexcept {
    std::swap(box_, other.box_);
    return *this;
  }
  ~AttrRef() { reset(); }
  void reset() {
    AttrBox* box = std::exchange(box_, nullptr);
    if (box && !box->forever && box->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) forget(box);
  }

  const AttrBox* get() const { return box_; }
  const AttrBox* operator->() const { return box_; }
  const AttrBox& operator*() const { return *box_; }
  explicit operator bool() const { return box_ != nullptr; }
  bool operator==(const AttrRef& other) const = default;

 private:
  friend AttrRef intern_attrs(const OpSpec& op, const void* attrs);
  /// Adopts one count.
  explicit AttrRef(AttrBox* box) : box_(box) {}
  static void forget(AttrBox* box) noexcept;

  AttrBox* box_ = nullptr;
};

/// Attributes of an op that are not interned: a hash, begun with another, and whether two are equal.
uint64_t hash_attrs(uint64_t begin, const OpSpec& op, const void* attrs);
bool equal_attrs(const OpSpec& op, const void* a, const void* b);
/// The interned box for attributes of an op (null data for an op without attributes).
AttrRef intern_attrs(const OpSpec& op, const void* attrs);
/// "axis=-1, keepdims=false", or "" without attributes.
std::string to_string(const AttrBox* attrs);

}  // namespace koine::ir
