#include "backend/cpu/ordering.h"

#include "backend/cpu/lines.h"
#include "compile/group.h"

#include <array>
#include <bit>
#include <cstring>
#include <limits>

namespace koine::backend::cpu {

namespace {

/// An unsigned number whose order is that of the elements: zeros of both signs are one, NaN is the last.
template <class T>
auto ascending_key(T x) {
  using U = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
  constexpr U top = U{1} << (8 * sizeof(T) - 1);
  const auto bits = std::bit_cast<U>(x);
  if constexpr (std::is_floating_point_v<T>) {
    if (x == 0) return top;
    return bits & top ? ~bits : bits | top;
  } else {
    return bits ^ top;
  }
}
template <class T>
auto key_of(T x, bool descending) {
  auto key = ascending_key(x);
  if (descending) key = ~key;
  if (x != x) key = std::numeric_limits<decltype(key)>::max();
  return key;
}

/// A key and the place of its element.
template <class U>
struct Placed {
  U key;
  uint32_t place;
  bool operator<(const Placed& other) const { return key != other.key ? key < other.key : place < other.place; }
};

/// By the bytes of the keys, the last one first; places that are in order stay so.
template <class U>
void radix_sort(std::vector<Placed<U>>& items, std::vector<Placed<U>>& room) {
  room.resize(items.size());
  for (unsigned shift = 0; shift < 8 * sizeof(U); shift += 8) {
    std::array<uint32_t, 257> begin{};
    for (const Placed<U>& item : items) ++begin[(item.key >> shift & 255) + 1];
    if (std::ranges::any_of(begin, [&](uint32_t n) { return n == items.size(); })) continue;
    for (size_t k = 1; k < begin.size(); ++k) begin[k] += begin[k - 1];
    for (const Placed<U>& item : items) room[begin[item.key >> shift & 255]++] = item;
    std::swap(items, room);
  }
}

template <class T>
class OrderKernel : public NodeKernel {
 public:
  OrderKernel(const NodeTypes& node, Order order, int values, int places)
      : lines_(node.in[0]->shape, order.axis), order_(order), values_(values), places_(places) {}

  void run(std::span<const std::byte* const> in, std::span<std::byte* const> out, std::byte*) const override {
    const auto* x = reinterpret_cast<const T*>(in[0]);
    T* values = values_ < 0 ? nullptr : reinterpret_cast<T*>(out[static_cast<size_t>(values_)]);
    int64_t* places = places_ < 0 ? nullptr : reinterpret_cast<int64_t*>(out[static_cast<size_t>(places_)]);
    for_lines(lines_, [&](int64_t first, int64_t last) {
      Items items(static_cast<size_t>(lines_.length)), room;
      for (int64_t line = first; line < last; ++line) {
        const T* from = x + lines_.start(line);
        items.resize(static_cast<size_t>(lines_.length));
        for (int64_t k = 0; k < lines_.length; ++k)
          items[static_cast<size_t>(k)] = {key_of(from[k * lines_.after], order_.descending), static_cast<uint32_t>(k)};
        sort(items, room);
        const int64_t start = line / lines_.after * order_.first * lines_.after + line % lines_.after;
        for (int64_t k = 0; k < order_.first; ++k) {
          const auto place = static_cast<int64_t>(items[static_cast<size_t>(k)].place);
          if (values) values[start + k * lines_.after] = from[place * lines_.after];
          if (places) places[start + k * lines_.after] = place;
        }
      }
    });
  }

 private:
  using Key = decltype(ascending_key(T{}));
  using Items = std::vector<Placed<Key>>;

  void sort(Items& items, Items& room) const {
    const auto first = static_cast<std::ptrdiff_t>(order_.first);
    if (order_.first < lines_.length / 4) {
      std::nth_element(items.begin(), items.begin() + first, items.end());
      std::sort(items.begin(), items.begin() + first);
    } else if (lines_.length < 512) {
      std::sort(items.begin(), items.end());
    } else {
      radix_sort(items, room);
    }
  }

  AxisLines lines_;
  Order order_;
  int values_, places_;
};

template <class T>
class BestPlace : public NodeKernel {
 public:
  BestPlace(const AxisLines& lines, bool largest) : lines_(lines), largest_(largest) {}

  void run(std::span<const std::byte* const> in, std::span<std::byte* const> out, std::byte*) const override {
    const auto* x = reinterpret_cast<const T*>(in[0]);
    auto* places = reinterpret_cast<int64_t*>(out[0]);
    for_lines(lines_, [&](int64_t first, int64_t last) {
      for (int64_t line = first; line < last; ++line) {
        const T* from = x + lines_.start(line);
        places[line] =
            largest_ ? place(from, [](T a, T b) { return a > b; }) : place(from, [](T a, T b) { return a < b; });
      }
    });
  }

 private:
  template <class Better>
  int64_t place(const T* x, Better better) const {
    T best = x[0];
    int64_t found = 0;
    for (int64_t k = 1; k < lines_.length && best == best; ++k) {
      const T element = x[k * lines_.after];
      if (better(element, best) || element != element) {
        best = element;
        found = k;
      }
    }
    return found;
  }

  AxisLines lines_;
  bool largest_;
};

template <template <class> class K, class... A>
std::unique_ptr<NodeKernel> make_for(DType dtype, const A&... arguments) {
  switch (dtype) {
    case DType::float32:
      return std::make_unique<K<float>>(arguments...);
    case DType::float64:
      return std::make_unique<K<double>>(arguments...);
    case DType::int32:
      return std::make_unique<K<int32_t>>(arguments...);
    case DType::int64:
      return std::make_unique<K<int64_t>>(arguments...);
    default:
      return nullptr;
  }
}

}  // namespace

std::unique_ptr<NodeKernel> make_order(const NodeTypes& node, Order order, int values, int places) {
  const AxisLines lines(node.in[0]->shape, order.axis);
  if (!node.strides.empty() || lines.length > std::numeric_limits<uint32_t>::max()) return nullptr;
  return make_for<OrderKernel>(node.in[0]->dtype, node, order, values, places);
}

std::unique_ptr<NodeKernel> make_best_place(const NodeTypes& node, bool largest) {
  const Shape& shape = node.in[0]->shape;
  const auto axes = compile::folded_axes(shape, attr<Axes>(node, "axis"));
  if (!node.strides.empty() || !axes) return nullptr;
  const AxisLines lines(shape, static_cast<int64_t>(axes->first), static_cast<int64_t>(axes->last - axes->first));
  if (lines.length == 0) return nullptr;
  return make_for<BestPlace>(node.in[0]->dtype, lines, largest);
}

}  // namespace koine::backend::cpu
