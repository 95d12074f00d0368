#include "compile/kernel.h"

#include "base/format.h"
#include "ir/attrs.h"

namespace koine::compile {

namespace {

const char* name(Loop loop) {
  constexpr const char* names[] = {"map", "row", "column"};
  return names[static_cast<int>(loop)];
}

std::string to_string(const Access& access) {
  return cat("b", access.buffer, "[", access.offset, " + ", ir::to_string(ir::AttrValue(access.strides)), "]");
}

std::string literal(const Instr& instr) {
  return is_floating(instr.dtype) ? ir::to_string(ir::AttrValue(instr.number)) : std::to_string(instr.integer);
}

}  // namespace

int fold_lanes(DType dtype) { return dtype == DType::float64 || size_of(dtype) == 8 ? 32 : 64; }

std::string to_string(const Kernel& kernel) {
  std::string text = cat(name(kernel.loop), " over ", ir::to_string(ir::AttrValue(kernel.extents)), " in ",
                         int{kernel.passes}, kernel.passes == 1 ? " pass\n" : " passes\n");
  for (size_t i = 0; i < kernel.code.size(); ++i) {
    const Instr& instr = kernel.code[i];
    text += cat("  %", i, " = ");
    switch (instr.action) {
      case Action::load:
        text += cat("load ", instr.a < kernel.loads.size() ? to_string(kernel.loads[instr.a]) : "?");
        break;
      case Action::constant:
        text += literal(instr);
        break;
      case Action::convert:
        text += cat("convert(%", instr.a, ")");
        break;
      case Action::fold:
        text += cat("fold ", scalar::name(instr.prim), "(%", instr.a, ") from ", literal(instr));
        break;
      case Action::compute:
        text += cat(scalar::name(instr.prim), "(%", instr.a);
        if (scalar::arity(instr.prim) > 1) text += cat(", %", instr.b);
        if (scalar::arity(instr.prim) > 2) text += cat(", %", instr.c);
        text += ")";
        break;
    }
    text += cat(" : ", koine::name(instr.dtype), instr.wide ? "" : " a row", ", pass ", int{instr.pass}, "\n");
  }
  for (const Store& store : kernel.stores) text += cat("  store %", store.value, " to ", to_string(store.to), "\n");
  return text;
}

}  // namespace koine::compile
