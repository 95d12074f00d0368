// Arrays as text. The expected texts are what NumPy 2.4.6 prints.
#include <doctest/doctest.h>

#include <koine/ops.h>

#include <complex>
#include <limits>
#include <string>

namespace koine {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::string text(const std::vector<double>& values, DType dtype) {
  return to_string(cast(from(values, {static_cast<int64_t>(values.size())}), {.dtype = dtype}));
}
std::string alone(Number value, DType dtype) { return to_string(full({.shape = {}, .value = value, .dtype = dtype})); }

}  // namespace

TEST_CASE("print: points stand below each other") {
  CHECK(text({1.5, 2, 3.25}, float32) == "[1.5  2.   3.25]");
  CHECK(to_string(array({{1.0, 10.0}, {-100.5, 0.0}})) == "[[   1.    10. ]\n [-100.5    0. ]]");
  CHECK(text({0.5, nan, -inf}, float32) == "[ 0.5  nan -inf]");
  CHECK(text({nan, inf}, float32) == "[nan inf]");
}

TEST_CASE("print: as many digits as the dtype holds, eight at most") {
  CHECK(text({0.1, 1.0 / 3}, float32) == "[0.1        0.33333334]");
  CHECK(text({0.1, 1.0 / 3}, float64) == "[0.1        0.33333333]");
  CHECK(text({0.1, 1.0 / 3}, float16) == "[0.1    0.3333]");
  CHECK(text({0.1, 1.0 / 3}, bfloat16) == "[0.1   0.334]");
}

TEST_CASE("print: exponents for a wide range") {
  CHECK(text({1e-7, 2.5, 1000}, float32) == "[1.0e-07 2.5e+00 1.0e+03]");
  CHECK(text({1e100, 1}, float64) == "[1.e+100 1.e+000]");
  CHECK(text({1, 1000}, float32) == "[   1. 1000.]");
  CHECK(text({1, 1001}, float32) == "[1.000e+00 1.001e+03]");
}

TEST_CASE("print: integers, truth values and complex numbers") {
  CHECK(to_string(array({{1, 10}, {100, -1}})) == "[[  1  10]\n [100  -1]]");
  CHECK(to_string(array({true, false})) == "[ True False]");
  CHECK(to_string(array({1, 10}) == 10) == "[False  True]");
  CHECK(to_string(array({Number::complex(1, 2), Number::complex(3.5, -4)})) == "[1. +2.j 3.5-4.j]");
  CHECK(to_string(from(std::vector<uint64_t>{UINT64_MAX, 0}, {2})) == "[18446744073709551615                    0]");
}

TEST_CASE("print: an array without axes is a number") {
  CHECK(alone(0.1, float32) == "0.1");
  CHECK(alone(3, float32) == "3.0");
  CHECK(alone(9184, float16) == "9.18e+03");
  CHECK(alone(1e16, float64) == "1e+16");
  CHECK(alone(9e-5, float64) == "9e-05");
  CHECK(alone(-inf, float32) == "-inf");
  CHECK(alone(-7, int8) == "-7");
  CHECK(alone(true, bool_) == "True");
  CHECK(alone(Number::complex(1, -2), complex64) == "(1-2j)");
  CHECK(alone(Number::complex(0, 2), complex64) == "2j");
}

TEST_CASE("print: blocks, long lines and long arrays") {
  CHECK(to_string(reshape(arange(8), {.shape = {2, 2, 2}})) == "[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]]");
  CHECK(to_string(cast(arange(30), {.dtype = float32}) / 4) ==
        "[0.   0.25 0.5  0.75 1.   1.25 1.5  1.75 2.   2.25 2.5  2.75 3.   3.25\n"
        " 3.5  3.75 4.   4.25 4.5  4.75 5.   5.25 5.5  5.75 6.   6.25 6.5  6.75\n"
        " 7.   7.25]");
  CHECK(to_string(arange(1001)) == "[   0    1    2 ...  998  999 1000]");
  CHECK(to_string(reshape(arange(1200), {.shape = {2, 600}})) ==
        "[[   0    1    2 ...  597  598  599]\n [ 600  601  602 ... 1197 1198 1199]]");
  CHECK(to_string(reshape(arange(1400), {.shape = {700, 2}})) ==
        "[[   0    1]\n [   2    3]\n [   4    5]\n ...\n [1394 1395]\n [1396 1397]\n [1398 1399]]");
  CHECK(to_string(zeros({0, 3})) == "[]");
}

TEST_CASE("print: what print takes") {
  const Printable parts[] = {"loss", 0.5, zeros({2}), Shape{2, 3}};
  CHECK(parts[0].text == "loss");
  CHECK(parts[1].text == "0.5");
  CHECK(parts[2].text == "[0. 0.]");
  CHECK(parts[3].text == "[2, 3]");
}

}  // namespace koine
