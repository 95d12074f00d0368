// Numbers with names, to be shown.
#pragma once

#include <string>
#include <vector>

namespace koine::train {

/// {"loss", 0.1}.
struct Figure {
  std::string name;
  double value = 0;
  /// Why the value is NaN where that is no fault, as "no positives".
  std::string undefined = {};
};
using Figures = std::vector<Figure>;

/// What is shown of a figure whose value is written so.
inline std::string shown(const Figure& figure, std::string number) {
  return figure.undefined.empty() ? number : "undefined (" + figure.undefined + ")";
}

}  // namespace koine::train
