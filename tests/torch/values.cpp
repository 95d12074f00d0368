#include "torch/values.h"

#include <koine/ops.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace koine::testing {

namespace {

DType dtype_of(const std::string& name) {
  for (const DType dtype : {bool_, int32, int64, float32, float64})
    if (to_string(dtype) == name) return dtype;
  throw std::runtime_error("a file of PyTorch's values has dtype " + name);
}

std::vector<uint8_t> bytes_of(const std::string& base64) {
  static const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<uint8_t> bytes;
  uint32_t bits = 0;
  int held = 0;
  for (const char c : base64) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<uint32_t>(digits.find(c));
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push_back(static_cast<uint8_t>(bits >> held));
  }
  return bytes;
}

Array decoded(const nlohmann::json& entry) {
  const Shape shape(entry.at("shape").get<std::vector<int64_t>>());
  return from_bytes(dtype_of(entry.at("dtype")), shape, bytes_of(entry.at("base64")).data());
}

using Subject = std::map<std::string, Arrays>;

const Subject& subject_of(const std::string& name) {
  static std::map<std::string, Subject> read;
  const auto found = read.find(name);
  if (found != read.end()) return found->second;
  std::ifstream file("tests/torch/values/" + name + ".json");
  if (!file) throw std::runtime_error("no values of PyTorch for " + name);
  Subject& subject = read[name];
  const nlohmann::json cases = nlohmann::json::parse(file);
  for (const auto& [key, arrays] : cases.items())
    for (const auto& [which, entry] : arrays.items()) subject[key][which] = decoded(entry);
  return subject;
}

}  // namespace

const Arrays& torch_values(const std::string& subject, const std::string& name) {
  const Subject& cases = subject_of(subject);
  const auto found = cases.find(name);
  if (found == cases.end()) throw std::runtime_error("PyTorch gave no " + subject + " " + name);
  return found->second;
}

std::vector<std::string> torch_cases(const std::string& subject) {
  std::vector<std::string> names;
  for (const auto& [name, arrays] : subject_of(subject)) names.push_back(name);
  return names;
}

std::string beside(const Array& got, const Array& want, double ulps) {
  if (!got.defined()) return "nothing was given";
  if (got.dtype() != want.dtype() || !(got.shape() == want.shape()))
    return to_string(got.dtype()) + to_string(got.shape()) + " in place of " + to_string(want.dtype()) +
           to_string(want.shape());
  const auto a = got.to_vector<double>(), b = want.to_vector<double>();
  double largest = 0;
  for (const double x : b)
    if (std::isfinite(x)) largest = std::max(largest, std::fabs(x));
  const double bound = want.dtype() == float64   ? 1e-12 * std::max(largest, 1.0)
                       : want.dtype() == float32 ? ulps * 0x1p-24 * std::max(largest, 1.0)
                                                 : 0;
  for (size_t i = 0; i < a.size(); ++i)
    if (!(std::fabs(a[i] - b[i]) <= bound) && !(std::isnan(a[i]) && std::isnan(b[i])) && a[i] != b[i])
      return "element " + std::to_string(i) + " is " + std::to_string(a[i]) + ", PyTorch has " + std::to_string(b[i]) +
             ", difference " + std::to_string((a[i] - b[i]) / (largest > 0 ? largest : 1)) + " of the largest";
  return "";
}

}  // namespace koine::testing
