#include "cli/streams.h"

#include "base/descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>
#include <span>
#include <streambuf>

namespace koine::cli {

namespace {

/// Gathers what is written to a descriptor. After an error nothing more is written.
class Buffer final : public std::streambuf {
 public:
  explicit Buffer(int descriptor) : descriptor_(descriptor) { setp(bytes_.data(), bytes_.data() + bytes_.size()); }
  /// Of the first write that failed; 0 for none.
  int error() const { return error_; }

 protected:
  int sync() override {
    const std::span<const char> waiting(pbase(), pptr());
    if (error_ == 0 && !write_all(descriptor_, std::as_bytes(waiting))) error_ = errno;
    setp(bytes_.data(), bytes_.data() + bytes_.size());
    return error_ == 0 ? 0 : -1;
  }
  int_type overflow(int_type c) override {
    if (sync() != 0) return traits_type::eof();
    if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
    return traits_type::not_eof(c);
  }

 private:
  int descriptor_;
  int error_ = 0;
  std::array<char, 1 << 14> bytes_;
};

// What is opened in the wrong direction fails as the closed descriptor would have.
void fill_closed() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor)
    if (fcntl(descriptor, F_GETFD) < 0 && errno == EBADF)
      static_cast<void>(open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY));
}

const Buffer* standard_output = nullptr;

}  // namespace

struct Streams::Buffers {
  Buffer output{STDOUT_FILENO}, error{STDERR_FILENO};
  std::streambuf *output_before = nullptr, *error_before = nullptr;
};

Streams::Streams() : buffers_(std::make_unique<Buffers>()) {
  fill_closed();
  std::signal(SIGPIPE, SIG_IGN);
  buffers_->output_before = std::cout.rdbuf(&buffers_->output);
  buffers_->error_before = std::cerr.rdbuf(&buffers_->error);
  standard_output = &buffers_->output;
}

Streams::~Streams() {
  std::cout.flush();
  std::cerr.flush();
  standard_output = nullptr;
  std::cout.rdbuf(buffers_->output_before);
  std::cerr.rdbuf(buffers_->error_before);
}

int Streams::finish(int status) {
  std::cout.flush();
  if (reader_has_gone()) return 128 + SIGPIPE;
  if (const int error = buffers_->output.error())
    std::cerr << "koine: cannot write to standard output: " << std::strerror(error) << '\n';
  std::cerr.flush();
  const bool failed = buffers_->output.error() != 0 || buffers_->error.error() != 0;
  return failed && status == 0 ? 1 : status;
}

bool reader_has_gone() { return standard_output && standard_output->error() == EPIPE; }

}  // namespace koine::cli
