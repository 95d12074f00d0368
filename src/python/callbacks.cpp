#include "base/format.h"
#include "ir/host.h"
#include "ir/node.h"
#include "ops/control/callback.h"
#include "python/casters.h"

#include <koine/detail/functional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstring>
#include <mutex>

/// Functions of Python that programs call, for koine/callbacks.py, and the interpreter's lock, which is free while
/// programs run.
namespace koine::python {

namespace nb = nanobind;

namespace {

using koine::detail::List;

/// The exception of the last callback that failed, for the error that it becomes. Guarded by the interpreter's lock.
nb::object& last_failure() {
  static auto& failure = *new nb::object;
  return failure;
}

/// Objects that nobody holds any more. A node may die on any thread and with the graph's lock held, where Python must
/// not be called: the interpreter's main thread gives them up, a little later.
class Given {
 public:
  static void add(PyObject* object) {
    {
      std::lock_guard lock(self().mutex_);
      self().waiting_.push_back(object);
    }
    if (Py_IsInitialized()) Py_AddPendingCall([](void*) { return drain(), 0; }, nullptr);
  }

  static void drain() {
    std::vector<PyObject*> list;
    {
      std::lock_guard lock(self().mutex_);
      list.swap(self().waiting_);
    }
    for (PyObject* object : list) Py_DECREF(object);
  }

 private:
  static Given& self() {
    static auto& all = *new Given;
    return all;
  }
  std::mutex mutex_;
  std::vector<PyObject*> waiting_;
};

class PythonFunction : public ir::HostFunction {
 public:
  explicit PythonFunction(nb::object function) : function_(std::move(function)) {}
  ~PythonFunction() override { Given::add(function_.release().ptr()); }

  void call(std::span<const ir::TensorRef> in, std::span<const ir::TensorRef> out) override {
    nb::gil_scoped_acquire interpreter;
    try {
      List arrays;
      for (const ir::TensorRef& x : in) arrays.push_back(from_bytes(x.dtype, Shape(x.shape), x.data, {}));
      List results = nb::cast<List>(function_(arrays));
      if (results.size() != out.size()) throw ValueError(cat("gave ", results.size(), " results, not ", out.size()));
      for (size_t k = 0; k < out.size(); ++k) store(results[k], out[k], k);
    } catch (nb::python_error& error) {
      last_failure() = nb::borrow(error.value());
      nb::object text =
          nb::str("the function raised {}: {}").attr("format")(error.type().attr("__name__"), error.value());
      throw ir::CallbackError(nb::cast<std::string>(text));
    } catch (const Error& error) {
      throw ir::CallbackError(error.what());
    }
  }

 private:
  static void store(const Array& x, const ir::TensorRef& to, size_t number) {
    Shape wanted(to.shape);
    if (x.dtype() != to.dtype || !(x.shape() == wanted))
      throw ShapeError(cat("the function gave ", x.dtype(), x.shape(), " as result ", number, ", where ", to.dtype,
                           wanted, " was promised"));
    if (to.data) std::memcpy(to.data, read(x), static_cast<size_t>(to.bytes()));
  }

  nb::object function_;
};

/// A function with the types of its results, ready to be called by nodes.
struct Callback {
  ir::HostCall host;
};

}  // namespace

PyObject* take_callback_failure() { return last_failure().release().ptr(); }

void add_callbacks(nb::module_& m) {
  // Before the interpreter ends: nodes that are cached would keep functions longer.
  nb::module_::import_("atexit").attr("register")(nb::cpp_function([] {
    ir::forget_host_functions();
    Given::drain();
  }));
  ir::host_lock = {[]() -> void* { return Py_IsInitialized() && PyGILState_Check() ? PyEval_SaveThread() : nullptr; },
                   [](void* held) { PyEval_RestoreThread(static_cast<PyThreadState*>(held)); }};
  nb::class_<Callback>(m, "Callback")
      .def("__init__",
           [](Callback* self, nb::object function, const std::vector<std::vector<int64_t>>& shapes,
              const nb::list& dtypes) {
             std::vector<ir::TypeRef> types;
             for (size_t k = 0; k < shapes.size(); ++k)
               types.push_back(ir::intern_type(to_dtype(dtypes[k].ptr()), Shape(shapes[k])));
             new (self) Callback{ir::register_host(std::make_shared<PythonFunction>(std::move(function)), types)};
           })
      .def("__call__", [](const Callback& self, const List& operands, bool vectorized) {
        return ops::Callback::call(self.host, vectorized, operands, user_line());
      });
}

}  // namespace koine::python
