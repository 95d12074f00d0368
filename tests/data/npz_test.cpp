#include <koine/data.h>
#include <koine/ops.h>

#include "support/numpy_files.h"
#include "support/temp_folder.h"

#include <algorithm>
#include <limits>

using namespace koine;
using namespace koine::testing;

namespace {

constexpr int64_t rows = 500;

// Shapes of NumPy's text.
std::vector<std::pair<std::string, std::string>> arrays() {
  std::string x, y, flags;
  for (int64_t i = 0; i < rows * 3; ++i) x += bytes_of(0.25f * static_cast<float>(i % 701));
  for (int64_t i = 0; i < rows; ++i) {
    y += bytes_of(i % 7);
    flags += static_cast<char>(i % 3 == 0);
  }
  return {{"x.npy", npy("<f4", "(500, 3)", x)},
          {"y.npy", npy("<i8", "(500,)", y)},
          {"z.npy", npy("|b1", "(500, 1)", flags)}};
}

bool same_bytes(const Array& a, const Array& b) {
  return a.dtype() == b.dtype() && a.shape() == b.shape() && a.to_vector<double>() == b.to_vector<double>();
}

}  // namespace

TEST_CASE("npz: examples of other orders are read to the same numbers, in memory or not") {
  TempFolder folder;
  std::string big;
  for (int64_t i = 0; i < rows * 2; ++i) big += std::string({static_cast<char>(i >> 8), static_cast<char>(i)});
  // Column after column: element (row, column) is at column * rows + row.
  const std::string path = folder.write(
      "a.npz",
      zip({{"big.npy", npy(">u2", "(500, 2)", big)}, {"f.npy", npy(">u2", "(500, 2)", big, "True")}}, Packing::stored));
  for (const int64_t memory : {100, 1 << 20}) {
    const data::Dataset rows_first = data::npz_examples(path, {.x = "big", .y = "", .memory = memory});
    CHECK(rows_first.rows(300, 301).x.to_vector<int64_t>() == Ints{600, 601});
    const data::Dataset columns_first = data::npz_examples(path, {.x = "f", .y = "", .memory = memory});
    CHECK(columns_first.rows(300, 301).x.to_vector<int64_t>() == Ints{300, 800});
  }
}

TEST_CASE("npz: examples that are larger than the memory they may take are read to the same numbers") {
  TempFolder folder;
  for (const Packing packing : {Packing::stored, Packing::deflated}) {
    const std::string path = folder.write("a.npz", zip(arrays(), packing));
    const data::Dataset whole = data::npz_examples(path), there = data::npz_examples(path, {.memory = 100});
    CHECK_FALSE(whole.reader);
    REQUIRE(there.reader);
    CHECK(there.size() == rows);
    CHECK(there.example() == Shape{3});
    CHECK(same_bytes(there.y, whole.y));
    const Ints some{499, 0, 17, 18, 19, 17};
    CHECK(same_bytes(there.take(some).x, whole.take(some).x));
    CHECK(same_bytes(there.rows(0, rows).x, whole.x));
    const data::BatchOptions how{.epochs = 2, .shuffle = Key(3)};
    const data::Batches others = there.batches(70, how), wholes = whole.batches(70, how);
    auto other = others.begin();
    for (const auto& [x, y] : wholes) {
      CHECK(same_bytes((*other).x, x));
      CHECK(same_bytes((*other).y, y));
      ++other;
    }
    const data::Dataset flags = data::npz_examples(path, {.x = "z", .y = "", .memory = 100});
    REQUIRE(flags.reader);
    CHECK_FALSE(flags.y.defined());
    CHECK(flags.rows(0, 4).x.dtype() == bool_);
    CHECK(flags.rows(0, 4).x.to_vector<int>() == std::vector<int>{1, 0, 0, 1});
    CHECK(contains(message_of<IndexError>([&] { data::npz_examples(path, {.x = "w"}); }), "'w', but x, y, z"));
    // Memory that is just enough.
    CHECK_FALSE(data::npz_examples(path, {.memory = rows * 12}).reader);
    CHECK(data::npz_examples(path, {.memory = rows * 12 - 1}).reader);
  }
}

TEST_CASE("npz: an archive with any byte damaged is refused or gives the same examples, in memory or not") {
  TempFolder folder;
  std::string x;
  for (int i = 0; i < 8; ++i) x += bytes_of(static_cast<float>(i));
  for (const Packing packing : {Packing::stored, Packing::deflated}) {
    const std::string good = zip({{"x.npy", npy("<f4", "(4, 2)", x)}}, packing);
    const Array wanted = data::npz_examples(folder.write("g.npz", good), {.y = ""}).x;
    int refused = 0;
    for (size_t i = 0; i < good.size(); ++i)
      for (const int64_t memory : {int64_t{0}, int64_t{1} << 20})
        for (const int kind : {0, 1}) {
          std::string bad = good;
          if (kind == 0)
            bad[i] = static_cast<char>(bad[i] ^ 0x55);
          else
            bad.resize(i);
          CAPTURE(i);
          try {
            const data::Dataset found = data::npz_examples(folder.write("d.npz", bad), {.y = "", .memory = memory});
            CHECK(same_bytes(found.rows(0, found.size()).x, wanted));
          } catch (const FormatError&) {
            ++refused;
          } catch (const IndexError&) {
            ++refused;  // its name was damaged
          }
        }
    CHECK(refused > static_cast<int>(3 * good.size()));
  }
  // With the archive's own checksum wrong the error names file and array.
  std::string bad = zip({{"x.npy", npy("<f4", "(4, 2)", x)}}, Packing::stored);
  bad[bad.find(bytes_of(7.0f))] ^= 1;
  const std::string path = folder.write("bad.npz", bad);
  for (const int64_t memory : {int64_t{0}, int64_t{1} << 20})
    CHECK(contains(message_of<FormatError>([&] { data::npz_examples(path, {.y = "", .memory = memory}); }),
                   "bad.npz, x.npy: damaged, its checksum"));
}

TEST_CASE("npz: what a header claims is not believed") {
  TempFolder folder;
  const auto error = [&](const std::string& header_shape, const std::string& descr, const std::string& data) {
    std::string all;
    for (const Packing packing : {Packing::stored, Packing::deflated}) {
      const std::string path = folder.write("h.npz", zip({{"x.npy", npy(descr, header_shape, data)}}, packing));
      for (const int64_t memory : {int64_t{0}, std::numeric_limits<int64_t>::max()})
        all += message_of<FormatError>([&] { data::npz_examples(path, {.y = "", .memory = memory}); }) + "\n";
    }
    CHECK(std::count(all.begin(), all.end(), '\n') == 4);
    CHECK(all.find("\n\n") == std::string::npos);
    return all;
  };
  CHECK(contains(error("(1099511627776, 4)", "<f4", "abcdefgh"), "h.npz, x.npy: "));
  CHECK(contains(error("(1, 1099511627776)", "<f4", "abcdefgh"), "h.npz, x.npy: "));
  CHECK(contains(error("(99999999999, 99999)", "<f8", ""), "an array of shape"));
  CHECK(contains(error("(2, 1)", "<f4", "abcdefghi"), "follows"));
  CHECK(contains(error("(2, 1)", "|b1", "\1\2"), "neither 0 nor 1"));
}

TEST_CASE("npz: a file that becomes shorter while its examples are read is an error") {
  TempFolder folder;
  const std::string content = zip(arrays(), Packing::stored), path = folder.write("s.npz", content);
  const data::Dataset there = data::npz_examples(path, {.memory = 0});
  CHECK(there.rows(400, 401).x.defined());
  std::filesystem::resize_file(path, content.size() / 4);
  CHECK(contains(message_of<FormatError>([&] { there.rows(400, 401); }), "s.npz: the file became shorter"));
  CHECK(there.rows(0, 1).x.defined());
}

TEST_CASE("npz: an archive whose entries expand beyond the limit together is refused before anything is read") {
  TempFolder folder;
  // 32 arrays of 4 MiB of zeros, each far below what one may expand to.
  const std::string zeros(4 << 20, '\0');
  std::vector<std::pair<std::string, std::string>> files;
  for (int i = 0; i < 32; ++i) files.emplace_back("a" + std::to_string(i) + ".npy", npy("|u1", "(4194304,)", zeros));
  const std::string path = folder.write("bomb.npz", zip(files, Packing::deflated));
  REQUIRE(std::filesystem::file_size(path) < 200'000);
  CHECK(
      contains(message_of<FormatError>([&] { data::npz(path); }), "bomb.npz: expands to more than 200 times its size"));
  CHECK(contains(message_of<FormatError>([&] { data::npz_examples(path, {.x = "a0", .y = ""}); }),
                 "more than 200 times"));
  // Whoever knows better says so.
  CHECK(data::npz_examples(path, {.x = "a0", .y = "", .expansion = 2000}).size() == 4194304);
  files.resize(8);
  CHECK(data::npz(folder.write("small.npz", zip(files, Packing::deflated))).size() == 8);
}
