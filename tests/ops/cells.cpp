// Which cells run, which are left out and why, and the table of both at the end.
#include "ops/harness.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iomanip>
#include <iostream>
#include <sstream>

namespace koine::optest {

using namespace ir;

namespace {

constexpr const char* cell_names[cell_count] = {"forward",     "jvp",         "vjp",        "second_order", "vmap",
                                                "vmap_of_vjp", "vjp_of_vmap", "jvp_of_vjp", "symbolic",     "zero_size",
                                                "strided",     "broadcast",   "dtypes",     "poison"};
constexpr const char* reason_names[] = {
    "none", "not_differentiable", "discontinuous", "fixed_shape", "not_elementwise", "control_flow", "random"};
constexpr int reason_count = 7;

struct Tally {
  int run = 0;
  int64_t checks = 0;
  int left_out[reason_count] = {};
};
Tally tallies[cell_count];
int64_t checks = 0;

bool needs_derivative(Cell cell) {
  return cell == Cell::jvp || cell == Cell::vjp || cell == Cell::second_order || cell == Cell::vmap_of_vjp ||
         cell == Cell::vjp_of_vmap || cell == Cell::jvp_of_vjp;
}

bool is_smooth(const OpSpec& op) {
  if (op.not_differentiable) return false;
  for (const Call& call : calls_of(op)) {
    bool result = false;
    for (TypeRef type : types_after(op, call.attrs.get(), types_of(call.in))) result |= is_inexact(type->dtype);
    if (!result) continue;
    for (const Tensor& operand : call.in)
      if (is_inexact(operand.dtype)) return true;
  }
  return false;
}

/// Whether all tangents are zero in spite of operands that move: the op is a constant by definition.
bool stops_derivatives(const OpSpec& op) {
  for (const Call& call : smooth_calls(op)) {
    const Mask wrt = inexact_mask(call.in);
    GraphRef graph = graph_of(call);
    Tensors in = call.in;
    for (size_t i = 0; i < wrt.size(); ++i)
      if (wrt[i]) in.push_back(draw_direction(call.in[i].dtype, call.in[i].shape, i));
    Tensors all = run(transform::jvp(graph, wrt), in);
    for (size_t k = graph->outputs.size(); k < all.size(); ++k)
      for (std::complex<double> tangent : numbers(all[k]))
        if (tangent != 0.0) return false;
  }
  return true;
}

/// "" when what the exemption says is true of the op, as far as it can be seen.
std::string contradiction(const OpSpec& op, const Exemption& exemption) {
  switch (exemption.reason) {
    case Reason::none:
      return "an exemption needs a reason";
    case Reason::not_differentiable:
      return is_smooth(op) && !stops_derivatives(op) ? "exempted as not differentiable, which it is" : "";
    case Reason::not_elementwise:
      return op.family == Family::elementwise ? "exempted as not elementwise, which it is" : "";
    case Reason::control_flow:
      return op.family == Family::control ? "" : "exempted as control flow, which it is not";
    case Reason::random:
      return std::any_of(op.args.begin(), op.args.end(), [](const char* arg) { return std::strcmp(arg, "key") == 0; })
                 ? ""
                 : "exempted as random, but it takes no key";
    default:
      return "";
  }
}

/// The reason that the op's file gives for having no such test: an exemption, or what it says about itself.
Reason left_out(const OpSpec& op, Cell cell) {
  for (const Exemption& exemption : op.exemptions)
    if (exemption.cell == cell) return exemption.reason;
  if (needs_derivative(cell) && !is_smooth(op)) return Reason::not_differentiable;
  if (cell == Cell::broadcast && (op.family != Family::elementwise || op.args.size() < 2))
    return Reason::not_elementwise;
  return Reason::none;
}

void print_table(std::ostream& out) {
  Tally total;
  out << "cells of the ops, run and left out by reason\n";
  auto line = [&](const char* name, const Tally& tally) {
    out << "  " << std::left << std::setw(13) << name << std::right << std::setw(6) << tally.run << " run "
        << std::setw(8) << tally.checks << " checks";
    int sum = 0;
    for (int n : tally.left_out) sum += n;
    out << std::setw(6) << sum << " left out";
    const char* separator = ": ";
    for (int r = 0; r < reason_count; ++r)
      if (tally.left_out[r]) {
        out << separator << reason_names[r] << " " << tally.left_out[r];
        separator = ", ";
      }
    out << "\n";
  };
  for (int c = 0; c < cell_count; ++c) {
    line(cell_names[c], tallies[c]);
    total.run += tallies[c].run;
    total.checks += tallies[c].checks;
    for (int r = 0; r < reason_count; ++r) total.left_out[r] += tallies[c].left_out[r];
  }
  line("total", total);
}

/// Prints the table after the last test.
struct TableAtEnd : doctest::IReporter {
  explicit TableAtEnd(const doctest::ContextOptions& options) : out(*options.cout) {}
  void test_run_end(const doctest::TestRunStats&) override {
    if (std::any_of(tallies, tallies + cell_count, [](const Tally& tally) { return tally.run > 0; })) print_table(out);
  }
  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_case_start(const doctest::TestCaseData&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
  std::ostream& out;
};
REGISTER_LISTENER("cells", 1, TableAtEnd);

}  // namespace

std::vector<const OpSpec*> tested_ops() {
  std::vector<const OpSpec*> found(op_table().begin(), op_table().end());
  const char* wanted = std::getenv("KOINE_TEST_OP");
  if (!wanted || !*wanted) return found;
  found.clear();
  std::istringstream list(wanted);
  for (std::string name; std::getline(list, name, ',');) {
    const OpSpec* op = find_op(name);
    if (!op) throw ValueError("KOINE_TEST_OP names no op: " + name);
    found.push_back(op);
  }
  return found;
}

void for_each_op(Cell cell, const std::function<void(const OpSpec&)>& body) {
  Tally& tally = tallies[static_cast<int>(cell)];
  for (const OpSpec* op : tested_ops()) {
    const std::string name = op->name;
    INFO("op ", name);
    try {
      for (const Exemption& exemption : op->exemptions)
        if (exemption.cell == cell)
          if (std::string text = contradiction(*op, exemption); !text.empty()) FAIL_CHECK(text);
      if (Reason reason = left_out(*op, cell); reason != Reason::none) {
        ++tally.left_out[static_cast<int>(reason)];
        continue;
      }
      int64_t before = checks;
      body(*op);
      if (checks == before) FAIL_CHECK("the cell checked nothing, and no exemption says why");
      tally.checks += checks - before;
      ++tally.run;
    } catch (const Error& error) {
      const std::string text = error.what();
      FAIL_CHECK("the cell ended with an exception: ", text);
    }
  }
}

void expect(const std::string& problem) {
  ++checks;
  if (!problem.empty()) FAIL_CHECK(problem);
}

void expect(const std::string& what, const std::function<std::string()>& check) {
  std::string problem;
  try {
    problem = check();
  } catch (const Error& error) {
    problem = std::string("exception: ") + error.what();
  }
  expect(problem.empty() ? "" : what + ": " + problem);
}

}  // namespace koine::optest
