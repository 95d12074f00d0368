#include "train/random_config.h"

#include "support/numpy_files.h"
#include "train/config.h"

#include <filesystem>
#include <fstream>
#include <random>
#include <vector>

namespace koine::testing {

namespace {

using train::SectionInfo;
using train::SettingInfo;

/// Data of a kind, with how to learn them and the last layer.
struct Source {
  const char *data, *train, *last;
};
constexpr Source sources[] = {
    {"file = 'points.csv'", "", "dense = 3"},
    {"file = 'points.csv'\ntest = '12:'", "metrics = ['f1']", "dense = 4"},
    {"file = 'quantity.csv'", "loss = 'mse'", "dense = 1"},
    {"file = 'people.csv'\nlabel = 'score'\nnumeric = ['age']\ncategorical = ['city']", "", "dense = 2"},
    {"file = 'people.csv'\nlabel = 'score'\ntext = 'words'", "",
     "embedding = 2\n[[model]]\ngru = 2\n[[model]]\ndense = 2"},
    {"file = 'people.csv'\ntargets = ['age', 'score']\ncategorical = ['city']\nmissing = ['NA']", "loss = 'mae'",
     "dense = 2"},
    {"file = 'text.txt'\nlength = 8", "", "embedding = 2\n[[model]]\ngru = 2\nsequence = true\n[[model]]\ndense = 6"},
    {"file = 'squares.npz'", "loss = 'binary_cross_entropy'", "flatten = true\n[[model]]\ndense = 1"},
    {"file = 'squares.npz'\nshape = [16]", "", "dense = 2"},
    {"file = 'none.csv'", "", "dense = 1"},
};
// Layers that take an example of any shape.
constexpr const char* plain[] = {"dropout", "batch_norm", "layer_norm", "activation", "rms_norm", "residual", "block"};
// What values are at the limits of what is counted with, and what is none.
constexpr const char* hostile[] = {
    "0",
    "-1",
    "1",
    "2",
    "1000000000",
    "1000000001",
    "4294967296",
    "4611686018427387904",
    "9223372036854775807",
    "-9223372036854775808",
    "0.0",
    "-0.0",
    "1e300",
    "-1e300",
    "1e-300",
    "5e-324",
    "inf",
    "-inf",
    "nan",
    "1e13",
    "0.5",
    "true",
    "false",
    "''",
    "'x'",
    "'\\u202e'",
    "\"\\u001b[31m\"",
    "[]",
    "[0]",
    "[1, 2, 3, 4, 5, 6, 7, 8, 9]",
    "[[1]]",
    "{}",
    "{ a = 1 }",
    "'0:0'",
    "'-1:'",
    "':9223372036854775807'",
    "'9223372036854775807:'",
    "2026-01-01",
    "[1000000000, 1000000000]",
};
constexpr const char* counts[] = {"1", "2", "3", "4", "5", "8", "12"};
constexpr const char* reals[] = {"1e-3", "0.01", "0.1", "1.0", "2.0", "100"};
constexpr const char* parts[] = {"0.1", "0.25", "0.5", "0.9"};
constexpr const char* names[] = {"a", "b", "input", "x", "age", "city"};

class Writer {
 public:
  explicit Writer(uint64_t seed) : random_(seed) {}

  std::string config() {
    // How much of it is right.
    wildness_ = pick(4);
    const Source source = one_of(sources);
    const auto lines = [](const char* text) { return *text ? std::string(text) + "\n" : std::string(); };
    const size_t rare = wildness_ == 0 ? 30 : 8;
    std::string text = with_settings("[data]\n" + lines(source.data), section("data"), rare);
    text +=
        with_settings("[train]\nepochs = 1\nbatch = 8\n" + lines(source.train) + optimizer(), section("train"), rare);
    for (size_t i = pick(5); i > 0; --i) text += "[[model]]\n" + layer(0);
    text += "[[model]]\n" + lines(source.last);
    return wildness_ == 3 && chance(2) ? damaged(text) : text;
  }

 private:
  size_t pick(size_t n) { return static_cast<size_t>(random_() % n); }
  bool chance(size_t one_in) { return pick(one_in) == 0; }
  template <class T, size_t N>
  T one_of(const T (&list)[N]) {
    return list[pick(N)];
  }

  static const std::vector<SectionInfo>& sections() {
    static const std::vector<SectionInfo> all = train::config_sections();
    return all;
  }
  static const SectionInfo& section(const std::string& name) {
    for (const SectionInfo& one : sections())
      if (one.name == name) return one;
    return sections()[0];
  }
  static bool is_layer(const SectionInfo& info) {
    return info.name != "data" && info.name != "train" && info.name != "model" && info.name != "groups" &&
           !info.settings.empty() && info.settings[0].name == info.name;
  }

  // Lines with some more of a section's settings.
  std::string with_settings(std::string text, const SectionInfo& info, size_t one_in) {
    for (const SettingInfo& setting : info.settings)
      if (text.find("\n" + setting.name + " =") == std::string::npos && chance(one_in))
        text += line(setting, value(setting));
    if (wildness_ > 1 && chance(10)) text += std::string(one_of(names)) + " = " + one_of(hostile) + "\n";
    return text;
  }

  std::string layer(int depth) {
    std::vector<const SectionInfo*> layers;
    for (const SectionInfo& one : sections())
      if (is_layer(one)) layers.push_back(&one);
    const SectionInfo& info = wildness_ < 2 && !chance(4) ? section(one_of(plain)) : *layers[pick(layers.size())];
    std::string text;
    for (const SettingInfo& setting : info.settings) {
      if (!setting.required && !chance(3)) continue;
      const bool nested = setting.takes.starts_with("a list of layers");
      text += line(setting, nested ? block(depth) : value(setting));
    }
    if (wildness_ > 0 && chance(6)) text += "name = '" + std::string(one_of(names)) + "'\n";
    if (wildness_ > 0 && chance(8)) text += "inputs = ['" + std::string(one_of(names)) + "']\n";
    if (chance(10))
      text += "repeat = " + std::string(wildness_ > 1 && chance(3) ? one_of(hostile) : one_of(counts)) + "\n";
    return text;
  }
  std::string block(int depth) {
    if (depth > 3) return "[{ dense = 2 }]";
    std::string text = "[";
    for (size_t i = 0; i <= pick(3); ++i) {
      std::string one = layer(depth + 1);
      for (char& c : one)
        if (c == '\n') c = ',';
      if (!one.empty()) one.pop_back();
      text += (i ? ", {" : "{") + one + "}";
    }
    return text + "]";
  }
  std::string optimizer() {
    static constexpr const char* kinds[] = {"adam",    "adamw",    "sgd",  "adamax", "rmsprop",
                                            "adagrad", "adadelta", "lion", "lbfgs"};
    static constexpr const char* schedules[] = {"constant", "cosine", "linear", "step", "one_cycle", "plateau"};
    const auto table = [&](const std::string& key, const std::string& kind) {
      std::string text = with_settings("", section(kind), 3);
      for (char& c : text)
        if (c == '\n') c = ',';
      if (!text.empty()) text.pop_back();
      return key + " = { " + kind + " = {" + text + "} }\n";
    };
    std::string text;
    if (chance(2)) text += table("optimizer", one_of(kinds));
    if (chance(3)) text += table("schedule", one_of(schedules));
    return text;
  }

  // Nothing for a value that only a whole table would be.
  static std::string line(const SettingInfo& setting, const std::string& value) {
    return value.empty() ? "" : setting.name + " = " + value + "\n";
  }

  // A value as a setting says that it takes it; now and then one that it does not take.
  std::string value(const SettingInfo& setting) {
    if (wildness_ > 0 && chance(wildness_ == 1 ? 20 : 5)) return one_of(hostile);
    const std::string& takes = setting.takes;
    if (takes.starts_with("true")) return setting.required ? "true" : chance(2) ? "true" : "false";
    if (takes.starts_with("a whole number")) {
      if (takes.ends_with("list of them") && chance(3))
        return std::string("[") + one_of(counts) + ", " + one_of(counts) + "]";
      return one_of(counts);
    }
    if (takes.starts_with("a number")) return takes.find(" 1") == std::string::npos ? one_of(reals) : one_of(parts);
    if (takes.starts_with("rows")) return chance(2) ? "':8'" : "'2:'";
    if (takes.starts_with("a part of the rows")) return chance(2) ? "0.25" : "'8:'";
    if (takes.starts_with("a text")) return "'" + std::string(one_of(names)) + "'";
    if (takes.starts_with("\"")) return choice(takes);
    return setting.fallback.empty() || setting.fallback == "[]" ? "" : setting.fallback;
  }
  // One of `"a", "b" or "c"`.
  std::string choice(const std::string& takes) {
    std::vector<std::string> all;
    for (size_t at = takes.find('"'); at != std::string::npos; at = takes.find('"', at + 1)) {
      const size_t end = takes.find('"', at + 1);
      if (end == std::string::npos) break;
      all.push_back(takes.substr(at, end - at + 1));
      at = end;
    }
    return all[pick(all.size())];
  }

  std::string damaged(std::string text) {
    for (size_t i = 0; i <= pick(3); ++i) {
      const size_t at = pick(text.size()), length = std::min(pick(20), text.size() - at);
      switch (pick(4)) {
        case 0:
          text.erase(at, length);
          break;
        case 1:
          text[at] = static_cast<char>(random_());
          break;
        case 2:
          text.insert(at, text.substr(at, length));
          break;
        default:
          text.insert(at, one_of(hostile));
      }
    }
    return text;
  }

  std::mt19937_64 random_;
  size_t wildness_ = 0;
};

}  // namespace

void write_random_data(const std::string& folder) {
  const auto write = [&](const std::string& name, const std::string& bytes) {
    std::ofstream((std::filesystem::path(folder) / name), std::ios::binary) << bytes;
  };
  std::string points, quantity, people = "age,city,words,score\n", x, y;
  for (int i = 0; i < 24; ++i) {
    points += std::to_string(i % 5) + "," + std::to_string(i % 7) + "," + std::to_string(i % 3) + "\n";
    quantity += std::to_string(i % 5) + "," + std::to_string(i % 7) + "," + std::to_string(0.5 * i) + "\n";
    people += (i == 5 ? std::string("NA") : std::to_string(i)) + (i % 2 ? ",Rome," : ",Oslo,") +
              (i % 3 ? "ab ba" : "b") + "," + std::to_string(i % 2) + "\n";
    for (int j = 0; j < 16; ++j) x += bytes_of(0.1f * static_cast<float>((i * 16 + j) % 11));
    y += bytes_of(int64_t{i % 2});
  }
  write("points.csv", points);
  write("quantity.csv", quantity);
  write("people.csv", people);
  std::string text;
  for (int i = 0; i < 30; ++i) text += "abba cab ";
  write("text.txt", text);
  write("squares.npz",
        zip({{"x.npy", npy("<f4", "(24, 4, 4, 1)", x)}, {"y.npy", npy("<i8", "(24,)", y)}}, Packing::stored));
}

std::string random_config(uint64_t seed) { return Writer(seed).config(); }

}  // namespace koine::testing
