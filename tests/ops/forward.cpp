// forward: every op against the reference values of its file in tests/oracle/values.
#include "ops/harness.h"

#include <doctest/doctest.h>

#include <koine/array.h>

#include <map>

namespace koine::optest {
namespace {

using namespace ir;

std::string compare(const Tensor& got, const Tensor& want, const oracle::Tolerance& tolerance) {
  if (got.dtype != want.dtype || got.shape != want.shape) return difference(got, want, 0);
  return oracle::differ(got.dtype, got.shape, got.bytes.data(), want.bytes.data(), tolerance);
}

std::string compare(const Tensors& got, const oracle::Case& one) {
  if (got.size() != one.outputs.size()) return std::to_string(got.size()) + " results";
  for (size_t k = 0; k < got.size(); ++k)
    if (std::string text = compare(got[k], one.outputs[k], one.tolerance); !text.empty())
      return "result " + std::to_string(k) + ": " + text;
  return "";
}

Tensors visible(const OpSpec& op, Tensors all) {
  Tensors shown;
  for (size_t k = 0; k < all.size(); ++k)
    if (op.outputs[k][0] != '_') shown.push_back(std::move(all[k]));
  return shown;
}

/// The file of an op, and those with another name that call it.
std::vector<std::filesystem::path> files_of(const OpSpec& op) {
  static const std::multimap<std::string, std::filesystem::path> others = [] {
    std::multimap<std::string, std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(oracle::values_folder()))
      if (!find_op(entry.path().stem().string())) found.emplace(oracle::load(entry.path()).op, entry.path());
    return found;
  }();
  std::vector<std::filesystem::path> files{oracle::values_folder() / (std::string(op.name) + ".json")};
  for (auto [it, last] = others.equal_range(op.name); it != last; ++it) files.push_back(it->second);
  return files;
}

TEST_CASE("forward: every op gives its reference values") {
  for_each_op(Cell::forward, [](const OpSpec& op) {
    for (const auto& file : files_of(op)) {
      const oracle::Values values = oracle::load(file);
      for (size_t i = 0; i < values.cases.size(); ++i) {
        const oracle::Case& one = values.cases[i];
        expect(file.filename().string() + " case " + std::to_string(i) + " " + one.attrs.dump(), [&] {
          Call call{&op, attrs_from(op, one.attrs), one.inputs};
          std::string text = compare(visible(op, apply(call)), one);
          return text.empty() ? "" : describe(call) + ": " + text;
        });
      }
    }
  });
}

TEST_CASE("forward: every file of reference values is of an op, or of einsum") {
  if (tested_ops().size() != op_table().size()) return;
  for (const auto& entry : std::filesystem::directory_iterator(oracle::values_folder())) {
    const std::string stem = entry.path().stem().string();
    if (find_op(stem)) continue;
    const oracle::Values values = oracle::load(entry.path());
    CAPTURE(stem);
    CHECK((find_op(values.op) || values.op == "einsum"));
    if (values.op != "einsum") continue;
    for (const oracle::Case& one : values.cases) {
      const std::string equation = one.attrs.at("equation").get<std::string>();
      CAPTURE(equation);
      Arrays operands;
      for (const Tensor& operand : one.inputs) operands.push_back(to_array(operand));
      CHECK(compare({read(einsum(equation, operands))}, one) == "");
    }
  }
}

}  // namespace
}  // namespace koine::optest
