// Reads the reference values in values/<op>.json and compares results with them.
#pragma once

#include <koine/dtype.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace koine::oracle {

/// Dense elements, row-major.
struct Tensor {
  DType dtype = DType::float32;
  std::vector<int64_t> shape;
  std::vector<std::byte> bytes;
};

/// How far a result may be from the reference. Equal elements, zeros with their signs, always pass; so does NaN for
/// NaN. Otherwise one of the bounds that are present has to hold. Integers and bool are always compared exactly.
struct Tolerance {
  /// Neighbouring values between the two, real dtypes only; does not excuse the sign of a zero, nor an infinity.
  int64_t ulp = -1;
  /// With `bounded`: |got - want| <= abs + rel |want|, of complex numbers the modulus; zeros of either sign are equal.
  bool bounded = false;
  double rel = 0;
  double abs = 0;
};

/// One call of an op.
struct Case {
  nlohmann::json attrs;
  std::vector<Tensor> inputs;
  std::vector<Tensor> outputs;
  Tolerance tolerance;
};

/// The cases of one file: the op that they call and the source of their values.
struct Values {
  std::string op;
  std::string reference;
  std::vector<Case> cases;
};

/// The folder of the files in the source tree, from the working directory of the tests.
std::filesystem::path values_folder();

/// Loads one file. Throws IoError when it cannot be read, FormatError when it is not of this format.
Values load(const std::filesystem::path& file);

/// "" when all `shape` elements are within the tolerance, else which one is not and both of its values.
std::string differ(DType dtype, const std::vector<int64_t>& shape, const std::byte* got, const std::byte* want,
                   const Tolerance& tolerance);

}  // namespace koine::oracle
