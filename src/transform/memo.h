#pragma once
#include "transform/transforms.h"

#include <functional>

namespace koine::transform {

/// The remembered result of a transform of a graph, or the one that `make` gives.
ir::GraphRef remembered(const char* transform, const ir::GraphRef& graph, const Mask& mask, Dim size,
                        const std::function<ir::GraphRef()>& make);

}  // namespace koine::transform
