#pragma once
#include "ir/node.h"

/// The end of a trace, after which values that left it are told from those inside.
namespace koine::ir {

/// The placeholders of a trace that ends with the scope.
class TraceEnd {
 public:
  explicit TraceEnd(std::span<const Array> placeholders) : placeholders_(placeholders.begin(), placeholders.end()) {}
  ~TraceEnd();
  TraceEnd(const TraceEnd&) = delete;
  TraceEnd& operator=(const TraceEnd&) = delete;

 private:
  Arrays placeholders_;
};

}  // namespace koine::ir
