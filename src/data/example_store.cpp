#include "data/example_store.h"

#include "base/format.h"

#include <koine/error.h>

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

namespace koine::data {

namespace {

// A piece that is written at once.
constexpr size_t piece = size_t{1} << 22;

}  // namespace

/// The examples of a file, by their numbers.
class ExampleStore::File final : public Reader {
 public:
  File(DType dtype, Shape example, size_t bytes) : dtype_(dtype), example_(std::move(example)), bytes_(bytes) {
    const char* folder = std::getenv("TMPDIR");
    std::string name = cat(folder && *folder ? folder : "/tmp", "/koine-examples-XXXXXX");
    file_ = mkstemp(name.data());
    if (file_ < 0) throw IoError(cat("cannot make a temporary file ", name, ": ", std::strerror(errno)));
    unlink(name.c_str());
  }
  ~File() override {
    if (mapped_) munmap(mapped_, static_cast<size_t>(size_) * bytes_);
    close(file_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0)
        throw IoError(cat("cannot write examples to a temporary file: ", std::strerror(errno),
                          "; TMPDIR names another folder for it"));
      bytes = bytes.subspan(static_cast<size_t>(written));
    }
  }
  // Mapped, so that a row costs no call of the system; the pages are the system's to take back.
  void finish(int64_t size) {
    size_ = size;
    void* mapped = mmap(nullptr, static_cast<size_t>(size) * bytes_, PROT_READ, MAP_SHARED, file_, 0);
    if (mapped == MAP_FAILED) throw IoError(cat("cannot read examples from a temporary file: ", std::strerror(errno)));
    mapped_ = static_cast<std::byte*>(mapped);
  }

  int64_t size() const override { return size_; }
  Shape example() const override { return example_; }
  Array read(const Ints& rows) const override {
    std::vector<std::byte> all(rows.size() * bytes_);
    for (size_t i = 0; i < rows.size(); ++i)
      std::memcpy(all.data() + i * bytes_, mapped_ + static_cast<size_t>(rows[i]) * bytes_, bytes_);
    Shape shape{static_cast<int64_t>(rows.size())};
    for (const Dim& dim : example_) shape.push_back(dim);
    return from_bytes(dtype_, shape, all.data());
  }

 private:
  DType dtype_;
  Shape example_;
  size_t bytes_;
  int file_;
  int64_t size_ = 0;
  std::byte* mapped_ = nullptr;
};

ExampleStore::ExampleStore(DType dtype, Shape example, int64_t memory)
    : dtype_(dtype), example_(std::move(example)), memory_(static_cast<size_t>(memory)) {}
ExampleStore::~ExampleStore() = default;

void ExampleStore::append(std::span<const std::byte> example) {
  bytes_.insert(bytes_.end(), example.begin(), example.end());
  ++size_;
  if (!file_ && bytes_.size() > memory_) {
    file_ = new File(dtype_, example_, example.size());
    held_ = ReaderPtr(file_);
  }
  if (file_ && bytes_.size() >= piece) flush();
}

void ExampleStore::flush() {
  file_->write(bytes_);
  bytes_.clear();
}

Dataset ExampleStore::take(Array y) {
  if (file_) {
    flush();
    file_->finish(size_);
    file_ = nullptr;
    return {{}, std::move(y), std::move(held_)};
  }
  Shape shape{size_};
  for (const Dim& dim : example_) shape.push_back(dim);
  return {from_bytes(dtype_, shape, bytes_.data()), std::move(y)};
}

}  // namespace koine::data
