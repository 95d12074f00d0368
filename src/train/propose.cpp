#include "train/propose.h"

#include "base/format.h"
#include "base/printable.h"
#include "data/csv.h"
#include "data/image.h"
#include "train/config.h"
#include "train/propose_arrays.h"
#include "train/propose_text.h"
#include "train/sources.h"

#include <koine/error.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <string_view>
#include <vector>

namespace koine::train {

namespace {

/// What a column looks like.
struct Look {
  std::string name;
  size_t missing = 0;
  size_t numbers = 0;
  size_t texts = 0;
  /// Only while there are few: each value with how often it occurs.
  std::map<std::string, size_t> values;
  bool many_values = false;
  bool whole = true;
  /// Each number one more than that of the row before.
  bool counts_rows = true;
  /// The texts among mostly numbers.
  std::set<std::string> odd;

  size_t known() const { return numbers + texts; }
};

constexpr size_t most_values = 2000;
// So many different whole numbers are still classes.
constexpr size_t most_number_classes = 20;
constexpr std::string_view label_names[] = {"label",   "target", "class",    "y",        "outcome",
                                            "species", "churn",  "survived", "diagnosis"};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Look look_at(const data::TextTable& table, size_t column, const std::vector<std::string>& missing) {
  Look look;
  look.name = table.names[column];
  double before = 0;
  for (size_t row = 0; row < table.rows; ++row) {
    const std::string& text = table.at(row, column);
    if (std::find(missing.begin(), missing.end(), text) != missing.end()) {
      ++look.missing;
      look.counts_rows = false;
      continue;
    }
    double value = 0;
    if (data::read_number(text, value) && std::isfinite(value)) {
      ++look.numbers;
      look.whole = look.whole && std::trunc(value) == value;
      look.counts_rows = look.counts_rows && (row == 0 || value == before + 1);
      before = value;
    } else {
      ++look.texts;
      look.counts_rows = false;
      if (look.odd.size() <= 4) look.odd.insert(text);
    }
    if (!look.many_values) ++look.values[text];
    look.many_values = look.values.size() > most_values;
  }
  return look;
}

// A few texts among many numbers stand for what is missing.
bool mostly_numbers(const Look& look) {
  return static_cast<double>(look.numbers) >= 0.9 * static_cast<double>(look.known()) && look.odd.size() <= 4;
}

enum class Use : uint8_t { number, category, none };

struct Judgement {
  Use use;
  std::string why;
};

Judgement judge(const Look& look, size_t rows) {
  const double known = static_cast<double>(look.known());
  if (look.known() == 0) return {Use::none, "is empty"};
  if (look.values.size() == 1 && look.missing == 0) return {Use::none, "has one value only"};
  if (look.counts_rows && rows > 2) return {Use::none, "numbers the rows"};
  if (mostly_numbers(look)) return {Use::number, ""};
  const double different = look.many_values ? known : static_cast<double>(look.values.size());
  if (known > 20 && different > 0.5 * known) return {Use::none, "is different in almost every row"};
  return {Use::category, ""};
}

bool is_label_name(const std::string& name) {
  return std::find(std::begin(label_names), std::end(label_names), lower(name)) != std::end(label_names);
}

size_t find_label(const std::vector<Look>& looks, const std::string& label) {
  if (!label.empty()) {
    std::vector<std::string_view> names;
    for (size_t i = 0; i < looks.size(); ++i) {
      if (looks[i].name == label) return i;
      names.push_back(looks[i].name);
    }
    const std::string guess = did_you_mean(label, names);
    std::string list;
    for (const std::string_view name : names) list += cat(list.empty() ? "" : ", ", printable_name(name));
    throw ValueError(cat("there is no column '", printable_name(label), "'",
                         guess.empty() ? "; there are " + shortened(list, 500) : guess));
  }
  for (size_t i = looks.size(); i-- > 0;)
    if (is_label_name(looks[i].name)) return i;
  return looks.size() - 1;
}

std::string list_of(const std::vector<std::string>& texts) {
  std::string out = "[", line;
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string one = toml_text(texts[i]) + (i + 1 < texts.size() ? ", " : "");
    if (line.size() + one.size() > 90) {
      out += line + "\n  ";
      line.clear();
    }
    line += one;
  }
  return out + line + "]";
}

// One line of text, for a comment.
std::string plain(const std::string& text) { return shortened(printable_name(text), 60); }

// A column of words, if there is one: where most texts have more than one.
std::string text_column(const data::TextTable& table, const std::vector<Look>& looks, size_t target) {
  for (size_t column = 0; column < looks.size(); ++column) {
    size_t words = 0;
    for (size_t row = 0; row < table.rows; ++row) words += table.at(row, column).find(' ') != std::string::npos;
    if (column != target && looks[column].texts > 0 && 2 * words > table.rows) return looks[column].name;
  }
  return "";
}

// The data's name with another ending.
std::string output_of(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  const std::string name = path.substr(path.find_last_of('/') + 1);
  return name.substr(0, name.find('.')) + ".safetensors";
}

// The sides of a few of a folder's images, and whether all are grey.
struct Seen {
  std::vector<int64_t> heights, widths;
  bool grey = true;
  size_t folders = 0, images = 0;
};

Seen look_at_images(const std::string& path) {
  namespace fs = std::filesystem;
  constexpr size_t most_of_a_class = 8;
  Seen seen;
  std::vector<fs::path> folders;
  for (const std::string& name : data::names_in(path, data::Entries::folders)) folders.push_back(fs::path(path) / name);
  for (const fs::path& folder : folders) {
    std::vector<std::string> images;
    for (const std::string& name : data::names_in(folder.string(), data::Entries::images))
      images.push_back((folder / name).string());
    if (images.empty()) continue;
    check_class_name(path, folder.filename().string());
    ++seen.folders;
    seen.images += images.size();
    for (size_t i = 0; i < std::min(images.size(), most_of_a_class); ++i) {
      try {
        const data::Image image = data::read_image(images[i], 3);
        seen.heights.push_back(image.height);
        seen.widths.push_back(image.width);
        for (size_t p = 0; p + 2 < image.pixels.size() && seen.grey; p += 3)
          seen.grey = image.pixels[p] == image.pixels[p + 1] && image.pixels[p] == image.pixels[p + 2];
      } catch (const Error&) {
        // Training will name it; here it only tells no size.
      }
    }
  }
  return seen;
}

int64_t middle_side(std::vector<int64_t> sides) {
  std::sort(sides.begin(), sides.end());
  return std::clamp<int64_t>((sides[sides.size() / 2] + 2) / 4 * 4, 8, 64);
}

std::string propose_images(const std::string& path, const std::string& file) {
  std::string text =
      cat("# For ", plain(file), ". Made by koine new; change what you like.\n[data]\nfile = ", toml_text(file), "\n");
  size_t classes = 10, images = 50000;
  int64_t side = 28;
  if (kind_of(path) == SourceKind::mnist) {
    text += "train = \"0:60000\"\ntest = \"60000:\"\nvalidate = 0.1\n";
  } else if (kind_of(path) == SourceKind::cifar) {
    text += "train = \"0:50000\"\ntest = \"50000:\"\nvalidate = 0.1\n";
    side = 32;
  } else if (kind_of(path) == SourceKind::images) {
    const Seen seen = look_at_images(path);
    if (seen.heights.empty())
      throw ValueError(cat(printable_name(path), " has no folders of images (.png, .jpg), one for each class"));
    if (seen.folders < 2)
      throw ValueError(cat(printable_name(path), " has one folder of images only, so there is nothing to tell apart"));
    const int64_t height = middle_side(seen.heights), width = middle_side(seen.widths);
    classes = seen.folders;
    images = seen.images;
    side = std::min(height, width);
    text +=
        cat("size = [", height, ", ", width,
            "]  # each image is brought to this height and width\nchannels = ", seen.grey ? "\"grey\"" : "\"color\"",
            "\ndamaged = \"skip\"\naugment = [\"shift\"]  # also flip, rotate, noise, cut_out\nvalidate = 0.15  # "
            "drawn by the seed\ntest = 0.15\n");
  } else {
    throw ValueError(cat(printable_name(path),
                         " is an array without names; write a config for it with labels = \"...\" under [data]"));
  }
  text += "\n";
  for (const int channels : {32, 64, 128}) {
    if (side < 4) break;
    text += cat("[[model]]\nconv = ", channels,
                "\nactivation = \"relu\"\n\n[[model]]\nmax_pool = 2\n\n[[model]]\nbatch_norm = true\n\n");
    side /= 2;
  }
  const int64_t batch = images < 500 ? 16 : images < 10000 ? 32 : 128;
  const auto epochs = static_cast<int64_t>(
      std::clamp(3000 * static_cast<double>(batch) / (0.7 * static_cast<double>(images)), 8.0, 60.0));
  return text + cat("[[model]]\nglobal_average_pool = true\n\n[[model]]\ndropout = 0.2\n\n[[model]]\ndense = ", classes,
                    "\n\n[train]\nmetrics = [\"f1\"]\noptimizer = { adamw = { lr = 2e-3, weight_decay = 0.01 } }\n"
                    "schedule = { cosine = { warmup = 0.5 } }\nepochs = ",
                    epochs, "\npatience = ", std::max<int64_t>(6, epochs / 4), "\nbatch = ", batch,
                    images > 4 * static_cast<size_t>(batch)
                        ? "\ndrop_last = true  # batch_norm cannot learn from a single left-over one"
                        : "",
                    "\noutput = ", toml_text(output_of(path)), "\n");
}

}  // namespace

std::string propose_config(const std::string& path, const std::string& file, const std::string& label,
                           const std::string& encoding) {
  const std::string in = encoding.empty() ? "" : cat("encoding = ", toml_text(encoding), "\n");
  if (kind_of(path) == SourceKind::text) return propose_text_file(path, file, output_of(path), encoding);
  if (path.ends_with(".npz") || path.ends_with(".safetensors")) return propose_arrays(path, file, output_of(path));
  if (kind_of(path) != SourceKind::table) return propose_images(path, file);
  const char delimiter = data::find_delimiter(path, encoding);
  const data::TextTable table = data::read_text_table(path, {.delimiter = delimiter, .encoding = encoding});
  if (table.columns < 2)
    throw ValueError(cat(printable_name(path), " has one column; a label needs another one to be learnt from"));
  if (std::set<std::string>(table.names.begin(), table.names.end()).size() != table.names.size())
    throw ValueError(cat(printable_name(path), " has two columns of the same name"));
  if (table.rows < 8)
    throw ValueError(
        cat(printable_name(path), " has ", table.rows, " rows; at least 8 are needed to learn and to judge"));
  std::vector<std::string> missing = DataConfig{}.missing;
  std::vector<Look> looks;
  for (size_t column = 0; column < table.columns; ++column) looks.push_back(look_at(table, column, missing));
  const size_t target = find_label(looks, label);
  const Look& goal = looks[target];
  if (goal.values.size() < 2)
    throw ValueError(cat("column '", printable_name(goal.name),
                         "' has one value only, so there is nothing to learn; name another by --label"));
  const bool few =
      !goal.many_values && goal.values.size() <= most_number_classes && goal.values.size() * 5 <= goal.known();
  const bool classes = !mostly_numbers(goal) || (goal.whole && few && goal.texts == 0);
  if (!mostly_numbers(goal) && (goal.many_values || goal.values.size() * 2 > goal.known()))
    throw ValueError(
        cat("column '", printable_name(goal.name),
            "' has a different text in almost every row, so it cannot be learnt; name another by --label"));

  std::vector<std::string> numeric, categorical;
  std::string notes, many;
  std::set<std::string> odd;
  if (!classes) odd = goal.odd;
  for (size_t column = 0; column < looks.size(); ++column) {
    if (column == target) continue;
    const Look& look = looks[column];
    const Judgement judgement = judge(look, table.rows);
    if (judgement.use == Use::none) notes += cat("# left out: ", plain(look.name), ", which ", judgement.why, "\n");
    if (judgement.use == Use::number) {
      numeric.push_back(look.name);
      odd.insert(look.odd.begin(), look.odd.end());
    }
    if (judgement.use == Use::category) {
      categorical.push_back(look.name);
      if (look.values.size() > static_cast<size_t>(DataConfig{}.max_categories))
        many += cat("# ", plain(look.name), " has ", look.many_values ? "more than " : "", look.values.size(),
                    " values; more than the ", DataConfig{}.max_categories,
                    " most frequent are told apart with max_categories = ...\n");
    }
  }
  if (numeric.empty() && categorical.empty() && classes) {
    const std::string column = text_column(table, looks, target);
    if (!column.empty())
      return cat("# For ", plain(file), ": ", table.rows, " rows of text. Made by koine new; change what you like.\n",
                 "[data]\nfile = ", toml_text(file), "\n", in, "text = ", toml_text(column),
                 "\nlabel = ", toml_text(goal.name), "  # ", goal.values.size(), " classes\n",
                 propose_text_model(goal.values.size(), goal.known(), output_of(path)));
  }
  if (numeric.empty() && categorical.empty())
    throw ValueError(cat(printable_name(path), " has no column to learn '", printable_name(goal.name), "' from"));

  const size_t rows = goal.known();
  const int64_t batch = rows < 500 ? 16 : rows < 5000 ? 32 : rows < 50000 ? 128 : 512;
  const auto steps = static_cast<double>(rows) * 0.7 / static_cast<double>(batch);
  const auto epochs = static_cast<int64_t>(std::clamp(6000 / std::max(steps, 1.0), 10.0, 200.0));
  const int64_t units = rows < 300 ? 32 : rows < 20000 ? 64 : 128;
  std::string text =
      cat("# For ", plain(file), ": ", table.rows, " rows, ", table.columns,
          " columns. Made by koine new; change what you like.\n", "[data]\nfile = ", toml_text(file), "\n", in);
  if (delimiter != ',' && delimiter != '\t') text += cat("delimiter = ", toml_text(std::string(1, delimiter)), "\n");
  text += cat("label = ", toml_text(goal.name),
              classes ? cat("  # ", goal.values.size(), " classes") : std::string("  # a quantity"), "\n", notes);
  if (!numeric.empty()) text += cat("numeric = ", list_of(numeric), "\n");
  if (!categorical.empty()) text += cat("categorical = ", list_of(categorical), "\n", many);
  if (!odd.empty()) {
    missing.insert(missing.end(), odd.begin(), odd.end());
    text += cat("missing = ", list_of(missing), "\n");
  }
  text += cat("validate = 0.15  # drawn from the rows by the seed\ntest = 0.15\n\n", "[[model]]\ndense = ", units,
              "\nactivation = \"relu\"\n\n[[model]]\ndropout = 0.1\n\n", "[[model]]\ndense = ", units,
              "\nactivation = \"relu\"\n\n[[model]]\ndense = ", classes ? goal.values.size() : 1, "\n\n",
              "[train]\nloss = ", classes ? "\"cross_entropy\"" : "\"mse\"", "\n");
  text += classes ? (goal.values.size() == 2 ? "metrics = [\"f1\", \"auc\"]\n" : "metrics = [\"f1\"]\n")
                  : "metrics = [\"mae\", \"rmse\"]\n";
  text += cat("optimizer = { adamw = { lr = 2e-3, weight_decay = 0.01 } }\nschedule = \"cosine\"\nepochs = ", epochs,
              "\npatience = ", std::max<int64_t>(10, epochs / 5),
              "  # epochs without a better validation, then it ends\nbatch = ", batch,
              "\noutput = ", toml_text(output_of(path)), "\n");
  return text;
}

}  // namespace koine::train
