// Numbers with names, to be shown.
#pragma once

#include <string>
#include <vector>

namespace koine::train {

/// {"loss", 0.1}.
struct Figure {
  std::string name;
  double value = 0;
};
using Figures = std::vector<Figure>;

}  // namespace koine::train
