#include <koine/stack.h>

namespace koine::nn {

Array Stack::operator()(const Arg& x, Context& context) const {
  SourceScope scope(x.where());
  Array y = x.is_array() ? x.array() : scalar_array(x.number());
  for (const Layer& layer : layers) y = std::visit([&](const auto& one) { return apply(one, y, context); }, layer);
  return y;
}
Array Stack::operator()(const Arg& x) const {
  Context context;
  return (*this)(x, context);
}

}  // namespace koine::nn
