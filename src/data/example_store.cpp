#include "data/example_store.h"

#include "base/descriptor.h"
#include "base/format.h"

#include <koine/error.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

namespace koine::data {

namespace {

// A piece that is written at once.
constexpr size_t piece = size_t{1} << 22;

Shape with_rows(size_t rows, const Shape& example) {
  Shape shape{static_cast<int64_t>(rows)};
  for (const Dim& dim : example) shape.push_back(dim);
  return shape;
}

/// Examples in somebody else's file. It is not mapped: one that becomes shorter is an error, not the end of the
/// process.
class Stored final : public Reader {
 public:
  Stored(StoredRows rows, DType dtype, const Shape& shape)
      : rows_(std::move(rows)), dtype_(dtype), size_(shape[0].value()), example_(shape) {
    example_.erase(0);
    bytes_ = static_cast<size_t>(count(example_).value()) * size_of(dtype);
  }
  int64_t size() const override { return size_; }
  Shape example() const override { return example_; }
  DType dtype() const override { return dtype_; }
  Array read(const Ints& rows) const override {
    std::vector<std::byte> all(rows.size() * bytes_);
    for (size_t i = 0, next = 0; i < rows.size(); i = next) {
      for (next = i + 1; next < rows.size() && rows[next] == rows[next - 1] + 1;) ++next;
      rows_.file->read_at(rows_.begin + static_cast<uint64_t>(rows[i]) * bytes_,
                          std::span(all).subspan(i * bytes_, (next - i) * bytes_));
    }
    if (dtype_ == bool_ && !are_bools(all)) throw FormatError(cat(rows_.name, ": a bool that is neither 0 nor 1"));
    return from_bytes(dtype_, with_rows(rows.size(), example_), all.data());
  }

 private:
  StoredRows rows_;
  DType dtype_;
  int64_t size_;
  Shape example_;
  size_t bytes_ = 0;
};

}  // namespace

ReaderPtr stored_examples(StoredRows rows, DType dtype, const Shape& shape) {
  return ReaderPtr(new Stored(std::move(rows), dtype, shape));
}

bool are_bools(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b <= std::byte{1}; });
}

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
    if (!write_all(file_, bytes))
      throw IoError(cat("cannot write examples to a temporary file: ", std::strerror(errno),
                        "; TMPDIR names another folder for it"));
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
  DType dtype() const override { return dtype_; }
  Array read(const Ints& rows) const override {
    std::vector<std::byte> all(rows.size() * bytes_);
    for (size_t i = 0; i < rows.size(); ++i)
      std::memcpy(all.data() + i * bytes_, mapped_ + static_cast<size_t>(rows[i]) * bytes_, bytes_);
    return from_bytes(dtype_, with_rows(rows.size(), example_), all.data());
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
  return {from_bytes(dtype_, with_rows(static_cast<size_t>(size_), example_), bytes_.data()), std::move(y)};
}

}  // namespace koine::data
