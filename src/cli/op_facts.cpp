#include "cli/op_facts.h"

#include "base/format.h"

namespace koine::cli {

namespace {

constexpr const char* cell_names[ir::cell_count] = {
    "forward",    "jvp",      "vjp",       "second order", "vmap",      "vmap of vjp", "vjp of vmap",
    "jvp of vjp", "symbolic", "zero size", "strided",      "broadcast", "dtypes",      "poison"};

constexpr const char* reason_texts[] = {"no reason",
                                        "it has no derivative",
                                        "differences straddle a jump",
                                        "no operand's size can vary",
                                        "it does not broadcast",
                                        "control flow has tests of its own over real bodies",
                                        "random results are compared by distribution and by bits"};

constexpr const char* type_names[] = {"bool",  "integer", "number", "text",  "dtype", "list of integers",
                                      "shape", "axes",    "number", "graphs"};

const ir::OwnRules& own_rules_of(const ir::OpSpec& op) {
  const auto table = ir::op_table();
  for (size_t i = 0; i < table.size(); ++i)
    if (table[i] == &op) return ir::own_rules()[i];
  throw ValueError(cat("'", op.name, "' is not in the table of ops"));
}

}  // namespace

std::vector<RuleFact> rule_facts(const ir::OpSpec& op) {
  const ir::OwnRules& own = own_rules_of(op);
  const auto derivative = [&op](const char* rule, bool is_own) -> RuleFact {
    if (op.not_differentiable) return {rule, "none", op.not_differentiable};
    return {rule, is_own ? "own" : "derived", ""};
  };
  return {derivative("jvp", own.jvp),
          derivative("vjp", own.vjp),
          {"vmap", own.vmap ? "own" : "derived", ""},
          {"reference", own.reference ? "own" : "derived", ""}};
}

std::vector<AttrFact> attr_facts(const ir::OpSpec& op) {
  std::vector<AttrFact> facts;
  if (!op.attrs.make) return facts;
  const auto defaults = op.attrs.make();
  for (const ir::AttrField& field : op.attrs.fields) {
    const ir::AttrValue value = field.get(defaults.get());
    std::string fallback = to_string(value);
    if (std::holds_alternative<ir::Graphs>(value)) fallback = "-";
    facts.push_back({field.name, type_names[value.index()], fallback, field.doc});
  }
  return facts;
}

std::string call_text(const ir::OpSpec& op) {
  std::vector<std::string> parts(op.args.begin(), op.args.end());
  std::vector<std::string> settings;
  for (const AttrFact& attr : attr_facts(op)) settings.push_back(cat(".", attr.name, " = ", attr.fallback));
  if (!settings.empty()) parts.push_back(cat("{", listed(settings), "}"));
  return cat(op.name, "(", listed(parts, ""), ")");
}

std::vector<std::string> visible_outputs(const ir::OpSpec& op) {
  std::vector<std::string> names;
  for (const char* output : op.outputs)
    if (output[0] != '_') names.emplace_back(output);
  return names;
}

std::string onnx_text(const ir::OpSpec& op) {
  return op.onnx.name ? cat(op.onnx.name, " since opset ", op.onnx.since) : "-";
}

std::vector<std::string> exemption_texts(const ir::OpSpec& op) {
  std::vector<std::string> texts;
  for (const ir::Exemption& exemption : op.exemptions)
    texts.push_back(
        cat(cell_names[static_cast<int>(exemption.cell)], ": ", reason_texts[static_cast<int>(exemption.reason)]));
  return texts;
}

std::string listed(const std::vector<std::string>& parts, const char* empty) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text.empty() ? empty : text;
}

}  // namespace koine::cli
