#include <koine/key.h>
#include <koine/nn/losses.h>
#include <koine/transform.h>

#include <cmath>
#include <functional>
#include <set>

#include "support/temp_folder.h"
#include "torch/values.h"

using namespace koine;
using namespace koine::testing;

namespace {

using Loss = std::function<Array(const Array& x, const Arrays& all)>;

const Array& weights(const Arrays& all) {
  static std::map<DType, Array> kept;
  const DType dtype = all.at("x").dtype();
  Array& made = kept[dtype];
  if (!made.defined())
    made = cast(torch_values("losses", "cross_entropy_weights.value").at("weights"), {.dtype = dtype});
  return made;
}

const std::map<std::string, Loss> losses = {
    {"cross_entropy_plain", [](const Array& x, const Arrays& a) { return nn::cross_entropy_loss(x, a.at("labels")); }},
    {"cross_entropy_smooth",
     [](const Array& x, const Arrays& a) { return nn::cross_entropy_loss(x, a.at("labels"), {.smoothing = 0.1}); }},
    {"cross_entropy_weights",
     [](const Array& x, const Arrays& a) {
       return nn::cross_entropy_loss(x, a.at("labels"), {.weights = weights(a)});
     }},
    {"cross_entropy_both",
     [](const Array& x, const Arrays& a) {
       return nn::cross_entropy_loss(x, a.at("labels"), {.smoothing = 0.2, .weights = weights(a)});
     }},
    {"cross_entropy_ignore",
     [](const Array& x, const Arrays& a) { return nn::cross_entropy_loss(x, a.at("labels"), {.ignore = 1}); }},
    {"cross_entropy_all",
     [](const Array& x, const Arrays& a) {
       return nn::cross_entropy_loss(x, a.at("labels"), {.smoothing = 0.2, .weights = weights(a), .ignore = 1});
     }},
    {"cross_entropy_soft",
     [](const Array& x, const Arrays& a) { return nn::cross_entropy_loss(x, a.at("targets"), {.smoothing = 0.1}); }},
    {"binary", [](const Array& x, const Arrays& a) { return nn::binary_cross_entropy(x, a.at("targets")); }},
    {"binary_positive",
     [](const Array& x, const Arrays& a) {
       return nn::binary_cross_entropy(x, a.at("targets"), {.positive_weight = 3});
     }},
    {"mse", [](const Array& x, const Arrays& a) { return nn::mse_loss(x, a.at("targets")); }},
    {"mae", [](const Array& x, const Arrays& a) { return nn::mae_loss(x, a.at("targets")); }},
    {"huber", [](const Array& x, const Arrays& a) { return nn::huber_loss(x, a.at("targets"), 1.5); }},
    {"kl", [](const Array& x, const Arrays& a) { return nn::kl_divergence(x, a.at("targets")); }},
    {"ctc", [](const Array& x,
               const Arrays& a) { return nn::ctc_loss(x, a.at("labels"), a.at("lengths"), a.at("label_lengths")); }},
    {"ctc_sum",
     [](const Array& x, const Arrays& a) {
       return nn::ctc_loss(x, a.at("labels"), a.at("lengths"), a.at("label_lengths"),
                           {.reduction = nn::Reduction::sum});
     }},
    {"ctc_infinite",
     [](const Array& x, const Arrays& a) {
       return nn::ctc_loss(x, a.at("labels"), a.at("lengths"), a.at("label_lengths"), {.zero_infinity = true});
     }},
    {"triplet",
     [](const Array& x, const Arrays& a) {
       return nn::triplet_loss(x, a.at("positive"), a.at("negative"), {.margin = 0.7});
     }},
    {"contrastive",
     [](const Array& x, const Arrays& a) {
       return nn::contrastive_loss(x, a.at("other"), a.at("same"), {.margin = 2});
     }},
    {"info_nce", [](const Array& x, const Arrays& a) { return nn::info_nce_loss(x, a.at("other"), 0.5); }},
};

}  // namespace

TEST_CASE("losses: values and gradients are PyTorch's, also under jit and with vmap over models") {
  std::set<std::string> left;
  for (const std::string& name : torch_cases("losses")) left.insert(name);
  left.erase("cross_entropy_weights.value");
  for (const auto& [name, loss] : losses) {
    left.erase(name);
    for (const DType dtype : {float64, float32}) {
      CAPTURE(name);
      CAPTURE(to_string(dtype));
      Arrays all = torch_values("losses", name);
      for (auto& [key, array] : all)
        if (array.dtype() == float64) array = cast(array, {.dtype = dtype});
      const auto of = [&, &loss = loss](const Array& x) { return loss(x, all); };
      auto [value, gradient] = value_and_grad(of, all.at("x"));
      CHECK(beside(value, all.at("loss"), 64) == "");
      CHECK(beside(gradient, all.at("grad"), 64) == "");
      CHECK(beside(jit(grad(of))(all.at("x")), all.at("grad"), 64) == "");
      const Array both = vmap(of)(stack({all.at("x"), all.at("x")}));
      CHECK(beside(both.at(1), all.at("loss"), 64) == "");
    }
  }
  CHECK(left.empty());
}

TEST_CASE("losses: without reduction there is one for each example") {
  const Array logits = normal(Key(0), {.shape = {3, 4}}), labels = array({0, 2, 1});
  const Array each = nn::cross_entropy_loss(logits, labels, {.reduction = nn::Reduction::none});
  CHECK(each.shape() == Shape{3});
  CHECK(beside(mean(each), nn::cross_entropy_loss(logits, labels)) == "");
  CHECK(nn::mae_loss(logits, logits, nn::Reduction::none).shape() == Shape{3, 4});
  CHECK(nn::binary_cross_entropy(array({1000.0, -1000.0}), array({1, 0})).item<float>() == 0);
}

TEST_CASE("losses: what does not fit is refused with both shapes") {
  CHECK(contains(message_of<ShapeError>([] { nn::mse_loss(zeros({3, 1}), zeros({3})); }), "[3, 1] and [3]"));
  CHECK_THROWS_AS(nn::cross_entropy_loss(zeros({3, 2}), array({0, 1, 1}), {.weights = ones({3})}), ShapeError);
  CHECK_THROWS_AS(nn::huber_loss(zeros({3}), zeros({3}), 0), ValueError);
  CHECK_THROWS_AS(nn::ctc_loss(zeros({2, 3, 4}), zeros({2, 2}, int64), array({3}), array({1, 1})), ShapeError);
}

TEST_CASE("losses: targets that do not go with predictions are refused with what they probably are") {
  const Array scores = normal(Key{1}, {.shape = {4, 3}}), labels = array({0, 2, 1, 0});
  const auto said = [](auto call) { return message_of<ShapeError>(call); };
  const Array column = zeros({4, 1}), row = zeros({4});
  CHECK(contains(said([&] { nn::mse_loss(column, row); }), "squeeze the last axis"));
  CHECK(contains(said([&] { nn::mae_loss(row, column); }), "squeeze the last axis"));
  CHECK(contains(said([&] { nn::huber_loss(column, row); }), "squeeze the last axis"));
  CHECK(contains(said([&] { nn::binary_cross_entropy(column, row); }), "squeeze the last axis"));
  CHECK(contains(said([&] { nn::cross_entropy_loss(scores, one_hot(labels, {.classes = 3, .dtype = int64})); }),
                 "argmax"));
  CHECK(contains(said([&] { nn::cross_entropy_loss(scores, cast(labels, {.dtype = float32})); }), "cast the numbers"));
  CHECK(contains(said([&] { nn::cross_entropy_loss(scores, expand_dims(labels, 1)); }), "squeeze"));
  const Array maps = normal(Key{2}, {.shape = {2, 3, 5}}),
              of_maps = remainder(reshape(arange(10), {.shape = {2, 5}}), 3);
  CHECK(contains(said([&] { nn::cross_entropy_loss(maps, of_maps); }), "axis = 1"));
  CHECK(nn::cross_entropy_loss(maps, of_maps, {.axis = 1}).item<float>() ==
        nn::cross_entropy_loss(moveaxis(maps, 1, -1), of_maps).item<float>());
  const Array shares = softmax(normal(Key{3}, {.shape = {2, 3, 5}}), {.axis = 1});
  CHECK(nn::cross_entropy_loss(maps, shares, {.axis = 1}).item<float>() ==
        nn::cross_entropy_loss(moveaxis(maps, 1, -1), moveaxis(shares, 1, -1)).item<float>());
  CHECK_THROWS_AS(nn::cross_entropy_loss(scores, labels, {.axis = 2}), IndexError);
}

TEST_CASE("losses: what is left out reaches no gradient, were it NaN") {
  const Array labels = array({0, -1, 1}), good = array({{1.0, 0.0}, {0.0, 0.0}, {0.0, 2.0}});
  const Array kept = expand_dims(labels != -1, 1);
  const auto loss = [&](const Array& x) { return nn::cross_entropy_loss(x, labels, {.ignore = -1}); };
  CHECK(grad(loss)(where(kept, good, std::nan(""))).to_vector<float>() == grad(loss)(good).to_vector<float>());
  const Array steps = normal(Key{1}, {.shape = {2, 5, 3}}), symbols = array({{1, 2}, {1, 0}}), lengths = array({5, 3}),
              spelt = array({2, 1});
  const Array within = expand_dims(expand_dims(arange(5), 0) < expand_dims(lengths, 1), 2);
  const auto ctc = [&](const Array& x) { return nn::ctc_loss(x, symbols, lengths, spelt); };
  const Array wild = where(within, steps, std::nan(""));
  CHECK(ctc(wild).item<float>() == ctc(steps).item<float>());
  CHECK(grad(ctc)(wild).to_vector<float>() == grad(ctc)(steps).to_vector<float>());
  // A row of zeros has no direction, and a slope of 0.
  const Array pairs = array({{0.0, 0.0}, {1.0, 2.0}});
  const Array slope = grad([&](const Array& x) { return nn::info_nce_loss(x, pairs + 1); })(pairs);
  CHECK(koine::all(isfinite(slope)).item<bool>());
}
