#include "base/format.h"
#include "base/location.h"
#include "ir/host.h"
#include "ir/node.h"
#include "ir/rethrow.h"

#include <cstring>

namespace koine {

using ir::scope_set, ir::scope_where;

// The outermost scope is the user's; library layers below it do not hide it.
SourceScope::SourceScope(std::source_location where) : outer_(!scope_set) {
  if (!outer_) return;
  scope_set = true;
  scope_where = where;
}
SourceScope::~SourceScope() {
  if (outer_) scope_set = false;
}

std::string at_line(std::source_location where) { return "\n  at " + ir::to_string(ir::current_source(where)); }

namespace ir {

std::string to_string(const std::source_location& where) {
  if (where.line() == 0) return "unknown line";
  if (const char* text = own_text(where)) return text;
  const char* slash = std::strrchr(where.file_name(), '/');
  return cat(slash ? slash + 1 : where.file_name(), ":", where.line());
}

namespace {
template <class... E>
[[noreturn]] void rethrow_same(const Error& error, const std::string& text) {
  (..., (dynamic_cast<const E*>(&error) ? throw E(text) : void()));
  throw Error(text);
}
}  // namespace

void rethrow_with(const Error& error, const std::string& text) {
  rethrow_same<ShapeError, DTypeError, IndexError, OverflowError, ValueError, TraceError, NotDifferentiable, FormatError, ConfigError,
               OutOfMemory, DeviceError, IoError, CallbackError>(error, text);
}

void rethrow_for_op(const Error& error, const OpSpec& op, std::span<const TypeRef> operands, const AttrBox* attrs,
                    std::source_location where) {
  std::string text = error.what();
  if (text.find("\n  at ") != std::string::npos) rethrow_with(error, text);
  if (text.empty() || text[0] != '[') text = cat("[", op.name, "] ", text);
  text += "\n  operands:";
  for (TypeRef type : operands) text += " " + to_string(*type);
  // Those of an op that users do not call, such as the graph of a loop, say nothing to them.
  if (std::string list = op.internal ? "" : to_string(attrs); !list.empty()) text += "\n  attributes: " + list;
  rethrow_with(error, cat(text, "\n  at ", to_string(where)));
}

}  // namespace ir
}  // namespace koine
