// Data sets: examples in arrays, from files, in batches.
#pragma once

#include <koine/key.h>

#include <optional>
#include <utility>

namespace koine::data {

/// A column of a table: its number, negative ones counted from the end, or its name in the header.
class Column {
 public:
  constexpr Column(int64_t number) : number_(number) {}
  constexpr Column(int number) : number_(number) {}
  Column(std::string name) : name_(std::move(name)) {}
  Column(const char* name) : name_(name) {}

  /// Empty when the column is given by its number.
  const std::string& name() const { return name_; }
  int64_t number() const { return number_; }

 private:
  std::string name_;
  int64_t number_ = 0;
};

/// How many times its size a compressed file may expand to when it expands beyond 64 MiB: a larger one may be made to
/// fill the memory. Tables and images become 3 to 50 times as large, Deflate itself ends near 1030.
inline constexpr double usual_expansion = 200;

struct CsvOptions {
  /// The column to learn, or `none` when there is none.
  Column label = -1;
  /// The other columns are multiplied by it.
  double scale = 1;
  /// Whether the first line names the columns; unless given, it does when none of its fields is a number.
  std::optional<bool> header = {};
  /// 0 chooses a tab for names that end in .tsv or .tab (also before .gz), else a comma.
  char delimiter = 0;
  /// What the text is in unless it begins with a byte order mark: empty for UTF-8, else a name that the system knows,
  /// as "latin-1", "windows-1252" or "utf-16".
  std::string encoding = {};
  /// Leave rows that are damaged out, and say here what is wrong with each, in place of an error.
  std::vector<std::string>* damaged = nullptr;
  /// Where set, every row has its place here, with what is wrong with it, empty for those that are examples: those that
  /// are left out, and blank lines between rows.
  std::vector<std::string>* problems = nullptr;
  /// The columns of the inputs by name, in this order, where the table names its columns; empty for all but the label.
  std::vector<std::string> inputs = {};
  /// Where set, the names of the inputs, in their order; none where the table has none.
  std::vector<std::string>* columns = nullptr;
  /// How many bytes of examples are kept in memory; with more all go to a temporary file, from where they are read when
  /// they are needed.
  int64_t memory = int64_t{1} << 32;
  /// How many times its size a compressed file may expand to.
  double expansion = usual_expansion;
};

struct BatchOptions {
  int64_t epochs = 1;
  /// Epoch e (from 0) sees the examples in the order `permutation(fold_in(key, e))`: the same on every machine. Without
  /// a key they keep their order.
  std::optional<Key> shuffle = {};
  /// Leave out the last batch of an epoch when it is smaller.
  bool drop_last = false;
  /// The number of the first epoch, and of its first step, to go on where an earlier range ended.
  int64_t first_epoch = 0, first_step = 0;
};

/// Examples to learn from in one step.
struct Batch {
  Array x, y;
};

class Batches;
struct Split;

/// Examples that lie elsewhere and are read when they are needed, by any thread.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual int64_t size() const = 0;
  /// Of one example.
  virtual Shape example() const = 0;
  virtual DType dtype() const = 0;
  /// The examples of these numbers, in memory: (rows, ...). Throws IoError.
  virtual Array read(const Ints& rows) const = 0;

 private:
  friend class ReaderPtr;
  mutable int64_t holders_ = 0;
};

/// A counted pointer to a reader.
class ReaderPtr {
 public:
  ReaderPtr() = default;
  /// Takes a reader made by `new`.
  explicit ReaderPtr(const Reader* reader) : reader_(reader) { retain(); }
  ReaderPtr(const ReaderPtr& other) : ReaderPtr(other.reader_) {}
  ReaderPtr(ReaderPtr&& other) noexcept : reader_(std::exchange(other.reader_, nullptr)) {}
  ReaderPtr& operator=(ReaderPtr other) noexcept {
    std::swap(reader_, other.reader_);
    return *this;
  }
  ~ReaderPtr() {
    if (reader_ && __atomic_sub_fetch(&reader_->holders_, 1, __ATOMIC_ACQ_REL) == 0) delete reader_;
  }
  explicit operator bool() const { return reader_ != nullptr; }
  const Reader* operator->() const { return reader_; }

 private:
  void retain() const {
    if (reader_) __atomic_add_fetch(&reader_->holders_, 1, __ATOMIC_RELAXED);
  }
  const Reader* reader_ = nullptr;
};

/// Examples x of shape [n, ...] with what is to be learnt of them, y of shape [n] or [n, ...]; y is undefined when
/// there is nothing. Where there is a reader, x is undefined: it has the examples. `weight` of shape [n] says how much
/// each example counts in training (see train::Batch), undefined for all the same.
struct Dataset {
  Array x, y;
  ReaderPtr reader = {};
  Array weight = {};

  bool defined() const { return static_cast<bool>(reader) || x.defined(); }
  int64_t size() const { return reader ? reader->size() : x.size(0); }
  /// Of one example.
  Shape example() const;
  /// Of the examples.
  DType dtype() const { return reader ? reader->dtype() : x.dtype(); }
  /// The examples of these numbers in memory or, where a reader has them, still there. Throws IndexError.
  Dataset subset(const Ints& rows, std::source_location where = std::source_location::current()) const;
  /// The examples [first, last). Throws IndexError when out of range.
  Dataset rows(int64_t first, int64_t last, std::source_location where = std::source_location::current()) const;
  /// The examples of these numbers, in their order. Throws IndexError when one is out of range.
  Dataset take(const Ints& rows, std::source_location where = std::source_location::current()) const;
  /// The first n examples and the others; where a reader has them, still there. Throws IndexError when there are fewer
  /// than n.
  Split split(int64_t n, std::source_location where = std::source_location::current()) const;
  /// With each example in the given shape: [n, 64] and {8, 8, 1} give [n, 8, 8, 1]. Throws ShapeError.
  Dataset shape(const Shape& example, std::source_location where = std::source_location::current()) const;
  /// The range of batches of that many examples. Throws ValueError for a size or a number of epochs below 1 or a first
  /// step that is not in an epoch, and ShapeError when x, y and weight have different lengths.
  Batches batches(int64_t batch, const BatchOptions& options = {},
                  std::source_location where = std::source_location::current()) const;
};

struct Split {
  Dataset first, second;
};

/// A range over the batches of all epochs: `for (auto [x, y] : data.batches(64))`. It may be walked more than once.
class Batches {
 public:
  /// What a range's end compares with.
  struct End {};
  class Iterator {
   public:
    using value_type = Batch;
    using difference_type = std::ptrdiff_t;
    Batch operator*() const;
    Iterator& operator++();
    void operator++(int) { ++*this; }
    bool operator==(End) const { return epoch_ == last_epoch_; }
    /// The epoch and the step in it of the batch, from 0.
    int64_t epoch() const { return epoch_; }
    int64_t step() const { return step_; }

   private:
    friend class Batches;
    explicit Iterator(const Batches& batches);
    void start_epoch(int64_t step);

    const Batches* batches_;
    int64_t epoch_, last_epoch_;
    int64_t step_ = 0;
    Ints order_;
  };

  Iterator begin() const& { return Iterator(*this); }
  /// An iterator points into its range, which would be gone. A loop keeps the range that it walks.
  Iterator begin() const&& = delete;
  End end() const { return {}; }
  /// Steps of one epoch.
  int64_t steps() const;

 private:
  friend struct Dataset;
  Batches(Dataset data, int64_t batch, BatchOptions options)
      : data_(std::move(data)), batch_(batch), options_(std::move(options)) {}

  Dataset data_;
  int64_t batch_;
  BatchOptions options_;
};

/// Parts of n examples for cross-validation: each example is in `second` of one fold and in `first` of the others.
struct Fold {
  Ints first, second;
};
/// Drawn by the key. Throws ValueError unless 2 <= k <= n.
std::vector<Fold> folds(int64_t n, int64_t k, const Key& key,
                        std::source_location where = std::source_location::current());

/// Sequences of different lengths in one array (n, longest), filled up at the end.
struct Padded {
  Array x;
  /// (n).
  Array lengths;
};
Padded pad(const std::vector<Ints>& sequences, int64_t with = 0);

/// The order of an epoch in which the examples of a batch are of about the same length: they are shuffled, sorted
/// within 32 batches at a time, and the batches shuffled again. Follows from key and epoch.
Ints bucketed(const Key& key, int64_t epoch, const Ints& lengths, int64_t batch);

/// Reads a table of numbers, plain or compressed with gzip, an example a row. x is float32 of shape [rows, columns
/// without the label]; y is int64 when all labels are whole numbers, else float32.
/// Throws FormatError with file, line and column of what is no number or no text of the encoding, IndexError for a
/// label that does not exist, and IoError.
Dataset csv(const std::string& path, const CsvOptions& options = {});

/// The array of an IDX file, as MNIST has them, plain or compressed with gzip. Here and below FormatError for a file
/// that is damaged, cut short or another format, or expands to more than so many times its size, and IoError.
Array idx(const std::string& path, double expansion = usual_expansion);
/// The array of a .npy file, in little-endian rows.
Array npy(const std::string& path, double expansion = usual_expansion);
struct NamedArray {
  std::string name;
  Array array;
};
/// The arrays of a .npz file, in its order.
std::vector<NamedArray> npz(const std::string& path, double expansion = usual_expansion);
struct NpzOptions {
  /// The names of the inputs and of what is to be learnt, empty for nothing.
  std::string x = "x", y = "y";
  /// How many bytes of inputs are kept in memory; more are read when they are needed, from the file itself when they
  /// are stored in it as they are (numpy.savez), else from a temporary one.
  int64_t memory = int64_t{1} << 32;
  double expansion = usual_expansion;
};
/// The examples of a .npz file, along the first axes of two of its arrays. Throws IndexError for a name that is not
/// there.
Dataset npz_examples(const std::string& path, const NpzOptions& options = {});
/// CIFAR-10's or CIFAR-100's binary files: x uint8 (examples, 32, 32, 3), y the classes (the fine ones of the hundred).
Dataset cifar(const std::vector<std::string>& paths, bool hundred = false, double expansion = usual_expansion);

struct ImageOptions {
  /// Every image is brought to this size.
  int64_t height = 32, width = 32;
  /// 3, or 1 for grey.
  int64_t channels = 3;
  /// Leave damaged images out, and say which, in place of an error.
  bool skip_damaged = false;
  /// False takes all images below the folder, at any depth, without classes.
  bool classes = true;
  /// That read; 0 for one a core. Their number changes nothing but the time.
  int64_t threads = 0;
  /// As CsvOptions::memory.
  int64_t memory = int64_t{1} << 32;
  /// A larger image is damaged, so that no file can fill the memory: an image takes 3 bytes a pixel while it is read.
  int64_t most_pixels = int64_t{1} << 26;
};
struct ImageFolder {
  /// x uint8 (examples, height, width, channels).
  Dataset examples;
  /// The names of the folders; y counts them. Empty when the images lie in the folder itself; y is then undefined.
  std::vector<std::string> classes;
  /// Of each example.
  std::vector<std::string> files;
  /// An image that was left out, with what is wrong with it, before the example of that number.
  struct LeftOut {
    std::string file, problem;
    int64_t before = 0;
  };
  std::vector<LeftOut> left_out;
};
/// Reads a folder with a folder of images (PNG, JPEG) for each class, or with images, in the order of their names. What
/// is called an image (also .gif, .bmp, .webp, .tif, .tiff, .heic, .avif, .jxl) is one: of another kind than PNG and
/// JPEG it is damaged. Beside folders of classes, images that lie in none are left out.
/// Throws FormatError that names the image that is damaged.
ImageFolder image_folder(const std::string& folder, const ImageOptions& options = {});

}  // namespace koine::data
