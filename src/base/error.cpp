#include <koine/error.h>

#include "base/printable.h"

#include <atomic>
#include <string>
#include <utility>

namespace koine {

struct Error::Text {
  std::atomic<int> owners = 1;
  std::string text;
};

Error::Error(std::string_view text) : text_(new Text{.text = printable(text)}) {}

Error::Error(const Error& other) noexcept : std::exception(other), text_(other.text_) {
  text_->owners.fetch_add(1, std::memory_order_relaxed);
}

Error& Error::operator=(const Error& other) noexcept {
  Error copy(other);
  std::swap(text_, copy.text_);
  return *this;
}

Error::~Error() {
  if (text_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete text_;
}

const char* Error::what() const noexcept { return text_->text.c_str(); }

}  // namespace koine
