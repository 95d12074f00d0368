// The exceptions of Koine.
#pragma once

#include <exception>
#include <string_view>

namespace koine {

/// Base of every exception that Koine throws. The text is shared by copies, so copying never throws.
/// What it quotes of others, as names in files, is printable: control characters are written out, as \x1b.
/// Text about an op reads "[op] what is wrong" and, on lines of its own, "  at file.cpp:12".
class Error : public std::exception {
 public:
  explicit Error(std::string_view text);
  Error(const Error& other) noexcept;
  Error& operator=(const Error& other) noexcept;
  ~Error() override;

  /// The full text.
  const char* what() const noexcept override;

 private:
  struct Text;
  Text* text_;
};

/// Shapes do not fit, a size overflows, or a question about a symbolic size has no answer.
class ShapeError : public Error {
  using Error::Error;
};

/// A dtype is not accepted, or two do not combine.
class DTypeError : public Error {
  using Error::Error;
};

/// An index, axis or position is out of range.
class IndexError : public Error {
  using Error::Error;
};

/// An argument has a value that is not allowed.
class ValueError : public Error {
  using Error::Error;
};

/// A number does not fit the dtype that it has to take.
class OverflowError : public ValueError {
  using ValueError::ValueError;
};

/// A value was asked for where only its shape is known, or an array left its trace.
class TraceError : public Error {
  using Error::Error;
};

/// A derivative was asked for that does not exist.
class NotDifferentiable : public Error {
  using Error::Error;
};

/// A file or text does not follow its format.
class FormatError : public Error {
  using Error::Error;
};

/// A configuration has unknown, missing or contradictory settings.
class ConfigError : public Error {
  using Error::Error;
};

/// A device has no room for a buffer.
class OutOfMemory : public Error {
  using Error::Error;
};

/// A device is absent or failed.
class DeviceError : public Error {
  using Error::Error;
};

/// A file cannot be opened, read or written.
class IoError : public Error {
  using Error::Error;
};

}  // namespace koine
