// What is known of an op, in words.
#pragma once

#include "ir/op_rules.h"
#include "ir/op_spec.h"

#include <string>
#include <vector>

namespace koine::cli {

/// A rule and where it comes from: "own", "derived", or "none" with the reason.
struct RuleFact {
  const char* rule;
  std::string source;
  /// Why there is none; empty otherwise.
  std::string reason;
};
/// jvp, vjp, vmap and reference of an op.
std::vector<RuleFact> rule_facts(const ir::OpSpec& op);

struct AttrFact {
  std::string name, type, fallback, doc;
};
std::vector<AttrFact> attr_facts(const ir::OpSpec& op);

/// "softmax(x, {.axis = -1})".
std::string call_text(const ir::OpSpec& op);
/// The results that users get.
std::vector<std::string> visible_outputs(const ir::OpSpec& op);
/// "Tanh since opset 6", or "-".
std::string onnx_text(const ir::OpSpec& op);

/// What the op's file leaves out of the generated tests: "jvp: differences straddle a jump".
std::vector<std::string> exemption_texts(const ir::OpSpec& op);

/// Parts with ", " between them, or `empty`.
std::string listed(const std::vector<std::string>& parts, const char* empty = "-");

}  // namespace koine::cli
