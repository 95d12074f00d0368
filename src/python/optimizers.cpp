#include "python/named.h"
#include "python/prototype.h"
#include "python/trees.h"

#include <koine/gradients.h>
#include <koine/lbfgs.h>
#include <nanobind/operators.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <map>

/// Optimisers, schedules and what is done with gradients, for koine/optim.py. A tree of Python comes as its structure
/// and leaves.
namespace koine::python {

namespace nb = nanobind;

namespace {

/// The leaves of a tree of Python, and those among them that are trained with their paths.
class Leaves {
 public:
  Leaves(nb::handle structure, nb::list all) : all_(std::move(all)), arrays_(nb::cast<List>(all_)) {
    const std::vector<bool> wanted = trained(structure.ptr(), arrays_);
    const std::vector<std::string> paths = paths_of(structure.ptr());
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (!wanted[i]) continue;
      places_.push_back(i);
      paths_.push_back(paths.at(i));
    }
  }
  /// Of one array for each leaf those of the trained ones.
  Named trained_of(const List& arrays) const {
    List chosen;
    for (size_t i : places_) chosen.push_back(arrays.at(i));
    return {paths_, chosen};
  }
  Named params() const { return trained_of(arrays_); }
  /// All leaves, the trained ones replaced.
  nb::list with(Named& params) const {
    auto leaves = nb::steal<nb::list>(PySequence_List(all_.ptr()));
    size_t at = 0;
    for (auto& [path, array] : params) leaves[places_[at++]] = nb::cast(array);
    return leaves;
  }

 private:
  nb::list all_;
  List arrays_;
  std::vector<size_t> places_;  // of the trained ones
  std::vector<std::string> paths_;
};

/// State of an optimiser in the order of its members: arrays, and lists of arrays.
nb::object from_state(const Array& state) { return nb::cast(state); }
nb::object from_state(const List& state) { return nb::cast(state); }
void to_state(nb::handle object, Array& state) { state = nb::cast<Array>(object); }
void to_state(nb::handle object, List& state) { state = nb::cast<List>(object); }

class OptimizerPrototype : public Prototype {
 public:
  /// Gives the new leaves and the new state, a list in the order of `parts`; `grads` has one for each leaf.
  /// `lr` takes the place of the option where it is defined.
  virtual nb::tuple step(const nb::list& state, const Leaves& leaves, const List& grads, const Array& lr) const = 0;
  virtual nb::list init(const nb::list& state, const Leaves& leaves) const = 0;
  /// A step with scaled gradients: the new leaves, the new state and whether it was made.
  virtual nb::tuple scaled_step(optim::LossScale& scale, const nb::list& state, const Leaves& leaves, const List& grads,
                                const Array& lr) const = 0;
};

struct Kind {
  std::string doc;
  nb::object (*make)(nb::tuple args, nb::dict options);
  nb::dict (*defaults)();
};
std::map<std::string, Kind>& kinds() {
  static auto& all = *new std::map<std::string, Kind>;
  return all;
}
template <class O>
std::string kind_name;

template <class O>
class PrototypeOf : public OptimizerPrototype {
 public:
  using Options = decltype(O::options);
  explicit PrototypeOf(Options options) { optimizer_.options = std::move(options); }
  const std::string& kind() const override { return kind_name<O>; }
  nb::dict options() const override { return reflect::options_of(optimizer_.options); }
  nb::list parts() const override { return state_of(optimizer_, true); }

  nb::tuple step(const nb::list& state, const Leaves& leaves, const List& grads, const Array& lr) const override {
    O optimizer = with(state, lr);
    Named model = leaves.params();
    optimizer.step(model, leaves.trained_of(grads));
    return nb::make_tuple(leaves.with(model), state_of(optimizer));
  }
  nb::list init(const nb::list& state, const Leaves& leaves) const override {
    O optimizer = with(state, Array());
    Named model = leaves.params();
    optimizer.init(model);
    return state_of(optimizer);
  }
  nb::tuple scaled_step(optim::LossScale& scale, const nb::list& state, const Leaves& leaves, const List& grads,
                        const Array& lr) const override {
    O optimizer = with(state, lr);
    Named model = leaves.params();
    Array made = scale.step(optimizer, model, leaves.trained_of(grads));
    return nb::make_tuple(leaves.with(model), state_of(optimizer), made);
  }

 private:
  template <class F>
  static void each_state(auto& optimizer, F f) {
    reflect::each_member(optimizer, [&]<class T>(const std::string& name, T& member) {
      using Plain = std::remove_const_t<T>;
      if constexpr (std::is_same_v<Plain, Array> || std::is_same_v<Plain, List>) f(name, member);
    });
  }
  static nb::list state_of(const O& optimizer, bool names = false) {
    nb::list list;
    each_state(optimizer, [&](const std::string& name, const auto& member) {
      if (names)
        list.append(nb::make_tuple(name, from_state(member)));
      else
        list.append(from_state(member));
    });
    return list;
  }
  O with(const nb::list& state, const Array& lr) const {
    O optimizer = optimizer_;
    if (lr.defined()) optimizer.options.lr = optim::Schedule(lr);
    size_t at = 0;
    each_state(optimizer, [&](const std::string&, auto& member) { to_state(state[at++], member); });
    return optimizer;
  }

  O optimizer_;
};

/// A rate that is an array, or none.
Array rate_of(nb::handle lr) { return lr.is_none() ? Array() : array_of(lr.ptr()); }

template <class O>
nb::object make(nb::tuple args, nb::dict given) {
  reflect::Given options(kind_name<O>, std::move(args), std::move(given));
  auto built = reflect::build<decltype(O::options)>(options);
  return reflect::interned("optim." + kind_name<O> + tree::structure_key(built), [&] {
    return nb::cast(std::static_pointer_cast<OptimizerPrototype>(std::make_shared<PrototypeOf<O>>(built)));
  });
}

template <class O>
void add(const char* kind, const char* doc) {
  kind_name<O> = kind;
  kinds()[kind] = {doc, make<O>, [] { return reflect::options_of(decltype(O::options){}); }};
}

void add_kinds() {
  add<optim::Sgd>("Sgd",
                  "Stochastic gradient descent with PyTorch's momentum: v = momentum v + g; p -= lr v.\n\n"
                  ">>> params = {\"w\": kn.asarray([1.0, 2.0])}\n"
                  ">>> kn.optim.Sgd(lr=0.1).step(params, {\"w\": kn.asarray([1.0, 0.0])})\n"
                  ">>> params[\"w\"]\n"
                  "array([0.9, 2. ])");
  add<optim::Adam>("Adam",
                   "Adam (Kingma and Ba, 2015) with bias correction; weight decay is added to the gradient.\n\n"
                   ">>> params = {\"w\": kn.asarray([1.0, 2.0])}\n"
                   ">>> kn.optim.Adam(lr=0.1).step(params, {\"w\": kn.asarray([1.0, 0.0])})\n"
                   ">>> params[\"w\"]\n"
                   "array([0.90000004, 2.        ])");
  add<optim::AdamW>("AdamW",
                    "Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2019).\n\n"
                    ">>> params = {\"w\": kn.asarray([1.0, 2.0])}\n"
                    ">>> kn.optim.AdamW(lr=0.1).step(params, {\"w\": kn.asarray([1.0, 0.0])})\n"
                    ">>> params[\"w\"]\n"
                    "array([0.89900005, 1.998     ])");
  add<optim::Adamax>("Adamax",
                     "Adam with the largest gradient in place of the mean of squares.\n\n"
                     ">>> params = {\"w\": kn.asarray([1.0, 2.0])}\n"
                     ">>> kn.optim.Adamax(lr=0.1).step(params, {\"w\": kn.asarray([1.0, 0.0])})\n"
                     ">>> params[\"w\"]\n"
                     "array([0.9, 2. ])");
  add<optim::Rmsprop>("Rmsprop",
                      "The gradient over the root of the running mean of its squares (Hinton, 2012).\n\n"
                      ">>> params = {\"w\": kn.asarray([1.0, 2.0])}\n"
                      ">>> kn.optim.Rmsprop(lr=0.1).step(params, {\"w\": kn.asarray([1.0, 0.0])})\n"
                      ">>> params[\"w\"]\n"
                      "array([5.9604645e-08, 2.0000000e+00])");
  add<optim::Adagrad>("Adagrad",
                      "The gradient over the root of the sum of its squares (Duchi et al., 2011).\n\n"
                      ">>> params = {\"w\": kn.asarray([1.0, 2.0])}\n"
                      ">>> kn.optim.Adagrad(lr=0.1).step(params, {\"w\": kn.asarray([1.0, 0.0])})\n"
                      ">>> params[\"w\"]\n"
                      "array([0.9, 2. ])");
  add<optim::Adadelta>("Adadelta",
                       "Steps in the units of the weights (Zeiler, 2012).\n\n"
                       ">>> params = {\"w\": kn.asarray([1.0, 2.0])}\n"
                       ">>> kn.optim.Adadelta(lr=0.1).step(params, {\"w\": kn.asarray([1.0, 0.0])})\n"
                       ">>> params[\"w\"]\n"
                       "array([0.9996838, 2.       ])");
  add<optim::Lion>("Lion",
                   "The sign of an interpolated momentum (Chen et al., 2023).\n\n"
                   ">>> params = {\"w\": kn.asarray([1.0, 2.0])}\n"
                   ">>> kn.optim.Lion(lr=0.1).step(params, {\"w\": kn.asarray([1.0, 0.0])})\n"
                   ">>> params[\"w\"]\n"
                   "array([0.9, 2. ])");
}

void add_schedules(nb::module_& m) {
  using optim::Schedule;
  nb::class_<Schedule>(m, "Schedule",
                       "A number for every step, counted from 0: what an optimiser takes as lr.\n\n"
                       ">>> warm = kn.optim.cosine(0.1, 100).after_warmup(10)\n"
                       ">>> warm(0), warm(10)\n"
                       "(0.0, 0.1)")
      .def(nb::init<double>(), nb::arg("number") = 0.0)
      .def(
          "__call__",
          [](const Schedule& self, nb::handle step) -> nb::object {
            if (is_array(step.ptr())) return nb::cast(self(array_of(step.ptr())));
            return nb::float_(self.at(to_int(step.ptr())));
          },
          nb::arg("step"), "The number at a step; of an integer array an array of float64.")
      .def("after_warmup", &Schedule::after_warmup, nb::arg("steps"), nb::arg("start") = 0.0,
           "Begins with steps in which the number rises evenly from `start` times the first one.")
      .def("then", &Schedule::then, nb::arg("step"), nb::arg("next"), "Goes on with another schedule at a step.")
      .def("__mul__", &Schedule::scaled, "All numbers times a factor.")
      .def("__rmul__", &Schedule::scaled)
      .def("__eq__", [](const Schedule& self,
                        const Schedule& other) { return tree::structure_key(self) == tree::structure_key(other); })
      .def("__eq__", [](const Schedule&, nb::handle) { return false; })
      .def("__deepcopy__", [](nb::handle self, nb::handle) { return nb::borrow(self); })
      .def("__getstate__", &Schedule::numbers)
      .def("__setstate__",
           [](Schedule& self, const std::vector<double>& numbers) {
             new (&self) Schedule(Schedule::of_numbers(numbers));
           })
      .def("__hash__", [](const Schedule& self) { return static_cast<int64_t>(tree::structure_hash(self) >> 1); });
  m.def("linear", plain(optim::linear), nb::arg("start"), nb::arg("to"), nb::arg("steps"),
        "From one number to another in even steps, then the second one.\n\n"
        ">>> kn.optim.linear(1.0, 0.0, 10)(kn.asarray([0, 5, 10]))\n"
        "array([1. , 0.5, 0. ], dtype=float64)");
  m.def("cosine", plain(optim::cosine), nb::arg("start"), nb::arg("steps"), nb::arg("to") = 0.0,
        "Along half a cosine, then `to` (Loshchilov and Hutter, 2017).\n\n"
        ">>> kn.optim.cosine(1.0, 10)(kn.asarray([0, 5, 10]))\n"
        "array([1. , 0.5, 0. ], dtype=float64)");
  m.def("cosine_restarts", plain(optim::cosine_restarts), nb::arg("start"), nb::arg("steps"), nb::arg("to") = 0.0,
        "The same again every `steps` steps.\n\n"
        ">>> kn.optim.cosine_restarts(1.0, 10)(kn.asarray([0, 5, 10]))\n"
        "array([1. , 0.5, 1. ], dtype=float64)");
  m.def("polynomial", plain(optim::polynomial), nb::arg("start"), nb::arg("steps"), nb::arg("power"),
        nb::arg("to") = 0.0,
        "to + (start - to) (1 - step / steps)^power, then `to`.\n\n"
        ">>> kn.optim.polynomial(1.0, 10, 2.0)(kn.asarray([0, 5, 10]))\n"
        "array([1.  , 0.25, 0.  ], dtype=float64)");
  m.def(
      "step_decay",
      [](Plain start, nb::handle every, Plain factor) {
        if (PyLong_Check(every.ptr())) return optim::step_decay(start, to_int(every.ptr()), factor);
        return optim::step_decay(start, std::vector<int64_t>(to_ints(every.ptr())), factor);
      },
      nb::arg("start"), nb::arg("every"), nb::arg("factor") = 0.1,
      "Times the factor every so many steps, or at each of a list of steps.\n\n"
      ">>> kn.optim.step_decay(1.0, 5)(kn.asarray([0, 5, 10]))\n"
      "array([1.  , 0.1 , 0.01], dtype=float64)");
  m.def("inverse_sqrt", plain(optim::inverse_sqrt), nb::arg("start"), nb::arg("steps"),
        "start / sqrt(1 + step / steps).\n\n"
        ">>> kn.optim.inverse_sqrt(1.0, 5)(kn.asarray([0, 5, 10]))\n"
        "array([1.        , 0.70710678, 0.57735027], dtype=float64)");
  m.def("one_cycle", plain(optim::one_cycle), nb::arg("peak"), nb::arg("steps"), nb::arg("rise") = 0.3,
        nb::arg("start") = 25.0, nb::arg("end") = 1e4,
        "Up to the peak along half a cosine and down again, as PyTorch's OneCycleLR.\n\n"
        ">>> kn.optim.one_cycle(1.0, 10)(kn.asarray([0, 5, 10]))\n"
        "array([4.00000000e-02, 6.11262022e-01, 4.00000000e-06], dtype=float64)");
  using optim::Plateau;
  nb::class_<Plateau>(m, "Plateau",
                      "A factor for a schedule that shrinks when a metric no longer gets better, as PyTorch's "
                      "ReduceLROnPlateau.\n\n"
                      ">>> plateau = kn.optim.Plateau(factor=0.5, patience=0)\n"
                      ">>> [plateau.observe(metric) for metric in (1.0, 1.0, 0.5)]\n"
                      "[1.0, 0.5, 0.5]")
      .def(
          "__init__",
          [](Plateau* self, double factor, int64_t patience, double threshold, int64_t cooldown, double least,
             bool maximize) {
            new (self) Plateau{.options = {factor, patience, threshold, cooldown, least, maximize}};
          },
          nb::arg("factor") = 0.1, nb::arg("patience") = 10, nb::arg("threshold") = 1e-4, nb::arg("cooldown") = 0,
          nb::arg("least") = 0.0, nb::arg("maximize") = false)
      .def_ro("factor", &Plateau::factor, "what all is multiplied by now")
      .def("observe", &Plateau::observe, nb::arg("metric"),
           "Takes the metric of an epoch; gives the factor from now on.");
}

void add_gradients(nb::module_& m) {
  m.def("global_norm", [](const List& leaves) { return optim::global_norm(leaves); });
  m.def("clip_by_norm", [](const List& leaves, Plain limit) {
    auto [clipped, norm] = optim::clip_by_norm(leaves, limit);
    return nb::make_tuple(clipped, norm);
  });
  m.def("clip_by_value", [](const List& leaves, Plain limit) { return optim::clip_by_value(leaves, limit); });
  m.def("average", [](Plain decay, bool begun, const List& average, const List& wide, const List& now) {
    optim::Average<List> all{.decay = decay, .model = average, .begun = begun, .wide = wide};
    all.update(now);
    return std::pair(all.model, all.wide);
  });
  m.def("scaled_loss",
        [](const optim::LossScaleOptions& options, const Array& factor, const Array& good, const Array& loss) {
          optim::LossScale scale{options, factor, good};
          Array scaled = scale.of(loss);
          return nb::make_tuple(scaled, scale.factor, scale.good);
        });
  nb::class_<optim::LossScaleOptions>(m, "LossScaleOptions")
      .def("__init__",
           [](optim::LossScaleOptions* self, double initial, double growth, double backoff, int64_t interval) {
             new (self) optim::LossScaleOptions{initial, growth, backoff, interval};
           });
}

void add_lbfgs(nb::module_& m) {
  using optim::Lbfgs;
  m.def("lbfgs_step",
        [](double lr, int64_t iterations, int64_t history, double gradient_tolerance, double change_tolerance,
           bool line_search, const nb::list& state, const List& params, const nb::callable& loss) {
          Lbfgs lbfgs{.options = {lr, iterations, history, gradient_tolerance, change_tolerance, line_search}};
          to_state(state[0], lbfgs.moves);
          to_state(state[1], lbfgs.changes);
          to_state(state[2], lbfgs.direction);
          to_state(state[3], lbfgs.gradient);
          to_state(state[4], lbfgs.numbers);
          List model = params;
          double value = lbfgs.step(model, [&](const List& now) { return nb::cast<Array>(loss(now)); });
          nb::list after;
          after.append(from_state(lbfgs.moves));
          after.append(from_state(lbfgs.changes));
          after.append(from_state(lbfgs.direction));
          after.append(from_state(lbfgs.gradient));
          after.append(from_state(lbfgs.numbers));
          return nb::make_tuple(value, model, after);
        });
}

}  // namespace

void add_optimizers(nb::module_& module) {
  nb::module_ m = module.def_submodule("optim");
  add_schedules(m);
  add_gradients(m);
  add_lbfgs(m);
  nb::class_<OptimizerPrototype, Prototype>(m, "OptimizerPrototype")
      .def(
          "step",
          [](const OptimizerPrototype& self, const nb::list& state, nb::handle structure, const nb::list& leaves,
             const List& grads, nb::handle lr) { return self.step(state, {structure, leaves}, grads, rate_of(lr)); },
          nb::arg("state"), nb::arg("structure").none(), nb::arg("leaves"), nb::arg("grads"), nb::arg("lr").none())
      .def("init", [](const OptimizerPrototype& self, const nb::list& state, nb::handle structure,
                      const nb::list& leaves) { return self.init(state, {structure, leaves}); })
      .def(
          "scaled_step",
          [](const OptimizerPrototype& self, const optim::LossScaleOptions& options, const Array& factor,
             const Array& good, const nb::list& state, nb::handle structure, const nb::list& leaves, const List& grads,
             nb::handle lr) {
            optim::LossScale scale{options, factor, good};
            nb::tuple result = self.scaled_step(scale, state, {structure, leaves}, grads, rate_of(lr));
            return nb::make_tuple(result, scale.factor, scale.good);
          },
          nb::arg("options"), nb::arg("factor"), nb::arg("good"), nb::arg("state"), nb::arg("structure").none(),
          nb::arg("leaves"), nb::arg("grads"), nb::arg("lr").none())
      .def("__reduce__", [](const OptimizerPrototype& self) {
        return nb::make_tuple(nb::module_::import_("koine.optim").attr("remake"),
                              nb::make_tuple(self.kind(), self.options()));
      });
  add_kinds();
  nb::dict table;
  for (const auto& [name, kind] : kinds()) table[name.c_str()] = nb::make_tuple(kind.doc, kind.defaults());
  m.attr("kinds") = table;
  m.def("make", [](const std::string& kind, const nb::args& args, const nb::kwargs& options) {
    return kinds().at(kind).make(args, options);
  });
}

}  // namespace koine::python
