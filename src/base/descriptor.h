// A file descriptor that is closed with its owner.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <span>
#include <utility>

namespace koine {

class Descriptor {
 public:
  Descriptor() = default;
  /// Negative values stand for none, as open() returns them.
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  bool open() const { return number_ >= 0; }
  int number() const { return number_; }
  /// False, with errno set, when closing reports an error: some file systems tell then that a write failed.
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

  /// Hands the number over to somebody else, who closes it.
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

/// Writes all bytes, waiting where the system asks to. False, with errno set, when it cannot.
bool write_all(int descriptor, std::span<const std::byte> bytes);

}  // namespace koine
