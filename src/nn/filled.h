// A parameter that is about to be used.
#pragma once

#include <koine/nn/model.h>

namespace koine::nn {

/// The parameter itself. Throws ValueError when it has no value yet.
inline const Array& filled(const Param& param, const char* layer) {
  if (!param.defined())
    throw ValueError(std::string("[") + layer +
                     "] its parameters have no values: make the model with nn::init(model, key)" + at_line());
  return param;
}

}  // namespace koine::nn
