#include "io/safetensors/safetensors.h"
#include "support/temp_folder.h"

#include <koine/error.h>

#include <unistd.h>

#include <cstring>

using namespace koine;
using namespace koine::io::safetensors;
using testing::contains;
using testing::message_of;
using testing::TempFolder;

namespace {

std::string file_of(std::string_view json, std::string_view data = {}) {
  const uint64_t length = json.size();
  std::string out(8, '\0');
  std::memcpy(out.data(), &length, 8);
  return out + std::string(json) + std::string(data);
}

// What follows the path in the message of the error.
std::string error_of(std::string_view bytes) {
  TempFolder folder;
  const std::string path = folder.write("w.safetensors", bytes);
  const std::string message = message_of<FormatError>([&] { Reader reader(path); });
  return message.size() > path.size() + 2 ? message.substr(path.size() + 2) : message;
}
std::string error_of(std::string_view json, std::string_view data) { return error_of(file_of(json, data)); }

std::string tensor(std::string_view name, std::string_view dtype, std::string_view shape, std::string_view offsets) {
  return "\"" + std::string(name) + "\":{\"dtype\":\"" + std::string(dtype) + "\",\"shape\":" + std::string(shape) +
         ",\"data_offsets\":" + std::string(offsets) + "}";
}

template <class T>
std::span<const std::byte> bytes_of(const std::vector<T>& values) {
  return std::as_bytes(std::span(values));
}

const std::vector<float> floats{1, 2, 3, 4, 5, 6};
const std::vector<int64_t> longs{7, -8};

}  // namespace

TEST_CASE("safetensors: tensors and metadata come back") {
  TempFolder folder;
  const std::string path = folder / "w.safetensors";
  write(path,
        {{"a.weight", float32, {2, 3}, bytes_of(floats)},
         {"n", int64, {2}, bytes_of(longs)},
         {"none", float16, {0, 3}, {}},
         {"scalar", int64, {}, bytes_of(longs).subspan(0, 8)}},
        {{"format", "koine"}, {"note", "line\nand \"quote\" \xc3\xa4"}});
  const Reader reader(path);
  CHECK(reader.header().metadata ==
        std::map<std::string, std::string>{{"format", "koine"}, {"note", "line\nand \"quote\" \xc3\xa4"}});
  REQUIRE(reader.header().entries.size() == 4);
  const Entry* weight = reader.find("a.weight");
  REQUIRE(weight);
  CHECK(weight->dtype == float32);
  CHECK(weight->shape == std::vector<int64_t>{2, 3});
  CHECK(std::memcmp(reader.read(*weight).data(), floats.data(), 24) == 0);
  CHECK(std::memcmp(reader.read(*reader.find("n")).data(), longs.data(), 16) == 0);
  CHECK(reader.find("scalar")->shape.empty());
  CHECK(reader.read(*reader.find("none")).empty());
  CHECK(reader.find("b") == nullptr);
}

TEST_CASE("safetensors: every dtype comes back") {
  TempFolder folder;
  const std::string path = folder / "w.safetensors";
  const std::vector<std::byte> data(2 * 16, std::byte{1});
  for (int i = 0; i < dtype_count; ++i) {
    const DType dtype = static_cast<DType>(i);
    CAPTURE(i);
    write(path, {{"x", dtype, {2}, std::span(data).first(2 * size_of(dtype))}});
    const Reader reader(path);
    CHECK(reader.header().entries[0].dtype == dtype);
    CHECK(reader.header().entries[0].shape == std::vector<int64_t>{2});
    CHECK(reader.header().metadata.empty());
    CHECK(reader.read(reader.header().entries[0]).size() == 2 * size_of(dtype));
  }
}

TEST_CASE("safetensors: the bytes of a file are those of the format and do not depend on the order of its tensors") {
  TempFolder folder;
  const TensorBytes a{"a", float32, {2, 3}, bytes_of(floats)}, b{"b", int64, {2}, bytes_of(longs)};
  write(folder / "1", {a, b}, {{"k", "v"}});
  write(folder / "2", {b, a}, {{"k", "v"}});
  CHECK(testing::read_file(folder / "1") == testing::read_file(folder / "2"));
  std::string json = R"({"__metadata__":{"k":"v"},"b":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},)"
                     R"("a":{"dtype":"F32","shape":[2,3],"data_offsets":[16,40]}})";
  json.resize((json.size() + 7) / 8 * 8, ' ');
  std::string data(40, '\0');
  std::memcpy(data.data(), longs.data(), 16);
  std::memcpy(data.data() + 16, floats.data(), 24);
  CHECK(testing::read_file(folder / "1") == file_of(json, data));
}

TEST_CASE("safetensors: what others may write is read") {
  TempFolder folder;
  const std::string json = "{" + tensor("b", "U8", "[2]", "[1,3]") + ", \"__metadata__\" : {} ,\n" +
                           tensor("a", "BOOL", "[]", "[0,1]") + "," + tensor("e", "F64", "[3,0]", "[1,1]") + "}   ";
  const Reader reader(folder.write("w", file_of(json, std::string("\1\5\6"))));
  CHECK(reader.read(*reader.find("b")) == std::vector<std::byte>{std::byte{5}, std::byte{6}});
  CHECK(Reader(folder.write("empty", file_of("{}"))).header().entries.empty());
}

TEST_CASE("safetensors: refuses a damaged length or header") {
  CHECK(error_of("1234567") == "7 bytes are too few for a safetensors file");
  CHECK(contains(error_of("\xff\xff\xff\xff\xff\xff\xff\x7f{}"), "more than the format's 100,000,000"));
  CHECK(contains(error_of(file_of("{}").substr(0, 9)), "cut short in its header: 2 bytes of it, 1 are there"));
  CHECK(error_of("", "") == "the header does not start with '{'");
  CHECK(error_of(" {}", "") == "the header does not start with '{'");
  CHECK(error_of("[]", "") == "the header does not start with '{'");
  CHECK(contains(error_of("{", ""), "the header is not valid JSON at byte 2"));
  CHECK(contains(error_of("{\"a\xff\":{}}", ""), "not valid JSON"));
  CHECK(contains(error_of("{} x", ""), "not valid JSON"));
  CHECK(contains(error_of(std::string_view("{}\0\0", 4), ""), "not valid JSON"));
}

TEST_CASE("safetensors: refuses nesting, however deep") {
  CHECK(error_of("{\"a\":" + std::string(1'000'000, '['), "") == "tensor 'a' is a list, not an object");
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "{\"a\":";
  CHECK(error_of(deep, "") == "tensor 'a': unknown entry 'a'");
  CHECK(error_of(R"({"__metadata__":{"k":{"a":"b"}}})", "") == "the metadata 'k' are an object, not a string");
}

TEST_CASE("safetensors: refuses duplicate keys at every level") {
  const std::string a = tensor("a", "U8", "[1]", "[0,1]");
  CHECK(error_of("{" + a + "," + a + "}", "x") == "the name 'a' appears twice");
  CHECK(error_of(R"({"__metadata__":{},"__metadata__":{}})", "") == "the name '__metadata__' appears twice");
  CHECK(error_of(R"({"__metadata__":{"k":"1","k":"2"}})", "") == "the key 'k' appears twice in the metadata");
  CHECK(error_of(R"({"a":{"dtype":"U8","dtype":"U8"}})", "x") == "tensor 'a': 'dtype' appears twice");
}

TEST_CASE("safetensors: refuses metadata that are not text") {
  CHECK(error_of(R"({"__metadata__":[]})", "") == "the metadata are a list, not an object");
  CHECK(error_of(R"({"__metadata__":{"k":1}})", "") == "the metadata 'k' are a number, not a string");
  CHECK(error_of(R"({"__metadata__":{"k":null}})", "") == "the metadata 'k' are null, not a string");
}

TEST_CASE("safetensors: refuses incomplete or wrong entries") {
  CHECK(error_of(R"({"a":1})", "") == "tensor 'a' is a number, not an object");
  CHECK(error_of(R"({"a":{"shape":[],"data_offsets":[0,1]}})", "x") == "tensor 'a': no dtype");
  CHECK(error_of(R"({"a":{"dtype":"U8","data_offsets":[0,1]}})", "x") == "tensor 'a': no shape");
  CHECK(error_of(R"({"a":{"dtype":"U8","shape":[]}})", "x") == "tensor 'a': no data_offsets");
  CHECK(error_of(R"({"a":{"dtype":"U8","shape":[],"data_offsets":[0,1],"extra":1}})", "x") ==
        "tensor 'a': unknown entry 'extra'");
  CHECK(error_of(R"({"a":{"dtype":8}})", "") == "tensor 'a': the dtype is a number, not a string");
  CHECK(error_of(R"({"a":{"shape":1}})", "") == "tensor 'a': the shape is a number, not a list");
  CHECK(error_of(R"({"a":{"shape":["1"]}})", "") == "tensor 'a': the shape holds a string, not a size");
  CHECK(error_of(R"({"a":{"shape":[[1]]}})", "") == "tensor 'a': the shape holds a list, not a size");
  CHECK(error_of(R"({"a":{"shape":[-1]}})", "") == "tensor 'a': the shape holds a negative number, not a size");
  CHECK(error_of(R"({"a":{"shape":[1.5]}})", "") == "tensor 'a': the shape holds the number 1.5, not a size");
  CHECK(error_of(R"({"a":{"data_offsets":{}}})", "") == "tensor 'a': data_offsets is an object, not a list");
  CHECK(error_of(R"({"a":{"data_offsets":[true]}})", "") == "tensor 'a': data_offsets holds a boolean, not a position");
  CHECK(error_of(R"({"a":{"data_offsets":[0]}})", "") == "tensor 'a': data_offsets needs two numbers");
  CHECK(error_of(R"({"a":{"data_offsets":[0,1,2]}})", "") == "tensor 'a': data_offsets has more than two numbers");
}

TEST_CASE("safetensors: refuses dtypes that do not exist and those that Koine has no equivalent of") {
  CHECK(error_of("{" + tensor("a", "F99", "[]", "[0,1]") + "}", "x") == "tensor 'a': the format has no dtype 'F99'");
  for (const char* dtype : {"F4", "F6_E2M3", "F6_E3M2", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"})
    CHECK(error_of("{" + tensor("a", dtype, "[2]", "[0,2]") + "}", "xx") ==
          "tensor 'a': Koine has no equivalent of the dtype " + std::string(dtype));
}

TEST_CASE("safetensors: refuses shapes that overflow or do not fit the data") {
  const std::string big = "[4611686018427387904,4]";
  CHECK(contains(error_of("{" + tensor("a", "U8", big, "[0,0]") + "}", ""), "overflows"));
  CHECK(contains(error_of("{" + tensor("a", "U8", "[4611686018427387904,4,0]", "[0,0]") + "}", ""), "overflows"));
  CHECK(error_of("{" + tensor("a", "U8", "[9223372036854775808]", "[0,0]") + "}", "") ==
        "tensor 'a': the size 9223372036854775808 is too large");
  CHECK(contains(error_of("{" + tensor("a", "U8", "[99999999999999999999]", "[0,0]") + "}", ""), "not a size"));
  CHECK(error_of("{" + tensor("a", "F32", "[2]", "[0,4]") + "}", "1234") ==
        "tensor 'a': shape [2] of float32 takes 8 bytes, its data have 4");
  std::string ones = "[1";
  for (int i = 0; i < 64; ++i) ones += ",1";
  CHECK(error_of("{" + tensor("a", "U8", ones + "]", "[0,1]") + "}", "1") == "tensor 'a': more than 64 axes");
}

TEST_CASE("safetensors: refuses data with overlap, holes, or beyond the file") {
  const auto pair = [](const char* first, const char* second) {
    return "{" + tensor("a", "U8", "[2]", first) + "," + tensor("b", "U8", "[2]", second) + "}";
  };
  CHECK(error_of(pair("[0,2]", "[1,3]"), "123") == "tensor 'b': its data overlap those of another tensor");
  CHECK(error_of(pair("[0,2]", "[0,2]"), "12") == "tensor 'b': its data overlap those of another tensor");
  CHECK(error_of(pair("[0,2]", "[3,5]"), "12345") == "tensor 'b': 1 unused bytes before its data");
  CHECK(error_of(pair("[1,3]", "[3,5]"), "12345") == "tensor 'a': 1 unused bytes before its data");
  CHECK(error_of(pair("[0,2]", "[2,4]"), "12345") == "1 unused bytes after the last tensor");
  CHECK(error_of(pair("[0,2]", "[2,4]"), "123") == "tensor 'b': its data end at byte 4, the file has 3 bytes of data");
  CHECK(error_of(pair("[2,0]", "[2,4]"), "1234") == "tensor 'a': its data end before they begin");
  CHECK(error_of("{}", "1") == "1 unused bytes after the last tensor");
}

TEST_CASE("safetensors: refuses a bool that is neither 0 nor 1") {
  TempFolder folder;
  const Reader reader(folder.write("w", file_of("{" + tensor("a", "BOOL", "[2]", "[0,2]") + "}", "\1\2")));
  CHECK(contains(message_of<FormatError>([&] { reader.read(reader.header().entries[0]); }), "neither 0 nor 1"));
}

TEST_CASE("safetensors: refuses a mark of complex128 that does not fit") {
  const std::string json = R"({"__metadata__":{"koine.complex128.a":""},)" + tensor("a", "F32", "[2]", "[0,8]") + "}";
  CHECK(error_of(json, "12345678") == "tensor 'a': marked as complex128, but it is float32 of shape [2]");
}

TEST_CASE("safetensors: a file that becomes shorter while it is read") {
  TempFolder folder;
  const std::string path = folder.write("w", file_of("{" + tensor("a", "U8", "[4]", "[0,4]") + "}", "1234"));
  const Reader reader(path);
  REQUIRE(truncate(path.c_str(), 20) == 0);
  CHECK(contains(message_of<FormatError>([&] { reader.read(reader.header().entries[0]); }), "became shorter"));
  std::vector<std::byte> small(3);
  CHECK_THROWS_AS(reader.read(reader.header().entries[0], small), ValueError);
}

TEST_CASE("safetensors: the writer refuses what the format cannot hold, and leaves the old file") {
  TempFolder folder;
  const std::string path = folder.write("w", "old");
  const auto refused = [&](std::vector<TensorBytes> tensors, std::map<std::string, std::string> metadata = {}) {
    return message_of<FormatError>([&] { write(path, tensors, metadata); });
  };
  const auto one = bytes_of(longs).first(8);
  CHECK(contains(refused({{"a", int64, {2}, one}}), "its shape takes 16 bytes, 8 were given"));
  CHECK(contains(refused({{"a", int64, {-1}, one}}), "negative size"));
  CHECK(contains(refused({{"a", int64, {1}, one}, {"a", int64, {1}, one}}), "two tensors are named 'a'"));
  CHECK(contains(refused({{"__metadata__", int64, {1}, one}}), "no tensor can be named"));
  CHECK(contains(refused({{"a\xff", int64, {1}, one}}), "not UTF-8"));
  CHECK(contains(refused({{"a", int64, {1}, one}}, {{"k", "\xff"}}), "not UTF-8"));
  CHECK(testing::read_file(path) == "old");
}

TEST_CASE("safetensors: files that cannot be opened") {
  TempFolder folder;
  CHECK(contains(message_of<IoError>([&] { Reader reader(folder / "none"); }), "none: No such file"));
  CHECK(contains(message_of<IoError>([&] { Reader reader(folder.path().string()); }), "it is a folder"));
}
