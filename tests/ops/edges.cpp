// What the samples of the ops do not reach, from edges.json: calls that are refused, with which error and what it says,
// calls just within what is allowed, attributes that mean the same, and slopes where a function has a corner, by its
// op's documentation.
#include "ir/node.h"
#include "ops/harness.h"

#include <doctest/doctest.h>

#include <koine/error.h>

#include <cmath>
#include <fstream>

namespace koine::optest {
namespace {

using namespace ir;

/// Calls `body` with the entries of a list that belong to tested ops; their text is shown with failures.
template <class F>
void for_each_entry(const char* list, F&& body) {
  std::ifstream file("tests/ops/edges.json");
  const nlohmann::json all = nlohmann::json::parse(file);
  const std::vector<const OpSpec*> tested = tested_ops();
  for (const nlohmann::json& entry : all.at(list)) {
    const OpSpec* op = find_op(entry.at("op").get<std::string>());
    const std::string text = entry.dump();
    CAPTURE(text);
    REQUIRE(op);
    if (std::find(tested.begin(), tested.end(), op) != tested.end()) body(*op, entry);
  }
}

/// "float32[2,3]" as a type.
TypeRef type_from(const std::string& text) {
  const size_t bracket = text.find('[');
  Shape shape;
  for (int64_t size : nlohmann::json::parse(text.substr(bracket)).get<std::vector<int64_t>>()) shape.push_back(size);
  return intern_type(dtype_from_name(text.substr(0, bracket)), shape);
}

std::vector<TypeRef> types_from(const nlohmann::json& list) {
  std::vector<TypeRef> types;
  for (const nlohmann::json& text : list) types.push_back(type_from(text.get<std::string>()));
  return types;
}

struct Refusal {
  const char* error = "none";
  std::string text;
};

Refusal refusal_of(const OpSpec& op, const nlohmann::json& entry) {
  try {
    types_after(op, attrs_from(op, entry.at("attrs")).get(), types_from(entry.at("in")));
  } catch (const ShapeError& error) {
    return {"ShapeError", error.what()};
  } catch (const DTypeError& error) {
    return {"DTypeError", error.what()};
  } catch (const IndexError& error) {
    return {"IndexError", error.what()};
  } catch (const ValueError& error) {
    return {"ValueError", error.what()};
  }
  return {};
}

TEST_CASE("edges: calls that cannot be are refused with the error of their cause") {
  for_each_entry("refused", [](const OpSpec& op, const nlohmann::json& entry) {
    const Refusal refusal = refusal_of(op, entry);
    CAPTURE(refusal.text);
    CHECK(refusal.error == entry.at("error").get<std::string>());
    CHECK(refusal.text.find(entry.value("says", "")) != std::string::npos);
    // "[op] what is wrong", the operands, the line: each once.
    CHECK(refusal.text.rfind("[", 0) == 0);
    CHECK(refusal.text[refusal.text.find("] ") + 2] != '[');
    for (const char* part : {"\n  operands:", "\n  at "}) CHECK(refusal.text.find(part) == refusal.text.rfind(part));
  });
}

TEST_CASE("edges: calls just within what is allowed are accepted") {
  for_each_entry("accepted", [](const OpSpec& op, const nlohmann::json& entry) {
    CHECK(types_after(op, attrs_from(op, entry.at("attrs")).get(), types_from(entry.at("in"))) ==
          types_from(entry.at("out")));
  });
}

TEST_CASE("edges: attributes that mean the same are stored as the same") {
  for_each_entry("same", [](const OpSpec& op, const nlohmann::json& entry) {
    Arrays operands;
    for (TypeRef type : types_from(entry.at("in"))) operands.push_back(make_placeholder(type, "a test", {}));
    std::vector<AttrRef> stored;
    for (const nlohmann::json& attrs : entry.at("attrs"))
      stored.push_back(node_of(apply(op, attrs_from(op, attrs).get(), operands)[0])->attrs);
    for (const AttrRef& attrs : stored) CHECK(to_string(attrs.get()) == to_string(stored[0].get()));
  });
}

TEST_CASE("edges: simple numbers are constants of the graph, others are inputs of its program") {
  const Array x = make_placeholder(intern_type(complex64, {}), "a test", {});
  auto is_constant = [&](const Arg& number) { return node_of(x * number)->in()[1]->node->op != nullptr; };
  for (double simple : {0.0, 1.0, -1.0, 2.0, 0.5}) CHECK(is_constant(simple));
  for (double other : {-0.0, -2.0, 3.0, 0.625, 0.3}) CHECK(!is_constant(other));
  CHECK(is_constant(7));
  CHECK(!is_constant(std::complex<double>(1, 0)));
}

/// A number, "inf", "-inf" or "nan", or a pair of numbers: real and imaginary part.
std::complex<double> number_from(const nlohmann::json& value) {
  if (value.is_array()) return {value[0].get<double>(), value[1].get<double>()};
  return value.is_number() ? value.get<double>() : std::stod(value.get<std::string>());
}

Tensor vector_from(const nlohmann::json& list) {
  Numbers values;
  for (const nlohmann::json& value : list) values.push_back(number_from(value));
  return tensor_of(list.at(0).is_array() ? complex128 : float64, {static_cast<int64_t>(values.size())}, values);
}

TEST_CASE("edges: slopes at corners are those that are documented, forward and in reverse") {
  for_each_entry("slopes", [](const OpSpec& op, const nlohmann::json& entry) {
    Call call{&op, attrs_from(op, entry.at("attrs")), {}};
    for (const nlohmann::json& operand : entry.at("in")) call.in.push_back(vector_from(operand));
    GraphRef graph = graph_of(call);
    const Mask wrt(call.in.size(), 1);
    // Slopes of the sum of the first result.
    Tensors backward = call.in;
    const Tensors result = run(graph, call.in);
    backward.push_back(tensor_of(result[0].dtype, result[0].shape, Numbers(numbers(result[0]).size(), 1.0)));
    const Tensors slopes = run(transform::vjp(graph, wrt), backward);
    for (size_t i = 0; i < call.in.size(); ++i) {
      const Tensor want = vector_from(entry.at("slopes")[i]);
      CHECK(difference(slopes[graph->outputs.size() + i], want, 1e-12) == "");
      // Along each element in turn.
      const Numbers each = numbers(want);
      for (size_t k = 0; k < each.size(); ++k) {
        Tensors forward = call.in;
        for (size_t j = 0; j < call.in.size(); ++j) {
          Numbers direction(numbers(call.in[j]).size());
          if (j == i) direction[k] = 1;
          forward.push_back(tensor_of(call.in[j].dtype, call.in[j].shape, direction));
        }
        const Tensors tangents = run(transform::jvp(graph, wrt), forward);
        std::complex<double> total = 0;
        for (std::complex<double> part : numbers(tangents[graph->outputs.size()])) total += part;
        // An infinite slope elsewhere times a tangent of zero is not a number.
        if (std::isfinite(total.real())) CHECK(total.real() == doctest::Approx(each[k].real()).epsilon(1e-12));
      }
    }
  });
}

}  // namespace
}  // namespace koine::optest
