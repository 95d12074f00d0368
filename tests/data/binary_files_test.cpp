#include <koine/data.h>
#include <koine/ops.h>

#include "support/numpy_files.h"
#include "support/temp_folder.h"

using namespace koine;
using testing::contains;
using testing::message_of;
using testing::npy;
using testing::TempFolder;

namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

template <class F>
std::string error(F read, const std::string& content) {
  TempFolder folder;
  const std::string path = folder.write("file", content);
  return message_of<FormatError>([&] { read(path, data::usual_expansion); });
}

}  // namespace

TEST_CASE("idx: arrays as MNIST has them") {
  TempFolder folder;
  const Array x = data::idx(folder.write("x", bytes({0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 255})));
  CHECK(x.dtype() == uint8);
  CHECK(x.shape() == Shape{2, 1, 2});
  CHECK(x.to_vector<int64_t>() == Ints{1, 2, 3, 255});
  CHECK(data::idx(folder.write("y", bytes({0, 0, 0xb, 1, 0, 0, 0, 1, 1, 2}))).to_vector<int64_t>() == Ints{258});
  const std::string whole = bytes({0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3});
  for (size_t length = 0; length < whole.size(); ++length)
    CHECK(contains(error(data::idx, whole.substr(0, length)), "cut short"));
  CHECK(contains(error(data::idx, whole + "x"), "follows"));
  CHECK(contains(error(data::idx, bytes({0, 0, 8, 2, 127, 0, 0, 0, 127, 0, 0, 0})), "an array of shape"));
  CHECK(contains(error(data::idx, bytes({0, 0, 7, 1, 0, 0, 0, 0})), "no IDX"));
}

TEST_CASE("npy: arrays of NumPy") {
  TempFolder folder;
  const Array x = data::npy(folder.write("x.npy", npy("<i2", "(2, 3)", bytes({1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 0, 1}))));
  CHECK(x.dtype() == int16);
  CHECK(x.shape() == Shape{2, 3});
  CHECK(x.to_vector<int64_t>() == Ints{1, 2, 3, 4, 5, 256});
  CHECK(data::npy(folder.write("s.npy", npy("|u1", "()", bytes({7})))).item<int>() == 7);
  CHECK(data::npy(folder.write("v.npy", npy("<f8", "(1,)", bytes({0, 0, 0, 0, 0, 0, 0xf0, 0x3f}))))
            .to_vector<double>()[0] == 1);
  // Other orders of bytes and of axes: 1 + 2i, and [[1, 3], [2, 4]] column by column.
  const Array big = data::npy(folder.write("b.npy", npy(">c8", "(1,)", bytes({0x3f, 0x80, 0, 0, 0x40, 0, 0, 0}))));
  CHECK(real(big).to_vector<float>() == std::vector<float>{1});
  CHECK(imag(big).to_vector<float>() == std::vector<float>{2});
  const std::string columns = npy(">i2", "(2, 3)", bytes({0, 1, 0, 4, 0, 2, 0, 5, 0, 3, 1, 0}), "True");
  CHECK(data::npy(folder.write("f.npy", columns)).to_vector<int64_t>() == Ints{1, 2, 3, 4, 5, 256});
  CHECK(data::npy(folder.write("f.npy", columns)).shape() == Shape{2, 3});
  const Array bits = data::npy(folder.write("v2.npy", npy("|V2", "(2,)", bytes({0x80, 0x3f, 0, 0xc0}))));
  CHECK(bits.dtype() == bfloat16);
  CHECK(bits.to_vector<float>() == std::vector<float>{1, -2});
  const auto fails = [](const std::string& content, const char* why) {
    CHECK(contains(error(data::npy, content), why));
  };
  fails(npy("<i2", "(2,)", bytes({1, 0})), "cut short");
  fails(npy("<i2", "(1,)", bytes({1, 0, 0})), "follows");
  fails(npy("|O", "(1,)", bytes({1, 0})), "kind 'O'");
  fails(npy("|O8", "(1,)", bytes({1, 0})), "kind 'O8'");
  fails(npy("<i2", "(-1,)", ""), "shape");
  fails(npy("<f8", "(99999999999, 9)", ""), "an array of shape");
  fails("\x93NUMPY", "cut short");
  fails(bytes({1, 2, 3, 4, 5, 6, 7, 8, 9}), "no .npy");
}

TEST_CASE("cifar: planes become pixels") {
  TempFolder folder;
  std::string record(1, 3);
  for (int plane = 0; plane < 3; ++plane) record += std::string(1024, static_cast<char>(10 + plane));
  const data::Dataset set = data::cifar({folder.write("a.bin", record + record), folder.write("b.bin", record)});
  CHECK(set.x.shape() == Shape{3, 32, 32, 3});
  CHECK(set.x.at(2, 5, 7).to_vector<int>() == std::vector<int>{10, 11, 12});
  CHECK(set.y.to_vector<int64_t>() == Ints{3, 3, 3});
  const auto read = [](const std::string& path, double) { data::cifar({path}); };
  CHECK(contains(error(read, record.substr(1)), "no whole number"));
  record[0] = 10;
  CHECK(contains(error(read, record), "has the label 10"));
}
