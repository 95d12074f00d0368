#include "python/prototype.h"

#include <nanobind/stl/string.h>

/// Options of layers and optimisers as Python objects, and back.
namespace koine::python::reflect {

namespace nb = nanobind;

nb::object from_option(bool value) { return nb::bool_(value); }
nb::object from_option(int64_t value) { return nb::int_(value); }
nb::object from_option(double value) { return nb::float_(value); }
nb::object from_option(const Ints& value) {
  nb::list list;
  for (int64_t n : value) list.append(n);
  return nb::tuple(list);
}
nb::object from_option(const Padding& value) {
  return value.word().empty() ? from_option(value.list()) : nb::str(value.word().c_str());
}
nb::object from_option(DType value) { return nb::borrow(dtype_object(value)); }
nb::object from_option(const nn::Activation& value) { return nb::str(value.name().c_str()); }
nb::object from_option(const optim::Schedule& value) {
  if (value.is_constant()) return nb::float_(value.at(0));
  return nb::cast(value);
}
nb::object from_option(const optim::Groups& value) {
  nb::list list;
  for (const optim::Group& group : value) {
    nb::dict entry;
    entry["leaves"] = group.leaves;
    entry["lr"] = group.lr;
    if (group.weight_decay) entry["weight_decay"] = *group.weight_decay;
    list.append(entry);
  }
  return nb::tuple(list);
}

namespace {

bool truth(nb::handle object) {
  int value = PyObject_IsTrue(object.ptr());
  if (value < 0) throw PythonError();
  return value != 0;
}
double number(nb::handle object) {
  refuse_followed(object.ptr());
  double value = PyFloat_AsDouble(object.ptr());
  if (value == -1 && PyErr_Occurred()) throw PythonError();
  return value;
}

}  // namespace

void to_option(nb::handle object, std::string& value) { value = nb::cast<std::string>(nb::str(object)); }
void to_option(nb::handle object, bool& value) { value = truth(object); }
void to_option(nb::handle object, int64_t& value) { value = to_int(object.ptr()); }
void to_option(nb::handle object, double& value) { value = number(object); }
void to_option(nb::handle object, Ints& value) { value = to_ints(object.ptr()); }
void to_option(nb::handle object, Padding& value) {
  value = PyUnicode_Check(object.ptr()) ? Padding(nb::cast<std::string>(object)) : Padding(to_ints(object.ptr()));
}
void to_option(nb::handle object, DType& value) { value = to_dtype(object.ptr()); }
void to_option(nb::handle object, nn::Activation& value) {
  value = nn::Activation(nb::cast<std::string>(nb::str(object)));
}
void to_option(nb::handle object, optim::Schedule& value) {
  if (nb::isinstance<optim::Schedule>(object))
    value = nb::cast<optim::Schedule>(object);
  else
    value = optim::Schedule(number(object));
}
void to_option(nb::handle object, optim::Groups& value) {
  value.clear();
  for (nb::handle entry : nb::iter(object)) {
    optim::Group group;
    if (!nb::isinstance<nb::dict>(entry))
      throw ValueError("[groups] a group is a dict with 'leaves' and what differs for them");
    for (auto [name, setting] : nb::cast<nb::dict>(entry)) {
      const auto text = nb::cast<std::string>(nb::str(name));
      if (text == "leaves")
        group.leaves = nb::cast<std::string>(nb::str(setting));
      else if (text == "lr")
        group.lr = number(setting);
      else if (text == "weight_decay")
        group.weight_decay = number(setting);
      else
        throw ValueError("[groups] a group has no '" + text + "'; it has leaves, lr, weight_decay");
    }
    value.push_back(std::move(group));
  }
}

nb::object Given::find(const std::string& name) {
  if (next_ < args_.size()) {
    if (keywords_.contains(name.c_str())) {
      PyErr_Format(PyExc_TypeError, "%s() got '%s' twice", kind_.c_str(), name.c_str());
      throw PythonError();
    }
    return nb::borrow(args_[next_++]);
  }
  // A word of Python's own has a '_' behind it.
  for (const std::string& spelling : {name, name + "_"})
    if (keywords_.contains(spelling.c_str())) {
      ++taken_;
      return nb::borrow(keywords_[spelling.c_str()]);
    }
  return {};
}

void Given::missing(const std::string& name) const {
  PyErr_Format(PyExc_TypeError, "%s() needs '%s'", kind_.c_str(), name == "in" ? "in_" : name.c_str());
  throw PythonError();
}

void Given::done(const std::vector<std::string>& names) const {
  if (next_ < args_.size()) {
    PyErr_Format(PyExc_TypeError, "%s() takes %zu options, not %zu", kind_.c_str(), names.size(), args_.size());
    throw PythonError();
  }
  if (taken_ == keywords_.size()) return;
  std::string known;
  for (const std::string& name : names) known += (known.empty() ? "" : ", ") + (name == "in" ? "in_" : name);
  for (auto [key, value] : keywords_) {
    const auto text = nb::cast<std::string>(key);
    bool found = false;
    for (const std::string& name : names) found = found || text == name || text == name + "_";
    if (found) continue;
    PyErr_Format(PyExc_TypeError, "%s() has no option '%s'; it has %s", kind_.c_str(), text.c_str(), known.c_str());
    throw PythonError();
  }
}

nb::object interned(const std::string& key, const std::function<nb::object()>& make) {
  // Held by the module, so that it goes with the interpreter.
  nb::dict known = nb::module_::import_("koine._core").attr("prototypes");
  nb::bytes name(key.data(), key.size());
  if (!known.contains(name)) known[name] = make();
  return known[name];
}

}  // namespace koine::python::reflect
