// What PyTorch gave, from values/<subject>.json, and arrays beside it.
#pragma once

#include <koine/array.h>

#include <map>
#include <string>

namespace koine::testing {

using Arrays = std::map<std::string, Array>;

/// The arrays of a case. Throws when there is no such subject or case.
const Arrays& torch_values(const std::string& subject, const std::string& name);
/// The names of the cases of a subject.
std::vector<std::string> torch_cases(const std::string& subject);

/// "" when all elements agree, else which one does not: float64 to 1e-12 of the largest element (or 1), float32 to `ulps`
/// roundings of it, others exactly.
std::string beside(const Array& got, const Array& want, double ulps = 16);

}  // namespace koine::testing
