#include "python/prototype.h"

#include <nanobind/stl/map.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <map>

/// The layers of C++ for koine/nn.py: each is a row of the table at the end, the rest is seen by reflection.
namespace koine::python {

namespace nb = nanobind;

namespace {

/// A layer without values, and how to call it with some.
class LayerPrototype : public Prototype {
 public:
  /// One of the layer's methods, by the name in its row. Undefined arrays are arguments that were left out.
  virtual List call(const std::string& method, const List& leaves, const List& in, nn::Context& context) const = 0;
};

template <class L>
struct Method {
  std::string name;  // "" for the call operator
  std::vector<std::string> arguments;
  List (*call)(const L& layer, const List& in, nn::Context& context, std::source_location where);
};
/// What is known of a kind of layer.
template <class L>
struct Row {
  std::string kind, doc;
  std::vector<Method<L>> methods;
};
template <class L>
Row<L> row;

struct Kind {
  std::string doc;
  std::map<std::string, std::vector<std::string>> arguments;  // of each method
  nb::object (*make)(nb::tuple args, nb::dict options);
  nb::dict (*defaults)();
};
std::map<std::string, Kind>& kinds() {
  static auto& all = *new std::map<std::string, Kind>;
  return all;
}

template <class L>
nb::object intern(const L& layer);

// What is declared of a leaf: (role, shape, initialiser, dtype), or None.
template <class V>
nb::object declared(const V& leaf, const char* role) {
  if (!leaf.declared()) return nb::none();
  return nb::make_tuple(role, steal(from_shape(leaf.declared_shape())), nb::cast(leaf.initializer()),
                        nb::borrow(dtype_object(leaf.declared_dtype())));
}
nb::object part_of(const nn::Param& leaf) { return declared(leaf, "param"); }
nb::object part_of(const nn::State& leaf) { return declared(leaf, "state"); }
template <class L>
nb::object part_of(const L& layer) {
  return intern(layer);
}
template <class L>
nb::object part_of(const std::vector<L>& layers) {
  nb::list list;
  for (const L& layer : layers) list.append(intern(layer));
  return list;
}

template <class L>
class PrototypeOf : public LayerPrototype {
 public:
  explicit PrototypeOf(L layer) : layer_(std::move(layer)) {}
  const std::string& kind() const override { return row<L>.kind; }
  nb::dict options() const override {
    if constexpr (std::is_same_v<L, nn::Activation>) {
      nb::dict options;
      options["name"] = layer_.name();
      return options;
    } else {
      return reflect::options_of(layer_);
    }
  }
  nb::list parts() const override {
    nb::list parts;
    if constexpr (!std::is_same_v<L, nn::Activation>)
      reflect::each_member(layer_, [&]<class T>(const std::string& name, T& member) {
        if constexpr (!reflect::is_option<std::remove_const_t<T>>) parts.append(nb::make_tuple(name, part_of(member)));
      });
    return parts;
  }
  List call(const std::string& method, const List& leaves, const List& in, nn::Context& context) const override {
    for (const Method<L>& one : row<L>.methods) {
      if (one.name != method) continue;
      L layer = layer_;
      if (!leaves.empty()) tree::assign(layer, leaves.data(), leaves.size());
      return one.call(layer, in, context, user_line());
    }
    throw ValueError("[" + kind() + "] has no method " + method);
  }

 private:
  L layer_;
};

template <class L>
nb::object intern(const L& layer) {
  return reflect::interned(row<L>.kind + tree::structure_key(layer), [&] {
    return nb::cast(std::static_pointer_cast<LayerPrototype>(std::make_shared<PrototypeOf<L>>(layer)));
  });
}

template <class L>
nb::object make(nb::tuple args, nb::dict options) {
  reflect::Given given(row<L>.kind, std::move(args), std::move(options));
  if constexpr (std::is_same_v<L, nn::Activation>) {
    std::string name;
    given.take("name", name);
    given.done({"name"});
    return intern(L(name));
  } else {
    return intern(reflect::build<L>(given));
  }
}

template <class L>
nb::dict defaults() {
  if constexpr (std::is_same_v<L, nn::Activation>) {
    nb::dict options;
    options["name"] = nb::none();
    return options;
  } else {
    return reflect::options_of(L{});
  }
}

/// The call operator of a layer of one array, with or without a context.
template <class L>
List apply(const L& layer, const List& in, nn::Context& context, std::source_location where) {
  if constexpr (requires(const Arg& x) { layer(x, context); })
    return {layer(Arg(in[0], where), context)};
  else
    return {layer(Arg(in[0], where))};
}
/// That of one that also takes a mask or lengths.
template <class L>
List apply_with(const L& layer, const List& in, nn::Context& context, std::source_location where) {
  return {layer(Arg(in[0], where), in[1], context)};
}

template <class L>
void add(const char* kind, const char* doc,
         std::vector<Method<L>> methods = {{"", {std::is_same_v<L, nn::Embedding> ? "indices" : "x"}, apply<L>}}) {
  Kind facts{doc, {}, make<L>, defaults<L>};
  for (const Method<L>& method : methods) facts.arguments[method.name] = method.arguments;
  row<L> = {kind, doc, std::move(methods)};
  kinds()[kind] = std::move(facts);
}

/// One step of a cell: its input and its state, which begins as zeros.
template <class Cell>
List step(const Cell& cell, const List& in, nn::Context&, std::source_location where) {
  SourceScope scope(where);
  typename Cell::State state = cell.start(in[0].size(0), in[0].dtype());
  List given(in.begin() + 1, in.end());
  if (given[0].defined()) tree::assign(state, given.data(), given.size());
  return tree::leaves(cell.step(cell.project(in[0]), state));
}

/// A walk along sequences that gives the last state of each cell too; `start` has one for each cell.
template <class L>
List run(const L& layer, const List& in, nn::Context& context, std::source_location where) {
  using Cells = decltype(layer.run(Arg(in[0], where), in[1], context).last);
  Cells start(in.size() > 2 ? layer.cells.size() : 0);
  if (in.size() > 2) tree::assign(start, in.data() + 2, in.size() - 2);
  auto result = layer.run(Arg(in[0], where), in[1], context, start);
  List out = tree::leaves(result.last);
  out.insert(out.begin(), result.output);
  return out;
}

template <class L>
void add_recurrent(const char* kind, const char* doc) {
  add<L>(kind, doc, {{"", {"x", "lengths"}, apply_with<L>}, {"run", {"x", "lengths"}, run<L>}});
}

void add_kinds() {
  add<nn::Linear>("Linear",
                  "x W + b: (..., in) to (..., out).\n\n"
                  ">>> layer = kn.nn.init(kn.nn.Linear(4, 3), key=0)\n"
                  ">>> layer(kn.ones((2, 4))).shape\n"
                  "(2, 3)");
  add<nn::Dropout>("Dropout",
                   "In training sets elements to zero with probability rate and scales the others up.\n\n"
                   ">>> kn.nn.Dropout(0.5)(kn.ones(3))\n"
                   "array([1., 1., 1.])");
  add<nn::Embedding>("Embedding",
                     "A vector of `size` numbers for each of `count` integers.\n\n"
                     ">>> layer = kn.nn.init(kn.nn.Embedding(10, 4), key=0)\n"
                     ">>> layer(kn.asarray([[1, 2, 9]])).shape\n"
                     "(1, 3, 4)");
  add<nn::Flatten>("Flatten",
                   "(batch, ...) to (batch, all the rest).\n\n"
                   ">>> kn.nn.Flatten()(kn.ones((2, 3, 4))).shape\n"
                   "(2, 12)");
  add<nn::Activation>("Activation",
                      "A function of one array by its name, such as 'relu', 'gelu' or 'softmax'.\n\n"
                      ">>> kn.nn.Activation('relu')(kn.asarray([-1.0, 2.0]))\n"
                      "array([0., 2.])");
  add<nn::Conv>(
      "Conv",
      "Convolution of (batch, spatial..., in) with a window of 1 to 3 axes, channels last. The kernel has a size for "
      "each "
      "of them; stride, dilation and padding are one number for all or one for each, padding also (low, high) for "
      "each, 'same' or 'valid'.\n\n"
      ">>> layer = kn.nn.init(kn.nn.Conv(3, 8, kernel=[3, 3]), key=0)\n"
      ">>> layer(kn.ones((2, 9, 9, 3))).shape\n"
      "(2, 7, 7, 8)");
  add<nn::ConvTranspose>("ConvTranspose",
                         "The transpose of a convolution by its input: it makes the spatial axes larger.\n\n"
                         ">>> layer = kn.nn.init(kn.nn.ConvTranspose(8, 3, kernel=[2, 2], stride=[2, 2]), key=0)\n"
                         ">>> layer(kn.ones((2, 5, 5, 8))).shape\n"
                         "(2, 10, 10, 3)");
  add<nn::MaxPool>("MaxPool",
                   "The largest value of each window over the spatial axes; one number is for all of them.\n\n"
                   ">>> kn.nn.MaxPool([2, 2])(kn.ones((1, 4, 6, 3))).shape\n"
                   "(1, 2, 3, 3)");
  add<nn::AveragePool>(
      "AveragePool",
      "The mean of each window over the spatial axes, one number is for all of them; padding is not counted "
      "unless count_include_pad.\n\n"
      ">>> kn.nn.AveragePool([2, 2])(kn.ones((1, 4, 6, 3))).shape\n"
      "(1, 2, 3, 3)");
  add<nn::AdaptiveAveragePool>("AdaptiveAveragePool",
                               "The mean of each of so many parts of the spatial axes, whatever their lengths.\n\n"
                               ">>> kn.nn.AdaptiveAveragePool([2, 3])(kn.ones((1, 5, 7, 3))).shape\n"
                               "(1, 2, 3, 3)");
  add<nn::AdaptiveMaxPool>("AdaptiveMaxPool",
                           "The largest value of each of so many parts of the spatial axes, whatever their lengths.\n\n"
                           ">>> kn.nn.AdaptiveMaxPool(2)(kn.ones((1, 5, 7, 3))).shape\n"
                           "(1, 2, 2, 3)");
  add<nn::GlobalAveragePool>("GlobalAveragePool",
                             "(batch, spatial..., channels) to (batch, channels): the mean.\n\n"
                             ">>> kn.nn.GlobalAveragePool()(kn.ones((2, 4, 4, 3))).shape\n"
                             "(2, 3)");
  add<nn::GlobalMaxPool>("GlobalMaxPool",
                         "(batch, spatial..., channels) to (batch, channels): the largest value.\n\n"
                         ">>> kn.nn.GlobalMaxPool()(kn.ones((2, 4, 4, 3))).shape\n"
                         "(2, 3)");
  add<nn::LayerNorm>("LayerNorm",
                     "Normalises the last axis, then scales and shifts it (Ba et al., 2016).\n\n"
                     ">>> layer = kn.nn.init(kn.nn.LayerNorm(2), key=0)\n"
                     ">>> layer(kn.asarray([[1.0, 3.0]]))\n"
                     "array([[-0.999995,  0.999995]])");
  add<nn::BatchNorm>(
      "BatchNorm",
      "Normalises every channel (the last axis) by the batch in training and by running statistics otherwise "
      "(Ioffe and Szegedy, 2015).\n\n"
      ">>> layer = kn.nn.init(kn.nn.BatchNorm(1), key=0)\n"
      ">>> layer(kn.asarray([[1.0], [3.0]]), kn.nn.Context(0))\n"
      "array([[-0.999995],\n"
      "       [ 0.999995]])");
  add<nn::GroupNorm>("GroupNorm",
                     "Normalises groups of channels over all positions of each example (Wu and He, 2018).\n\n"
                     ">>> layer = kn.nn.init(kn.nn.GroupNorm(groups=2, size=4), key=0)\n"
                     ">>> layer(kn.ones((2, 5, 4))).shape\n"
                     "(2, 5, 4)");
  add<nn::RmsNorm>("RmsNorm",
                   "x / sqrt(mean(x^2) + epsilon) over the last axis, then scaled (Zhang and Sennrich, 2019).\n\n"
                   ">>> layer = kn.nn.init(kn.nn.RmsNorm(2), key=0)\n"
                   ">>> layer(kn.asarray([[1.0, 7.0]]))\n"
                   "array([[0.2, 1.4]])");
  add<nn::MultiHeadAttention>(
      "MultiHeadAttention",
      "Attention with several heads (Vaswani et al., 2017): of x to itself, or to memory. A mask broadcasts to (batch, "
      "heads, queries, keys): a bool one is true where a query sees a key, a floating one is added to the scores.\n\n"
      ">>> layer = kn.nn.init(kn.nn.MultiHeadAttention(8, heads=2), key=0)\n"
      ">>> layer(kn.ones((2, 5, 8))).shape\n"
      "(2, 5, 8)",
      {{"",
        {"x", "mask", "memory"},
        [](const nn::MultiHeadAttention& layer, const List& in, nn::Context& context,
           std::source_location where) -> List {
          Arg x(in[0], where);
          return {layer.attend(x, in[2].defined() ? Arg(in[2], where) : x, in[1], context)};
        }}});
  add<nn::TransformerBlock>(
      "TransformerBlock",
      "Self-attention and two linear maps, each added to what it takes; x is (batch, length, size).\n\n"
      ">>> layer = kn.nn.init(kn.nn.TransformerBlock(8, heads=2), key=0)\n"
      ">>> layer(kn.ones((2, 5, 8))).shape\n"
      "(2, 5, 8)",
      {{"", {"x", "mask"}, apply_with<nn::TransformerBlock>}});
  add<nn::TransformerDecoderBlock>("TransformerDecoderBlock",
                                   "The same with attention to another sequence, memory, in between.\n\n"
                                   ">>> layer = kn.nn.init(kn.nn.TransformerDecoderBlock(8, heads=2), key=0)\n"
                                   ">>> layer(kn.ones((2, 5, 8)), memory=kn.ones((2, 3, 8))).shape\n"
                                   "(2, 5, 8)",
                                   {{"",
                                     {"x", "memory", "mask", "memory_mask"},
                                     [](const nn::TransformerDecoderBlock& layer, const List& in, nn::Context& context,
                                        std::source_location where) -> List {
                                       return {layer(Arg(in[0], where), Arg(in[1], where), in[2], in[3], context)};
                                     }}});
  add<nn::PositionEmbedding>("PositionEmbedding",
                             "Adds a learnt vector for each position to (batch, up to length, size).\n\n"
                             ">>> layer = kn.nn.init(kn.nn.PositionEmbedding(16, 8), key=0)\n"
                             ">>> layer(kn.ones((2, 5, 8))).shape\n"
                             "(2, 5, 8)");
  add<nn::LstmCell>("LstmCell",
                    "One step of long short-term memory (Hochreiter and Schmidhuber, 1997): (hidden, cell).\n\n"
                    ">>> cell = kn.nn.init(kn.nn.LstmCell(3, 4), key=0)\n"
                    ">>> hidden, memory = cell(kn.ones((2, 3)))\n"
                    ">>> hidden.shape, memory.shape\n"
                    "((2, 4), (2, 4))",
                    {{"", {"x", "hidden", "cell"}, step<nn::LstmCell>}});
  add<nn::GruCell>("GruCell",
                   "One step of the gated recurrent unit (Cho et al., 2014).\n\n"
                   ">>> cell = kn.nn.init(kn.nn.GruCell(3, 4), key=0)\n"
                   ">>> cell(kn.ones((2, 3))).shape\n"
                   "(2, 4)",
                   {{"", {"x", "hidden"}, step<nn::GruCell>}});
  add_recurrent<nn::Lstm>(
      "Lstm",
      "Long short-term memory along (batch, time, in), several layers, in one direction or both; lengths "
      "(batch) say where each sequence ends.\n\n"
      ">>> layer = kn.nn.init(kn.nn.Lstm(3, 4), key=0)\n"
      ">>> layer(kn.ones((2, 5, 3))).shape\n"
      "(2, 5, 4)");
  add_recurrent<nn::Gru>("Gru",
                         "Gated recurrent units along (batch, time, in), as Lstm.\n\n"
                         ">>> layer = kn.nn.init(kn.nn.Gru(3, 4), key=0)\n"
                         ">>> output, last = layer.run(kn.ones((2, 5, 3)))\n"
                         ">>> output.shape\n"
                         "(2, 5, 4)");
  add<nn::Reshape>("Reshape",
                   "(batch, ...) to (batch, shape...).\n\n"
                   ">>> kn.nn.Reshape((2, 3))(kn.ones((5, 6))).shape\n"
                   "(5, 2, 3)");
  add<nn::Channels>("Channels",
                    "The channels [first, last) of the last axis.\n\n"
                    ">>> kn.nn.Channels(0, 2)(kn.asarray([[1, 2, 3]]))\n"
                    "array([[1, 2]])");
  add<nn::Upsample>("Upsample",
                    "Repeats each position along the spatial axes, with a factor for each axis.\n\n"
                    ">>> kn.nn.Upsample((2, 3))(kn.ones((1, 4, 4, 2))).shape\n"
                    "(1, 8, 12, 2)");
  add<nn::Cast>("Cast",
                "The same values in another dtype.\n\n"
                ">>> kn.nn.Cast(kn.float16)(kn.ones(2)).dtype\n"
                "koine.float16");
  add<nn::Standardize>(
      "Standardize",
      "Brings every channel (the last axis) to the mean 0 and the deviation 1 of examples that were seen before.\n\n"
      ">>> kn.nn.Standardize.of(kn.asarray([[1.0], [3.0]]))(kn.asarray([[5.0]]))\n"
      "array([[3.]])");
  add<nn::LastStep>("LastStep",
                    "(batch, time, size) to (batch, size): the last step.\n\n"
                    ">>> kn.nn.LastStep()(kn.ones((2, 5, 3))).shape\n"
                    "(2, 3)");
}

const char* name_of(nn::Initializer::Kind kind) {
  constexpr const char* names[] = {"constant", "uniform", "normal", "truncated_normal", "orthogonal"};
  return names[static_cast<size_t>(kind)];
}

void add_initializers(nb::module_& m) {
  using nn::Initializer;
  nb::class_<Initializer>(m, "Initializer",
                          "How a parameter begins.\n\n"
                          ">>> kn.nn.he_normal(8)\n"
                          "normal(0.5)")
      .def_prop_ro(
          "kind", [](const Initializer& self) { return name_of(self.kind); }, "what is drawn")
      .def_ro("scale", &Initializer::scale, "the constant, bound, deviation or factor")
      .def("__call__",
           [](const Initializer& self, const std::vector<int64_t>& shape, nb::handle dtype, const Array& key) {
             return nn::Param(Shape(shape), self, to_dtype(dtype.ptr())).initial(Key(key));
           })
      .def("__eq__", [](const Initializer& self,
                        const Initializer& other) { return self.kind == other.kind && self.scale == other.scale; })
      .def("__eq__", [](const Initializer&, nb::handle) { return false; })
      .def("__hash__", [](const Initializer& self) { return nb::hash(nb::make_tuple(name_of(self.kind), self.scale)); })
      .def("__repr__",
           [](const Initializer& self) { return nb::str("{}({})").attr("format")(name_of(self.kind), self.scale); })
      .def("__reduce__", [](const Initializer& self) {
        return nb::make_tuple(nb::module_::import_("koine.layers").attr("initializer"),
                              nb::make_tuple(static_cast<int>(self.kind), self.scale));
      });
  m.def("initializer", [](int kind, double scale) { return Initializer{static_cast<Initializer::Kind>(kind), scale}; });
  m.def("constant", nn::constant, nb::arg("value"),
        "Always this value.\n\n"
        ">>> kn.nn.constant(3)((2,), kn.float32, kn.random.key(0))\n"
        "array([3., 3.])");
  m.def(
      "uniform", [](double bound) { return Initializer{Initializer::Kind::uniform, bound}; }, nb::arg("bound"),
      "Uniform in [-bound, bound).\n\n"
      ">>> kn.nn.uniform(0.5)((4, 2), kn.float32, kn.random.key(0)).shape\n"
      "(4, 2)");
  m.def(
      "normal", [](double deviation) { return Initializer{Initializer::Kind::normal, deviation}; },
      nb::arg("deviation"),
      "Normal with that deviation.\n\n"
      ">>> kn.nn.normal(0.1)((4, 2), kn.float32, kn.random.key(0)).shape\n"
      "(4, 2)");
  m.def("truncated_normal", nn::truncated_normal, nb::arg("deviation"),
        "Normal, drawn within two deviations of 0.\n\n"
        ">>> kn.nn.truncated_normal(0.1)((4, 2), kn.float32, kn.random.key(0)).shape\n"
        "(4, 2)");
  m.def("orthogonal", nn::orthogonal, nb::arg("factor") = 1.0,
        "All axes but the last as one: rows or columns of that length, orthogonal (Saxe et al., 2014).\n\n"
        ">>> kn.nn.orthogonal()((4, 2), kn.float32, kn.random.key(0)).shape\n"
        "(4, 2)");
  m.def("fan_in_uniform", nn::fan_in_uniform, nb::arg("fan_in"),
        "Uniform in +-1/sqrt(fan_in), as PyTorch's layers.\n\n"
        ">>> kn.nn.fan_in_uniform(4)((4, 2), kn.float32, kn.random.key(0)).shape\n"
        "(4, 2)");
  m.def("glorot_uniform", nn::glorot_uniform, nb::arg("fan_in"), nb::arg("fan_out"),
        "Uniform in +-sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010).\n\n"
        ">>> kn.nn.glorot_uniform(4, 2)((4, 2), kn.float32, kn.random.key(0)).shape\n"
        "(4, 2)");
  m.def("glorot_normal", nn::glorot_normal, nb::arg("fan_in"), nb::arg("fan_out"),
        "Normal with deviation sqrt(2 / (fan_in + fan_out)).\n\n"
        ">>> kn.nn.glorot_normal(4, 2)((4, 2), kn.float32, kn.random.key(0)).shape\n"
        "(4, 2)");
  m.def("he_normal", nn::he_normal, nb::arg("fan_in"),
        "Normal with deviation sqrt(2 / fan_in) (He et al., 2015).\n\n"
        ">>> kn.nn.he_normal(4)((4, 2), kn.float32, kn.random.key(0)).shape\n"
        "(4, 2)");
  m.def("he_uniform", nn::he_uniform, nb::arg("fan_in"),
        "Uniform with the same deviation as he_normal.\n\n"
        ">>> kn.nn.he_uniform(4)((4, 2), kn.float32, kn.random.key(0)).shape\n"
        "(4, 2)");
  m.def("lecun_normal", nn::lecun_normal, nb::arg("fan_in"),
        "Normal with deviation sqrt(1 / fan_in) (LeCun et al., 1998).\n\n"
        ">>> kn.nn.lecun_normal(4)((4, 2), kn.float32, kn.random.key(0)).shape\n"
        "(4, 2)");
}

}  // namespace

void add_layers(nb::module_& module) {
  module.attr("prototypes") = nb::dict();
  nb::module_ m = module.def_submodule("nn");
  add_initializers(m);
  nb::class_<nn::Context>(
      m, "Context",
      "What a call needs besides model and input: Context() is for evaluation, Context(key) for training.\n\n"
      ">>> kn.nn.Context().training, kn.nn.Context(0).training\n"
      "(False, True)")
      .def(
          "__init__",
          [](nn::Context* self, nb::handle key) {
            if (key.is_none())
              new (self) nn::Context();
            else if (is_array(key.ptr()))
              new (self) nn::Context(Key(array_of(key.ptr())));
            else
              new (self) nn::Context(Key(to_int(key.ptr())));
          },
          nb::arg("key").none() = nb::none())
      .def_prop_ro("training", &nn::Context::training, "whether it is for training")
      .def(
          "next_key", [](nn::Context& self) { return Array(self.next_key(user_line())); },
          "A key that no other call of this context gets.")
      .def(
          "update",
          [](nn::Context& self, const Array& state, const Array& value) {
            nn::State old;
            old = state;
            self.update(old, value);
          },
          nb::arg("state"), nb::arg("value"), "Says what a state becomes; the model itself does not change.")
      .def("_commit", [](const nn::Context& self, const List& leaves) { return self.commit(leaves); })
      // In the arguments of a jitted function it would be fixed with its key.
      .attr("__hash__") = nb::none();
  nb::class_<Prototype>(m, "Prototype")
      .def_prop_ro("kind", &Prototype::kind)
      .def("__deepcopy__", [](nb::handle self, nb::handle) { return nb::borrow(self); })
      .def("options", &Prototype::options)
      .def("parts", &Prototype::parts)
      .attr("__koine_tree__") = false;
  nb::class_<LayerPrototype, Prototype>(m, "LayerPrototype")
      .def("__reduce__",
           [](const LayerPrototype& self) {
             return nb::make_tuple(nb::module_::import_("koine.layers").attr("remake"),
                                   nb::make_tuple(self.kind(), self.options()));
           })
      .def(
          "call",
          [](const LayerPrototype& self, const std::string& method, const List& leaves, const List& in,
             nn::Context* context) {
            nn::Context none;
            return self.call(method, leaves, in, context ? *context : none);
          },
          nb::arg("method"), nb::arg("leaves"), nb::arg("arrays"), nb::arg("context").none());
  add_kinds();
  nb::dict table;
  for (const auto& [name, kind] : kinds())
    table[name.c_str()] = nb::make_tuple(kind.doc, kind.arguments, kind.defaults());
  m.attr("kinds") = table;
  m.def("make", [](const std::string& kind, const nb::args& args, const nb::kwargs& options) {
    return kinds().at(kind).make(args, options);
  });
  m.def("standardize", [](const Array& examples) { return tree::leaves(nn::Standardize::of(examples)); });
  m.def("activations", nn::Activation::names,
        "The names that Activation takes.\n\n"
        ">>> 'relu' in kn.nn.activations()\n"
        "True");
}

}  // namespace koine::python
