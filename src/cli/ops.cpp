// What the table of ops says: a list, the card of one op, the reference of all.
#include "base/format.h"
#include "cli/commands.h"
#include "cli/op_facts.h"
#include "cli/table.h"

#include <koine/error.h>

#include <iostream>

namespace koine::cli {

namespace {

using enum Table::Align;

// The first sentence.
std::string short_doc(const ir::OpSpec& op) {
  const std::string_view doc = op.doc;
  const size_t end = doc.find_first_of(".;");
  return std::string(doc.substr(0, end));
}

// In cells of Markdown a bar ends the cell.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) safe += c == '|' ? std::string("\\|") : std::string(1, c);
  return safe;
}

constexpr int family_count = 8;

template <class F>
void for_each_family(F f) {
  for (int i = 0; i < family_count; ++i) {
    std::vector<const ir::OpSpec*> members;
    for (const ir::OpSpec* op : ir::op_table())
      if (static_cast<int>(op->family) == i) members.push_back(op);
    if (!members.empty()) f(ir::name(static_cast<ir::Family>(i)), members);
  }
}

}  // namespace

void list_ops() {
  for_each_family([](const char* family, const std::vector<const ir::OpSpec*>& members) {
    std::cout << family << '\n';
    Table table({left, left, left});
    for (const ir::OpSpec* op : members) table.add({"", op->name, short_doc(*op)});
    table.write(std::cout);
    std::cout << '\n';
  });
  std::cout << ir::op_table().size() << " ops; koine op NAME shows one\n";
}

void show_op(const std::string& name) {
  const ir::OpSpec* op = ir::find_op(name);
  if (!op) {
    std::vector<std::string_view> names;
    for (const ir::OpSpec* known : ir::op_table()) names.emplace_back(known->name);
    const std::string guess = did_you_mean(name, names);
    throw ValueError(cat("there is no op '", name, "'", guess.empty() ? "; koine op lists all" : guess));
  }
  std::cout << op->name << ", " << ir::name(op->family) << (op->internal ? ", internal" : "") << "\n\n  "
            << call_text(*op) << "\n  " << op->doc << '\n'
            << (op->shapes ? cat("  ", op->shapes, "\n") : "") << '\n';
  Table facts({left, left});
  facts.add({"operands", listed({op->args.begin(), op->args.end()})});
  facts.add({"results", listed(visible_outputs(*op))});
  for (const RuleFact& fact : rule_facts(*op))
    facts.add({fact.rule, fact.reason.empty() ? fact.source : cat(fact.source, ": ", fact.reason)});
  facts.add({"ONNX", onnx_text(*op)});
  facts.add({"file", op->file});
  const std::vector<std::string> exemptions = exemption_texts(*op);
  for (size_t i = 0; i < exemptions.size(); ++i) facts.add({i ? "" : "not tested", exemptions[i]});
  facts.write(std::cout);
  const std::vector<AttrFact> attrs = attr_facts(*op);
  if (attrs.empty()) return;
  std::cout << "\nattributes\n";
  Table table({left, left, left, left, left});
  for (const AttrFact& attr : attrs) table.add({"", attr.name, attr.type, cat("= ", attr.fallback), attr.doc});
  table.write(std::cout);
}

void write_op_reference() {
  std::cout
      << "# Ops\n\n"
         "Written by `koine op --reference` from the files of the ops; do not edit. A rule is *own* when the op's\n"
         "file writes it, else *derived* from its family or body; `-` where there is none.\n";
  for_each_family([](const char* family, const std::vector<const ir::OpSpec*>& members) {
    std::cout << "\n## " << family << "\n\n| op | jvp | vjp | vmap | reference | ONNX |\n|---|---|---|---|---|---|\n";
    for (const ir::OpSpec* op : members) {
      std::cout << "| `" << op->name << "` |";
      for (const RuleFact& fact : rule_facts(*op))
        std::cout << ' ' << (fact.source == "none" ? "-" : fact.source) << " |";
      std::cout << ' ' << onnx_text(*op) << " |\n";
    }
    for (const ir::OpSpec* op : members) {
      std::cout << "\n### " << op->name << "\n\n`" << call_text(*op) << "`\n\n" << op->doc << '\n';
      if (op->shapes) std::cout << '\n' << op->shapes << '\n';
      if (op->example) std::cout << "\nIn Python:\n\n```python\n" << op->example << "\n```\n";
      const std::vector<std::string> outputs = visible_outputs(*op);
      if (outputs.size() > 1) std::cout << "\nResults: " << listed(outputs) << ".\n";
      if (op->not_differentiable) std::cout << "\nNo derivative: " << op->not_differentiable << ".\n";
      const std::vector<AttrFact> attrs = attr_facts(*op);
      if (!attrs.empty()) std::cout << "\n| attribute | type | default | meaning |\n|---|---|---|---|\n";
      for (const AttrFact& attr : attrs)
        std::cout << "| `" << attr.name << "` | " << attr.type << " | `" << escaped(attr.fallback) << "` | "
                  << escaped(attr.doc) << " |\n";
    }
  });
}

}  // namespace koine::cli
