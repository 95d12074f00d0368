// Standard output and standard error of the command, whose failures are not lost.
#pragma once

#include <iosfwd>
#include <memory>

namespace koine::cli {

/// While it lives, std::cout and std::cerr write to their descriptors through buffers that remember what went wrong. A
/// pipe whose reader has gone is an error like others and ends nobody (SIGPIPE). Descriptors that are closed are
/// filled, so that no file that is opened later takes the place of standard output.
class Streams {
 public:
  Streams();
  ~Streams();
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

  /// Writes what is left and says what failed. Gives the status to end with: the given one, or 1 where something could
  /// not be written; where the reader of standard output has gone, that of SIGPIPE.
  int finish(int status);

 private:
  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
};

/// Whether nobody reads standard output any longer.
bool reader_has_gone();

}  // namespace koine::cli
