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

/// Throws TraceError for an abstract array that left its trace, which has ended: it never gets a value.
void refuse_ended(const Array& x, std::source_location where);

}  // namespace koine::ir
