#include "ops/family/convolution.h"
#include "ops/family/matrix.h"

#include <algorithm>

/// The kernels of the convolutions: blocks of windows are written out as the rows of a matrix, and a matrix product
/// does the rest.
namespace koine::ops {

namespace {

constexpr int64_t block = 64;  // windows at a time

using Sizes = std::vector<int64_t>;

int64_t product_of(const Sizes& sizes) {
  int64_t n = 1;
  for (int64_t s : sizes) n *= s;
  return n;
}

/// Sizes of one convolution, and where its windows lie.
struct Geometry {
  Sizes space, window, places;
  int64_t batch, groups, channels, outputs;  // of one group
  ConvolutionAttrs attrs;
  int64_t points, taps, count;  // of x, of the window, of y

  Geometry(const ir::TensorRef& x, const ir::TensorRef& w, const ir::TensorRef& y, ConvolutionAttrs a)
      : space(x.shape.begin() + 1, x.shape.end() - 1),
        window(w.shape.begin(), w.shape.end() - 2),
        places(y.shape.begin() + 1, y.shape.end() - 1),
        batch(x.shape[0]),
        groups(a.groups),
        channels(w.shape[w.shape.size() - 2]),
        outputs(w.shape.back() / a.groups),
        attrs(a),
        points(product_of(space)),
        taps(product_of(window)),
        count(product_of(places)) {}

  /// The point of x under each tap of a window, -1 in the padding.
  void points_of(int64_t place, int64_t* to) const {
    Sizes start(space.size()), tap(space.size(), 0);
    for (size_t d = space.size(); d-- > 0;) {
      start[d] = place % places[d] * attrs.stride[d] - attrs.padding[2 * d];
      place /= places[d];
    }
    for (int64_t t = 0; t < taps; ++t) {
      int64_t point = 0;
      for (size_t d = 0; d < space.size() && point >= 0; ++d) {
        int64_t at = start[d] + tap[d] * attrs.dilation[d];
        point = at < 0 || at >= space[d] ? -1 : point * space[d] + at;
      }
      to[t] = point;
      for (size_t d = space.size(); d-- > 0 && ++tap[d] == window[d];) tap[d] = 0;
    }
  }
};

/// The points under the windows of one block.
class Block {
 public:
  explicit Block(const Geometry& g) : g_(g), points_(static_cast<size_t>(block * g.taps)) {}
  void choose(int64_t first) {
    size_ = std::min(block, g_.count - first);
    for (int64_t p = 0; p < size_; ++p) g_.points_of(first + p, points_.data() + p * g_.taps);
  }
  int64_t size() const { return size_; }
  /// Calls f(window, tap, first channel in a row of x) for each tap that is not in the padding.
  template <class F>
  void each(int64_t group, F f) const {
    int64_t row = g_.groups * g_.channels;
    for (int64_t p = 0; p < size_; ++p)
      for (int64_t t = 0; t < g_.taps; ++t) {
        int64_t point = points_[static_cast<size_t>(p * g_.taps + t)];
        if (point >= 0) f(p, t, point * row + group * g_.channels);
      }
  }

 private:
  const Geometry& g_;
  std::vector<int64_t> points_;
  int64_t size_{};
};

template <class W>
std::vector<W> loaded(const ir::TensorRef& x, int64_t first, int64_t count) {
  std::vector<W> values(static_cast<size_t>(count));
  load_wide(x.dtype, x.data + first * static_cast<int64_t>(size_of(x.dtype)), count, values.data());
  return values;
}

template <class W>
void stored(const ir::TensorRef& y, int64_t first, const std::vector<W>& values) {
  store_wide(y.dtype, values.data(), static_cast<int64_t>(values.size()),
             y.data + first * static_cast<int64_t>(size_of(y.dtype)));
}

template <class W>
void convolve(const KernelInput& k, ConvolutionAttrs attrs) {
  Geometry g(k.in[0], k.in[1], k.out[0], attrs);
  int64_t depth = g.taps * g.channels, width = g.groups * g.outputs, image = g.points * g.groups * g.channels;
  std::vector<W> w = loaded<W>(k.in[1], 0, depth * width);
  std::vector<Panels<W>> panels(static_cast<size_t>(g.groups), Panels<W>(depth, g.outputs));
  for (int64_t i = 0; i < depth; ++i)
    for (int64_t j = 0; j < width; ++j)
      panels[static_cast<size_t>(j / g.outputs)].at(i, j % g.outputs) = w[static_cast<size_t>(i * width + j)];
  Block windows(g);
  std::vector<W> rows, sums, y(static_cast<size_t>(g.count * width));
  for (int64_t n = 0; n < g.batch; ++n) {
    std::vector<W> x = loaded<W>(k.in[0], n * image, image);
    for (int64_t first = 0; first < g.count; first += block) {
      windows.choose(first);
      for (int64_t group = 0; group < g.groups; ++group) {
        rows.assign(static_cast<size_t>(windows.size() * depth), W{});
        sums.assign(static_cast<size_t>(windows.size() * g.outputs), W{});
        windows.each(group, [&](int64_t p, int64_t t, int64_t from) {
          std::copy_n(x.data() + from, g.channels, rows.data() + p * depth + t * g.channels);
        });
        multiply_add(rows.data(), windows.size(), panels[static_cast<size_t>(group)], sums.data());
        for (int64_t p = 0; p < windows.size(); ++p)
          std::copy_n(sums.data() + p * g.outputs, g.outputs, y.data() + (first + p) * width + group * g.outputs);
      }
    }
    stored(k.out[0], n * g.count * width, y);
  }
}

template <class W>
void convolve_input(const KernelInput& k, ConvolutionAttrs attrs) {
  Geometry g(k.out[0], k.in[1], k.in[0], attrs);
  int64_t depth = g.taps * g.channels, width = g.groups * g.outputs, image = g.points * g.groups * g.channels;
  std::vector<W> w = loaded<W>(k.in[1], 0, depth * width);
  std::vector<Panels<W>> panels(static_cast<size_t>(g.groups), Panels<W>(g.outputs, depth));
  for (int64_t i = 0; i < depth; ++i)
    for (int64_t j = 0; j < width; ++j)
      panels[static_cast<size_t>(j / g.outputs)].at(j % g.outputs, i) = w[static_cast<size_t>(i * width + j)];
  Block windows(g);
  std::vector<W> rows, sums;
  for (int64_t n = 0; n < g.batch; ++n) {
    std::vector<W> y = loaded<W>(k.in[0], n * g.count * width, g.count * width), x(static_cast<size_t>(image));
    for (int64_t first = 0; first < g.count; first += block) {
      windows.choose(first);
      for (int64_t group = 0; group < g.groups; ++group) {
        rows.resize(static_cast<size_t>(windows.size() * g.outputs));
        sums.assign(static_cast<size_t>(windows.size() * depth), W{});
        for (int64_t p = 0; p < windows.size(); ++p)
          std::copy_n(y.data() + (first + p) * width + group * g.outputs, g.outputs, rows.data() + p * g.outputs);
        multiply_add(rows.data(), windows.size(), panels[static_cast<size_t>(group)], sums.data());
        windows.each(group, [&](int64_t p, int64_t t, int64_t to) {
          for (int64_t c = 0; c < g.channels; ++c)
            x[static_cast<size_t>(to + c)] += sums[static_cast<size_t>(p * depth + t * g.channels + c)];
        });
      }
    }
    stored(k.out[0], n * image, x);
  }
}

template <class W>
void convolve_weight(const KernelInput& k, ConvolutionAttrs attrs) {
  Geometry g(k.in[0], k.out[0], k.in[1], attrs);
  int64_t depth = g.taps * g.channels, width = g.groups * g.outputs, image = g.points * g.groups * g.channels;
  std::vector<std::vector<W>> sums(static_cast<size_t>(g.groups),
                                   std::vector<W>(static_cast<size_t>(depth * g.outputs)));
  Block windows(g);
  std::vector<W> columns;
  for (int64_t n = 0; n < g.batch; ++n) {
    std::vector<W> x = loaded<W>(k.in[0], n * image, image),
                   y = loaded<W>(k.in[1], n * g.count * width, g.count * width);
    for (int64_t first = 0; first < g.count; first += block) {
      windows.choose(first);
      for (int64_t group = 0; group < g.groups; ++group) {
        columns.assign(static_cast<size_t>(depth * windows.size()), W{});
        windows.each(group, [&](int64_t p, int64_t t, int64_t from) {
          for (int64_t c = 0; c < g.channels; ++c)
            columns[static_cast<size_t>((t * g.channels + c) * windows.size() + p)] = x[static_cast<size_t>(from + c)];
        });
        Panels<W> panels(windows.size(), g.outputs);
        for (int64_t p = 0; p < windows.size(); ++p)
          for (int64_t j = 0; j < g.outputs; ++j)
            panels.at(p, j) = y[static_cast<size_t>((first + p) * width + group * g.outputs + j)];
        multiply_add(columns.data(), depth, panels, sums[static_cast<size_t>(group)].data());
      }
    }
  }
  std::vector<W> w(static_cast<size_t>(depth * width));
  for (int64_t i = 0; i < depth; ++i)
    for (int64_t j = 0; j < width; ++j)
      w[static_cast<size_t>(i * width + j)] =
          sums[static_cast<size_t>(j / g.outputs)][static_cast<size_t>(i * g.outputs + j % g.outputs)];
  stored(k.out[0], 0, w);
}

}  // namespace

void convolution_reference(const KernelInput& k, ConvolutionAttrs attrs) {
  visit_sum(k.out[0].dtype, [&](auto tag) { convolve<typename decltype(tag)::type>(k, attrs); });
}
void convolution_input_reference(const KernelInput& k, ConvolutionAttrs attrs) {
  visit_sum(k.out[0].dtype, [&](auto tag) { convolve_input<typename decltype(tag)::type>(k, attrs); });
}
void convolution_weight_reference(const KernelInput& k, ConvolutionAttrs attrs) {
  visit_sum(k.out[0].dtype, [&](auto tag) { convolve_weight<typename decltype(tag)::type>(k, attrs); });
}

}  // namespace koine::ops
