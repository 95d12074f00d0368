#include <koine/koine.h>

#include <doctest/doctest.h>

#include <functional>
#include <string>

/// Errors of functions that are no ops end with the line that called them.
using namespace koine;

namespace {

std::string text_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::string line(int number) { return "\n  at error_lines_test.cpp:" + std::to_string(number); }

}  // namespace

TEST_CASE("errors outside ops name the user's line") {
  const Array x = ones({2, 3});
  nn::Linear layer{3, 4};
  nn::Context evaluation;
  data::Dataset data{x, {}};
  Array weights = ones({4});
  const int here = __LINE__ + 2;
  const std::pair<const char*, std::function<void()>> calls[] = {
      {"[array]", [&] { array({{1, 2}, {3}}); }},
      {"[arange]", [&] { arange(0, 3, 0); }},
      {"[linspace]", [&] { linspace(0, 1, -1); }},
      {"[full]", [&] { zeros({-2}); }},
      {"[from]", [&] { from(std::vector<float>{1, 2}, {3}); }},
      {"[Key]", [&] { Key key(x); }},
      {"[item]", [&] { x.item<float>(); }},
      {"[squeeze]", [&] { squeeze(x, 0); }},
      {"[swapaxes]", [&] { swapaxes(x, 0, 2); }},
      {"[split]", [&] { split(x, 2, 1); }},
      {"[expand_dims]", [&] { stack({x, x}, 5); }},
      {"[at]", [&] { x.at(2); }},
      {"[einsum]", [&] { einsum("i", {x}); }},
      {"[Linear]", [&] { layer(x); }},
      {"[BatchNorm]", [&] { nn::BatchNorm{3}(1.0, evaluation); }},
      {"[context]", [&] { evaluation.next_key(); }},
      {"[rows]", [&] { data.rows(1, 3); }},
      {"[split]", [&] { data.split(3); }},
      {"[shape]", [&] { data.shape({2}); }},
      {"[batches]", [&] { data.batches(0); }},
      {"[subtract]", [&] { optim::Sgd{}.step(weights, x); }},
      {"[grad]", [&] { grad([](const Array& y) { return y; })(x); }},
  };
  for (int i = 0; const auto& [name, call] : calls) {
    std::string text = text_of(call);
    INFO(std::string(name), ": ", text);
    CHECK(text.starts_with(name));
    CHECK(text.ends_with(line(here + i++)));
  }
}
