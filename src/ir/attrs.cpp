#include "ir/attrs.h"

#include "base/format.h"
#include "base/hash.h"
#include "ir/graph.h"

#include <bit>
#include <unordered_map>

namespace koine::ir {

uint64_t hash_value(bool value) { return value ? 2 : 1; }
uint64_t hash_value(int64_t value) { return hash_combine(3, static_cast<uint64_t>(value)); }
uint64_t hash_value(double value) { return hash_combine(4, std::bit_cast<uint64_t>(value)); }
uint64_t hash_value(const std::string& value) { return hash_bytes(value.data(), value.size()); }
uint64_t hash_value(DType value) { return hash_combine(5, static_cast<uint64_t>(value)); }
uint64_t hash_value(const Ints& value) { return hash_bytes(value.data(), value.size() * sizeof(int64_t)); }
uint64_t hash_value(const Shape& value) { return value.hash(); }
uint64_t hash_value(const Axes& value) { return hash_combine(value.is_all(), hash_value(value.list())); }
uint64_t hash_value(const Padding& value) { return hash_combine(hash_value(value.word()), hash_value(value.list())); }
uint64_t hash_value(const Number& value) {
  uint64_t hash = hash_combine(static_cast<uint64_t>(value.kind()), static_cast<uint64_t>(value.integer()));
  return hash_combine(hash, hash_combine(hash_value(value.real()), hash_value(value.imag())));
}
uint64_t hash_value(const Graphs& value) {
  uint64_t hash = value.size();
  for (const GraphRef& graph : value) hash = hash_combine(hash, graph->hash);
  return hash;
}

bool equal_value(double a, double b) { return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b); }
bool equal_value(const Number& a, const Number& b) {
  return a.kind() == b.kind() && a.integer() == b.integer() && a.is_unsigned() == b.is_unsigned() &&
         equal_value(a.real(), b.real()) && equal_value(a.imag(), b.imag());
}
bool equal_value(const Shape& a, const Shape& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (!same(a[i], b[i])) return false;
  return true;
}
bool equal_value(const Graphs& a, const Graphs& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i] && !same(*a[i], *b[i])) return false;
  return true;
}

namespace {
std::string list_text(const Ints& list) {
  std::string text = "[";
  for (size_t i = 0; i < list.size(); ++i) text += (i ? ", " : "") + std::to_string(list[i]);
  return text + "]";
}
struct Text {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return cat(value); }
  std::string operator()(const std::string& value) const { return "\"" + value + "\""; }
  std::string operator()(DType value) const { return std::string(name(value)); }
  std::string operator()(const Ints& value) const { return list_text(value); }
  std::string operator()(const Shape& value) const { return to_string(value); }
  std::string operator()(const Axes& value) const { return value.is_all() ? "all" : list_text(value.list()); }
  std::string operator()(const Number& value) const {
    switch (value.kind()) {
      case Kind::bool_:
        return value.integer() ? "true" : "false";
      case Kind::integer:
        return value.is_unsigned() ? std::to_string(static_cast<uint64_t>(value.integer()))
                                   : std::to_string(value.integer());
      case Kind::floating:
        return cat(value.real());
      default:
        return cat("(", value.real(), ", ", value.imag(), ")");
    }
  }
  std::string operator()(const Graphs& value) const {
    std::string text = "{";
    for (const GraphRef& graph : value) {
      std::string inner = "\n" + to_string(*graph);
      for (size_t at = 0; (at = inner.find('\n', at)) != std::string::npos; at += 5) inner.insert(at + 1, "    ");
      text += inner;
    }
    return text + "\n  }";
  }
};
}  // namespace

std::string to_string(const AttrValue& value) { return std::visit(Text{}, value); }

std::string to_string(const AttrBox* box) {
  std::string text;
  if (!box || !box->data) return text;
  for (const AttrField& field : box->op->attrs.fields) {
    if (!text.empty()) text += ", ";
    text += cat(field.name, "=", to_string(field.get(box->data.get())));
  }
  return text;
}

void detail::wrong_attr_type(const char* wanted, const AttrValue& got) {
  throw ValueError(cat("an attribute of ", wanted, " cannot be ", to_string(got)));
}

uint64_t hash_attrs(uint64_t begin, const OpSpec& op, const void* attrs) {
  uint64_t hash = begin;
  for (const AttrField& field : op.attrs.fields) hash = hash_combine(hash, field.hash(attrs));
  return hash;
}

bool equal_attrs(const OpSpec& op, const void* a, const void* b) {
  for (const AttrField& field : op.attrs.fields)
    if (!field.equal(a, b)) return false;
  return true;
}

namespace {

/// The boxes in use, in chains. Guarded by the graph lock.
struct BoxTable {
  std::vector<AttrBox*> chains = std::vector<AttrBox*>(1024);
  size_t count = 0;
  uint64_t next_id = 1;

  AttrBox*& chain(uint64_t hash) { return chains[hash & (chains.size() - 1)]; }
  void add(AttrBox* box) {
    if (++count > chains.size()) {
      std::vector<AttrBox*> old(2 * chains.size());
      std::swap(old, chains);
      for (AttrBox* list : old)
        while (AttrBox* moved = list) {
          list = moved->next;
          moved->next = std::exchange(chain(moved->hash), moved);
        }
    }
    box->next = std::exchange(chain(box->hash), box);
  }
  void remove(AttrBox* box) {
    AttrBox** at = &chain(box->hash);
    while (*at != box) at = &(*at)->next;
    *at = box->next;
    --count;
  }
};
// Never destroyed: arrays of the user may live longer than anything else.
BoxTable& boxes() {
  static BoxTable& table = *new BoxTable;
  return table;
}

/// One more holder, unless the last one is just leaving.
bool hold(AttrBox& box) {
  uint32_t holders = box.holders.load(std::memory_order_relaxed);
  while (holders != 0)
    if (box.holders.compare_exchange_weak(holders, holders + 1, std::memory_order_relaxed)) return true;
  return false;
}

}  // namespace

AttrRef intern_attrs(const OpSpec& op, const void* attrs) {
  // By name and not by address, so that long work is cut at the same places in every process.
  uint64_t hash = hash_attrs(hash_bytes(op.name, std::char_traits<char>::length(op.name)), op, attrs);
  GraphLock lock(graph_mutex());
  for (AttrBox* box = boxes().chain(hash); box; box = box->next)
    if (box->hash == hash && box->op == &op && equal_attrs(op, box->data.get(), attrs) && hold(*box))
      return AttrRef(box);
  auto data = op.attrs.copy ? op.attrs.copy(attrs) : std::shared_ptr<void>();
  auto* box = new AttrBox{&op, boxes().next_id++, hash, std::move(data), op.attrs.fields.empty()};
  boxes().add(box);
  return AttrRef(box);
}

void AttrRef::forget(AttrBox* box) noexcept {
  {
    GraphLock lock(graph_mutex());
    boxes().remove(box);
  }
  delete box;
}

}  // namespace koine::ir
