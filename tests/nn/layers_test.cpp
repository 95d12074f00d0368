#include <koine/nn.h>
#include <koine/transform.h>

#include <cmath>
#include <functional>

#include "support/temp_folder.h"
#include "torch/values.h"

using namespace koine;
using namespace koine::testing;

namespace {

// Roundings of the largest element that float32 may be off by: sums of some dozens of products.
constexpr double float32_ulps = 96;

/// The arrays of a case; for float32 rounded, which changes the inputs not at all.
Arrays values_of(const std::string& subject, const std::string& name, DType dtype) {
  Arrays arrays = torch_values(subject, name);
  for (auto& [key, array] : arrays)
    if (array.dtype() == float64) array = cast(array, {.dtype = dtype});
  return arrays;
}

template <class M>
void fill(M& model, const Arrays& from) {
  tree::for_each(model, [&](Array& leaf, const tree::Path& path) {
    const auto found = from.find(path.str());
    if (found != from.end()) leaf = found->second;
  });
}

void agree(const Array& got, const Arrays& want, const std::string& name) {
  CAPTURE(name);
  REQUIRE(want.count(name) == 1);
  CHECK(beside(got, want.at(name), float32_ulps) == "");
}

/// The layer's result and the gradients of the sum of its squares, in both dtypes; once more under jit.
template <class M>
void check(const std::string& name, M layer, std::function<Array(const M&, const Array&, const Arrays&)> call) {
  for (const DType dtype : {float64, float32}) {
    CAPTURE(name);
    CAPTURE(to_string(dtype));
    const Arrays want = values_of("layers", name, dtype);
    M model = layer;
    fill(model, want);
    const Array x = want.at("x");
    agree(call(model, x, want), want, "y");
    const auto loss = [&](const std::pair<M, Array>& at) { return sum(square(call(at.first, at.second, want))); };
    const auto check_gradient = [&](const std::pair<M, Array>& gradient) {
      if (is_floating(x.dtype())) agree(gradient.second, want, "grad.x");
      tree::for_each(gradient.first, [&](const Array& leaf, const tree::Path& path) {
        if (leaf.defined()) agree(leaf, want, "grad." + path.str());
      });
    };
    check_gradient(grad(loss)(std::pair(model, x)));
    check_gradient(jit(grad(loss))(std::pair(model, x)));
  }
}
template <class M>
void check(const std::string& name, M layer) {
  check<M>(name, layer, [](const M& model, const Array& x, const Arrays&) { return model(x); });
}

}  // namespace

TEST_CASE("nn: simple layers are PyTorch's") {
  check("linear", nn::Linear{5, 4});
  check("embedding", nn::Embedding{7, 3});
  check("max_pool", nn::MaxPool{});
  check("average_pool", nn::AveragePool{.window = {3, 3}, .stride = {2, 2}, .padding = {1, 1, 1, 1}});
  check("global_average", nn::GlobalAveragePool{});
  check("global_max", nn::GlobalMaxPool{});
}

TEST_CASE("nn: activations are PyTorch's") {
  size_t checked = 0;
  for (const std::string& name : torch_cases("layers")) {
    if (!name.starts_with("activation.")) continue;
    check(name, nn::Activation(name.substr(11)));
    ++checked;
  }
  // All but the identity.
  CHECK(checked == nn::Activation::names().size() - 1);
  CHECK(contains(message_of<ValueError>([] { nn::Activation("rleu"); }), "relu"));
}

TEST_CASE("nn: convolutions are PyTorch's") {
  check("conv1", nn::Conv{.in = 4, .out = 6, .kernel = {3}, .stride = {2}, .padding = {1, 1}});
  check("conv2",
        nn::Conv{.in = 3, .out = 4, .kernel = {3, 2}, .stride = {1, 2}, .padding = {1, 1, 0, 0}, .dilation = {2, 1}});
  check("conv2_groups", nn::Conv{.in = 4, .out = 6, .kernel = {3, 3}, .groups = 2, .use_bias = false});
  check("conv3", nn::Conv{.in = 2, .out = 3, .kernel = {2, 2, 2}, .padding = {1, 1, 1, 1, 1, 1}});
  check("transpose1",
        nn::ConvTranspose{.in = 4, .out = 6, .kernel = {3}, .stride = {2}, .padding = {1, 1}, .output_padding = {1}});
  check("transpose2",
        nn::ConvTranspose{.in = 4, .out = 6, .kernel = {3, 3}, .stride = {2, 2}, .padding = {1, 1, 1, 1}, .groups = 2});
  check("transpose3", nn::ConvTranspose{.in = 2, .out = 3, .kernel = {2, 2, 2}, .dilation = {2, 2, 2}});
  CHECK_THROWS_AS((nn::init(nn::ConvTranspose{.in = 1, .out = 1}, Key(0))(zeros({1, 3, 1}))), ShapeError);
  const Array image = zeros({1, 5, 6, 1});
  const auto shape = [&](const auto& layer) { return nn::init(layer, Key(0))(image).shape(); };
  CHECK(shape(nn::Conv{.in = 1, .out = 2, .stride = {2}, .padding = {1}}) == Shape{1, 3, 3, 2});
  CHECK(shape(nn::Conv{.in = 1, .out = 2, .padding = "same", .dilation = {2}}) == Shape{1, 5, 6, 2});
  CHECK(shape(nn::ConvTranspose{.in = 1, .out = 2, .stride = {2}, .padding = {1}, .output_padding = {1}}) ==
        Shape{1, 10, 12, 2});
  CHECK(shape(nn::MaxPool{.window = {2}}) == Shape{1, 2, 3, 1});
  CHECK(shape(nn::AveragePool{.window = {2}, .ceil_mode = true}) == Shape{1, 3, 3, 1});
  CHECK(shape(nn::AdaptiveAveragePool{{3}}) == Shape{1, 3, 3, 1});
  CHECK(shape(nn::AdaptiveMaxPool{{2, 4}}) == Shape{1, 2, 4, 1});
  CHECK(shape(nn::Upsample{{2}}) == Shape{1, 10, 12, 1});
  CHECK(contains(message_of<ShapeError>([&] { shape(nn::Conv{.in = 1, .out = 2, .kernel = {3}}); }),
                 "as [3, 3] for images"));
  const Ints wrong{1, 1, 1};
  CHECK_THROWS_AS(shape(nn::ConvTranspose{.in = 1, .out = 1, .stride = wrong}), ValueError);
  CHECK_THROWS_AS(shape(nn::ConvTranspose{.in = 1, .out = 1, .padding = wrong}), ValueError);
  CHECK_THROWS_AS(shape(nn::ConvTranspose{.in = 1, .out = 1, .output_padding = wrong}), ValueError);
  CHECK_THROWS_AS(nn::same_padding({3, 3}, wrong), ValueError);
}

TEST_CASE("nn: norms are PyTorch's") {
  check("layer_norm", nn::LayerNorm{6});
  check("rms_norm", nn::RmsNorm{6});
  check("group_norm", nn::GroupNorm{3, 6});
  CHECK_THROWS_AS((nn::init(nn::GroupNorm{4, 6}, Key(0))(zeros({2, 6}))), ShapeError);
  check<nn::BatchNorm>("batch_norm", {6}, [](const nn::BatchNorm& norm, const Array& x, const Arrays&) {
    nn::Context context{Key(0)};
    return norm(x, context);
  });
  for (const DType dtype : {float64, float32}) {
    const Arrays want = values_of("layers", "batch_norm", dtype);
    nn::BatchNorm norm{6};
    fill(norm, want);
    nn::Context training{Key(0)}, evaluation;
    norm(want.at("x"), training);
    norm = training.commit(norm);
    agree(norm.mean, want, "after.mean");
    agree(norm.variance, want, "after.variance");
    agree(norm(want.at("x"), evaluation), want, "evaluated");
  }
}

TEST_CASE("nn: attention is PyTorch's") {
  using nn::MultiHeadAttention;
  check("attention", MultiHeadAttention{6, 2});
  check<MultiHeadAttention>("attention_masked", {.size = 6, .heads = 2, .causal = true},
                            [](const MultiHeadAttention& model, const Array& x, const Arrays& all) {
                              return model(x, nn::padding_mask(all.at("lengths"), x.size(1)));
                            });
  check<MultiHeadAttention>("attention_memory", {6, 2},
                            [](const MultiHeadAttention& model, const Array& x, const Arrays& all) {
                              nn::Context context;
                              return model.attend(x, all.at("memory"), {}, context);
                            });
  const auto masked = [](const nn::TransformerBlock& model, const Array& x, const Arrays& all) {
    return model(x, nn::padding_mask(all.at("lengths"), x.size(1)));
  };
  check<nn::TransformerBlock>("block", {.size = 6, .heads = 2, .hidden = 10, .causal = true}, masked);
  check<nn::TransformerBlock>(
      "block_post",
      {.size = 6, .heads = 2, .hidden = 10, .causal = true, .norm_first = false, .activation = nn::Activation("relu")},
      masked);
  for (const bool first : {true, false})
    check<nn::TransformerDecoderBlock>(first ? "decoder" : "decoder_post",
                                       {.size = 6, .heads = 2, .hidden = 10, .norm_first = first},
                                       [](const nn::TransformerDecoderBlock& model, const Array& x, const Arrays& all) {
                                         nn::Context context;
                                         return model(x, all.at("memory"), {}, {}, context);
                                       });
}

TEST_CASE("nn: attention that drops nothing is attention, with heads that share keys too") {
  const auto model = nn::init(nn::MultiHeadAttention{.size = 8, .heads = 4, .causal = true, .key_heads = 2}, Key(3));
  auto dropping = model;
  dropping.dropout = 1e-12;
  const Array x = normal(Key(1), {.shape = {2, 5, 8}}), mask = nn::padding_mask(array({5, 3}), 5);
  nn::Context context{Key(2)};
  const Array want = model(x, mask), got = dropping(x, mask, context);
  CHECK(beside(got, want) == "");
  dropping.dropout = 0.5;
  CHECK(beside(dropping(x, mask, context), want) != "");
  CHECK(beside(dropping(x, mask), want) == "");
  CHECK_THROWS_AS((nn::init(nn::MultiHeadAttention{6, 4}, Key(0))(x)), ShapeError);
}

TEST_CASE("nn: recurrent layers are PyTorch's, with sequences of different lengths") {
  check("lstm", nn::Lstm{4, 3});
  check("gru", nn::Gru{4, 3});
  const auto until = [](const auto& model, const Array& x, const Arrays& all) { return model(x, all.at("lengths")); };
  check<nn::Lstm>("lstm_deep", {.in = 4, .size = 3, .layers = 2, .bidirectional = true}, until);
  check<nn::Gru>("gru_deep", {.in = 4, .size = 3, .layers = 2, .bidirectional = true}, until);
  const auto ends = [](const std::string& name, auto model, bool lengths) {
    const Arrays want = values_of("layers", name, float64);
    fill(model, want);
    nn::Context context;
    const auto result = model.run(want.at("x"), lengths ? want.at("lengths") : Array(), context);
    std::vector<Array> hidden;
    for (const auto& state : result.last) hidden.push_back(state.hidden);
    agree(stack(hidden), want, "last");
    return result.output;
  };
  const Array forwards = ends("lstm", nn::Lstm{4, 3}, false);
  CHECK(beside(nn::last_step(forwards), forwards.at(all, 4)) == "");
  CHECK(beside(nn::last_step(forwards, array({5, 2, 3})).at(1), forwards.at(1, 1)) == "");
  ends("gru", nn::Gru{4, 3}, false);
  ends("lstm_deep", nn::Lstm{.in = 4, .size = 3, .layers = 2, .bidirectional = true}, true);
  ends("gru_deep", nn::Gru{.in = 4, .size = 3, .layers = 2, .bidirectional = true}, true);
  CHECK_THROWS_AS((nn::init(nn::Lstm{4, 3}, Key(0))(zeros({2, 5, 3}))), ShapeError);
}

TEST_CASE("nn: positions") {
  const Array table = nn::sinusoidal_positions(6, 4, float64);
  CHECK(table.at(5, 0).item<double>() == doctest::Approx(std::sin(5.0)));
  CHECK(table.at(5, 3).item<double>() == doctest::Approx(std::cos(0.05)));
  const auto learnt = nn::init(nn::PositionEmbedding{4, 2}, Key(0));
  CHECK(beside(learnt(zeros({3, 2, 2})).at(1), learnt.weight.at(Slice{0, 2})) == "");
  CHECK_THROWS_AS(learnt(zeros({1, 5, 2})), ShapeError);
}

TEST_CASE("nn: a residual adds what goes in") {
  const auto layer = nn::init(nn::Residual{nn::Linear{3, 3}}, Key(0));
  const Array x = normal(Key(1), {.shape = {2, 3}});
  CHECK(beside(layer(x), x + layer.layer(x)) == "");
}

TEST_CASE("nn: initialisers have the moments that they promise") {
  const auto drawn = [](nn::Initializer initializer, Shape shape) {
    return nn::Variable(shape, initializer, float64).initial(Key(5));
  };
  const auto deviation = [](const Array& x) { return std::sqrt(mean(square(x)).item<double>()); };
  const Shape large{200, 100};
  CHECK(deviation(drawn(nn::glorot_normal(200, 100), large)) == doctest::Approx(std::sqrt(2 / 300.0)).epsilon(0.02));
  CHECK(deviation(drawn(nn::glorot_uniform(200, 100), large)) == doctest::Approx(std::sqrt(2 / 300.0)).epsilon(0.02));
  CHECK(deviation(drawn(nn::he_uniform(200), large)) == doctest::Approx(std::sqrt(2 / 200.0)).epsilon(0.02));
  CHECK(deviation(drawn(nn::he_normal(200), large)) == doctest::Approx(std::sqrt(2 / 200.0)).epsilon(0.02));
  CHECK(deviation(drawn(nn::lecun_normal(200), large)) == doctest::Approx(std::sqrt(1 / 200.0)).epsilon(0.02));
  CHECK(deviation(drawn(nn::fan_in_uniform(200), large)) == doctest::Approx(std::sqrt(1 / 600.0)).epsilon(0.02));
  const Array cut = drawn(nn::truncated_normal(0.5), large);
  CHECK(max(abs(cut)).item<double>() <= 1);
  CHECK(deviation(cut) == doctest::Approx(0.5 * 0.8796).epsilon(0.02));
  CHECK(deviation(drawn(nn::constant(3), large)) == doctest::Approx(3));
  for (const Shape& shape : {Shape{6, 4}, Shape{3, 5}, Shape{2, 2, 3, 4}}) {
    const Array q = drawn(nn::orthogonal(2), shape);
    const int64_t columns = shape.back().value(), rows = q.size() / columns;
    const Array matrix = reshape(q, {.shape = {rows, columns}});
    const Array product =
        rows >= columns ? matmul(swapaxes(matrix, 0, 1), matrix) : matmul(matrix, swapaxes(matrix, 0, 1));
    CHECK(beside(product, eye(std::min(rows, columns), float64) * 4) == "");
  }
}

TEST_CASE("nn: an ensemble is vmap over a model, gradients of each example are vmap of grad") {
  const nn::Sequential net{nn::Linear{4, 8}, nn::Activation("tanh"), nn::Linear{8, 2}};
  const std::vector<Key> keys = Key(0).split(3);
  const Array words = stack({keys[0], keys[1], keys[2]});
  const auto ensemble = vmap([&](const Array& key) { return nn::init(net, Key(key)); })(words);
  const Array x = normal(Key(1), {.shape = {5, 4}}), labels = array({0, 1, 1, 0, 1});
  const Array scores =
      vmap([](const auto& model, const Array& x) { return model(x); }, {.in = {0, unbatched}})(ensemble, x);
  const auto second = nn::init(net, keys[1]);
  CHECK(beside(scores.at(1), second(x)) == "");
  const auto loss = [](const auto& model, const Array& x, const Array& y) { return cross_entropy(model(x), y); };
  const auto each = vmap(grad(loss), {.in = {unbatched, 0}})(second, x, labels);
  const auto mean_gradient = grad([&](const auto& model) { return mean(loss(model, x, labels)); })(second);
  tree::zip(each, mean_gradient,
            [](const Array& all, const Array& want) { CHECK(beside(mean(all, {.axis = 0}), want, 64) == ""); });
}

TEST_CASE("nn: what sequences are filled up with reaches neither results nor gradients, were it NaN") {
  const Array x = normal(Key{1}, {.shape = {2, 4, 3}}), lengths = array({4, 2});
  const Array within = expand_dims(expand_dims(arange(4), 0) < expand_dims(lengths, 1), 2);
  const auto check_layer = [&](const auto& model) {
    const auto loss = [&](const auto& layer, const Array& with) {
      return sum(square(layer(where(within, x, with), lengths))) + sum(layer(where(within, x, with), lengths));
    };
    const auto clean = tree::leaves(grad<0>(loss)(model, scalar_array(0.0)));
    for (const double wild : {std::nan(""), HUGE_VAL}) {
      const auto found = tree::leaves(grad<0>(loss)(model, scalar_array(wild)));
      CHECK(loss(model, scalar_array(wild)).template item<float>() == loss(model, scalar_array(0.0)).template item<float>());
      for (size_t i = 0; i < clean.size(); ++i) CHECK(found[i].template to_vector<float>() == clean[i].template to_vector<float>());
    }
    const auto by_input = grad<1>([&](const auto& layer, const Array& in) { return sum(layer(in, lengths)); });
    const Array slope = by_input(model, where(within, x, std::nan("")));
    CHECK(koine::all(isfinite(slope)).item<bool>());
    CHECK(max(abs(where(within, 0, slope))).item<float>() == 0);
  };
  check_layer(nn::init(nn::Lstm{.in = 3, .size = 4, .layers = 2, .bidirectional = true}, Key{2}));
  check_layer(nn::init(nn::Gru{.in = 3, .size = 4}, Key{3}));
  // The time in front is the same the other way round.
  const nn::Gru gru = nn::init(nn::Gru{.in = 3, .size = 4, .bidirectional = true}, Key{4});
  nn::Gru turned = gru;
  turned.time_first = true;
  CHECK(swapaxes(turned(swapaxes(x, 0, 1), lengths), 0, 1).to_vector<float>() == gru(x, lengths).to_vector<float>());
  CHECK(contains(message_of<ShapeError>([&] { gru(swapaxes(x, 0, 1), lengths); }), "time_first"));
}

TEST_CASE("nn: running statistics of a model of 16 bits do not stand still") {
  nn::BatchNorm norm = tree::map(nn::init(nn::BatchNorm{.size = 1, .momentum = 0.001}, Key{0}),
                                 [](const Array& leaf) { return cast(leaf, {.dtype = bfloat16}); });
  const Array x = cast(reshape(array({0.0, 2.0}), {.shape = {2, 1}}), {.dtype = bfloat16});
  for (int i = 0; i < 693; ++i) {
    nn::Context context{Key{1}};
    CHECK(norm(x, context).dtype() == bfloat16);
    norm = context.commit(norm);
  }
  // Half way from 0 to 1, and from 1 to 2.
  CHECK(norm.mean.item<float>() == doctest::Approx(0.5).epsilon(0.01));
  CHECK(norm.variance.item<float>() == doctest::Approx(1.5).epsilon(0.01));
}

TEST_CASE("nn: norms of groups of one value, and dropout at the ends of its rate") {
  const Array x = array({{1.0, -2.0}, {3.0, 4.0}});
  const auto slope = [&](const auto& layer) {
    return grad([&](const Array& in) { return sum(square(layer(in))); })(x).template to_vector<float>();
  };
  CHECK(nn::init(nn::GroupNorm{.groups = 2, .size = 2}, Key{0})(x).to_vector<float>() == std::vector<float>(4, 0));
  CHECK(slope(nn::init(nn::GroupNorm{.groups = 2, .size = 2}, Key{0})) == std::vector<float>(4, 0));
  CHECK(slope([](const Array& in) { return nn::init(nn::LayerNorm{1}, Key{0})(expand_dims(in, 2)); }) ==
        std::vector<float>(4, 0));
  for (const double rate : {0.0, 1.0}) {
    const auto dropped = [&](const Array& in) {
      nn::Context context{Key{1}};
      return nn::Dropout{rate}(in, context);
    };
    CHECK(dropped(x).to_vector<float>() == (rate == 0 ? x : zeros({2, 2})).to_vector<float>());
    for (const float one : slope(dropped)) CHECK(std::isfinite(one));
  }
  CHECK(std::isnan(var(array({1.0}), {.correction = 1}).item<float>()));
}
