// The walks over trees of arrays.
#include <koine/array.h>
#include <koine/error.h>
#include <koine/tree.h>

#include <cstring>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "ir/member_name.h"

namespace koine::tree {

static_assert(!std::is_trivially_copyable_v<Array>, "trees take a trivially copyable type to hold no arrays");

std::string_view detail::member_name(const char* text, int64_t place) {
  const auto opened = [&text] {
    while (*text != '{') ++text;
    ++text;
  };
  opened();
  opened();
  int depth = 0;
  std::string_view name;
  for (const char* start = text;; ++text) {
    const auto c = static_cast<unsigned char>(*text);
    if (c == '(') ++depth;
    if (c == ')') --depth;
    const bool ends = depth == 0 && (c == '}' || c == ',');
    const bool in_name =
        c == '_' || c == '$' || c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!in_name) {
      if (text != start) name = {start, static_cast<size_t>(text - start)};
      start = text + 1;
    }
    if (ends && place-- == 0) return name;
  }
}

namespace {

std::string quoted(const std::string& path) { return path.empty() ? "the root" : '"' + path + '"'; }

}  // namespace

std::string Path::str() const {
  if (!parent_) return {};
  std::string path = parent_->str();
  if (!path.empty()) path += '.';
  if (!text_)
    path += std::to_string(number_);
  else if (is_key_)
    path.append(text_, static_cast<size_t>(number_));
  else
    path += detail::member_name(text_, number_);
  return path;
}

Path::operator std::string() const { return str(); }

/// What a walk does with what it meets. The steps of one walk share it.
struct Walk {
  explicit Walk(bool values = false) : wants_values(values) {}
  virtual ~Walk() = default;
  virtual void leaf(Array&, const Path&) {}
  virtual void choose(Step::Choice, size_t, const Path&) {}
  virtual void key(const void*, size_t) {}
  virtual void value(const void*, size_t) {}
  virtual void opaque(const detail::Type&) {}
  virtual void erased(const detail::Type&) {}

  void run(detail::Target tree) {
    const Path root;
    Step step(*this, root);
    erased(*tree.type);
    tree.type->expand(tree.object, step);
  }

  const bool wants_values;
};

void Step::leaf(Array& array, const detail::Type& type, const void* object) {
  Path path = path_;
  path.leaf_ = {&type, const_cast<void*>(object)};
  walk_.leaf(array, path);
}

void Step::go(const detail::Type& type, void* object, const char* text, int64_t number, bool is_key) {
  if (type.is_value && !walk_.wants_values) return;
  Path path;
  path.parent_ = &path_;
  path.text_ = text;
  path.number_ = number;
  path.is_key_ = is_key;
  Step step(walk_, path);
  type.expand(object, step);
}

void Step::members(const char* names, const detail::Type* const* types, void* const* objects, size_t count) {
  for (size_t i = 0; i < count; ++i) go(*types[i], objects[i], names, static_cast<int64_t>(i), false);
}

void Step::choose(Choice choice, size_t number) { walk_.choose(choice, number, path_); }

void Step::element(const detail::Type& type, size_t index, void* object) {
  go(type, object, nullptr, static_cast<int64_t>(index), false);
}

void Step::entry(const detail::Type& type, const char* key, size_t length, void* object) {
  walk_.key(key, length);
  go(type, object, key, static_cast<int64_t>(length), true);
}

void Step::entry(const detail::Type& type, int64_t key, void* object) {
  walk_.key(&key, sizeof key);
  go(type, object, nullptr, key, true);
}

void Step::inside(const detail::Type& type, void* object) {
  if (!type.is_value || walk_.wants_values) type.expand(object, *this);
}

void Step::erased(detail::Target tree) {
  walk_.erased(*tree.type);
  inside(*tree.type, tree.object);
}

void Step::value(const void* bytes, size_t size) { walk_.value(bytes, size); }

void Step::opaque(const detail::Type& type) { walk_.opaque(type); }

namespace {

struct Leaves : Walk {
  void leaf(Array& array, const Path&) override { list.push_back(&array); }
  std::vector<Array*> list;
};

/// The structure as bytes. Each entry says its own length, so that different structures give different bytes.
struct Key : Walk {
  explicit Key(bool values = false) : Walk(values) {}

  void leaf(Array&, const Path& path) override {
    const Role role = path.role();
    add('a', &role, sizeof role);
  }
  void choose(Step::Choice, size_t number, const Path&) override { add('c', &number, sizeof number); }
  void key(const void* data, size_t size) override { add('k', data, size); }
  void value(const void* data, size_t size) override { add('v', data, size); }
  void opaque(const detail::Type& type) override { add('o', type.id->name(), std::strlen(type.id->name())); }
  void erased(const detail::Type& type) override { add('t', type.id->name(), std::strlen(type.id->name())); }

  void add(char tag, const void* data, size_t size) {
    bytes += tag;
    bytes.append(reinterpret_cast<const char*>(&size), sizeof size);
    bytes.append(static_cast<const char*>(data), size);
  }

  std::string bytes;
};

struct Flattening : Key {
  explicit Flattening(Flat& flat) : Key(true), flat(flat) {}

  void leaf(Array& array, const Path& path) override {
    Key::leaf(array, path);
    flat.leaves.push_back(&array);
  }
  void opaque(const detail::Type& type) override {
    Key::opaque(type);
    flat.has_opaque = true;
  }

  Flat& flat;
};

/// Leaves and choices, for a message.
struct Outline : Walk {
  struct Line {
    std::string path, what;
    bool operator==(const Line&) const = default;
  };
  void leaf(Array&, const Path& path) override { lines.push_back({path.str(), "an array"}); }
  void choose(Step::Choice choice, size_t number, const Path& path) override {
    std::string what;
    if (choice == Step::Choice::elements)
      what = std::to_string(number) + (number == 1 ? " element" : " elements");
    else if (choice == Step::Choice::presence)
      what = number ? "a value" : "no value";
    else
      what = "alternative " + std::to_string(number);
    lines.push_back({path.str(), what});
  }
  std::vector<Line> lines;
};

struct Paths : Walk {
  void leaf(Array&, const Path& path) override { list.push_back(path.str()); }
  std::vector<std::string> list;
};

/// A finished walk of the tree.
template <class W>
W walked(detail::Target tree) {
  W walk;
  walk.run(tree);
  return walk;
}

/// Throws unless the trees have the same leaf paths; `name` is what the message calls the other tree.
void check_same_leaves(detail::Target first, detail::Target other, const char* name) {
  if (walked<Key>(first).bytes == walked<Key>(other).bytes) return;
  if (walked<Paths>(first).list == walked<Paths>(other).list) return;
  const auto a = walked<Outline>(first).lines;
  const auto b = walked<Outline>(other).lines;
  size_t i = 0;
  while (i < a.size() && i < b.size() && a[i] == b[i]) ++i;
  const auto place = [i](const std::vector<Outline::Line>& lines) {
    return i < lines.size() ? quoted(lines[i].path) : std::string("nothing more");
  };
  std::string text = "[tree] the trees have different leaves: ";
  if (i < a.size() && i < b.size() && a[i].path == b[i].path)
    text += place(a) + " holds " + a[i].what + " in the first tree and " + b[i].what + " in the " + name;
  else
    text += "the first tree has " + place(a) + " where the " + name + " has " + place(b);
  throw ValueError(text);
}

}  // namespace

namespace detail {

void walk(const Target* trees, size_t count, void (*call)(void*, Array* const*, const Path&), void* function) {
  static constexpr const char* names[] = {"first", "second", "third", "fourth"};
  struct Together : Walk {
    void leaf(Array& array, const Path& path) override {
      Array* leaves[4] = {&array};
      for (size_t i = 1; i < count; ++i) leaves[i] = others[i][place];
      ++place;
      call(function, leaves, path);
    }
    size_t count = 0;
    void (*call)(void*, Array* const*, const Path&) = nullptr;
    void* function = nullptr;
    std::vector<Array*> others[4];
    size_t place = 0;
  };
  Together together;
  together.count = count;
  together.call = call;
  together.function = function;
  for (size_t i = 1; i < count; ++i) {
    check_same_leaves(trees[0], trees[i], names[i]);
    together.others[i] = walked<Leaves>(trees[i]).list;
  }
  together.run(trees[0]);
}

}  // namespace detail

std::vector<Array> leaves(View tree) {
  std::vector<Array> arrays;
  for (const Array* leaf : walked<Leaves>(tree.target()).list) arrays.push_back(*leaf);
  return arrays;
}

std::vector<std::string> paths(View tree) { return walked<Paths>(tree.target()).list; }

size_t count(View tree) { return walked<Leaves>(tree.target()).list.size(); }

void assign(Ref tree, const Array* arrays, size_t count) {
  const auto leaves = walked<Leaves>(tree.target()).list;
  if (leaves.size() != count) {
    throw ValueError("[tree] a tree of " + std::to_string(leaves.size()) + " leaves cannot be made of " +
                     std::to_string(count) + " arrays");
  }
  for (size_t i = 0; i < count; ++i) *leaves[i] = arrays[i];
}

Flat flatten(View tree) {
  Flat flat;
  // Calls under jit come here: enough for small trees at once.
  flat.leaves.reserve(8);
  Flattening walk(flat);
  walk.bytes.reserve(256);
  walk.run(tree.target());
  flat.structure_key = std::move(walk.bytes);
  return flat;
}

std::string structure_key(View tree) { return flatten(tree).structure_key; }

uint64_t structure_hash(View tree) {
  const std::string key = structure_key(tree);
  return hash_bytes(key.data(), key.size());
}

bool has_opaque(View tree) { return flatten(tree).has_opaque; }

}  // namespace koine::tree
