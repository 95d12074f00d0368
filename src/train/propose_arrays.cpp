#include "train/propose_arrays.h"

#include "base/format.h"
#include "base/printable.h"
#include "io/array_file.h"
#include "train/config_value.h"

#include <koine/error.h>
#include <koine/ops.h>

#include <algorithm>

namespace koine::train {

namespace {

using io::ArrayFile;

// As they are called by those who save them.
constexpr const char* input_names[] = {"x", "X", "images", "inputs", "data", "features", "x_train"};
constexpr const char* label_names[] = {"y", "Y", "labels", "targets", "target", "label", "y_train"};

template <size_t N>
const ArrayFile::Entry& find(const ArrayFile& file, const char* const (&names)[N], const std::string& path,
                             const char* what) {
  for (const char* name : names)
    for (const ArrayFile::Entry& entry : file.entries())
      if (entry.name == name) return entry;
  throw ValueError(cat(printable_name(path), " has ", file.list(), "; write a config that says by ", what,
                       " = \"...\" under [data] which are the ", *what == 'x' ? "inputs" : "labels"));
}

std::string hidden_layers(const ArrayFile::Entry& x) {
  const auto axes = x.shape.size();
  // Images, channels last: a convolutional net; else all of an example at once.
  if (axes == 4 && x.shape[3].value() <= 4 && std::min(x.shape[1].value(), x.shape[2].value()) >= 8)
    return "[[model]]\nconv = 16\nactivation = \"relu\"\n\n[[model]]\nmax_pool = 2\n\n[[model]]\nconv = 32\nactivation "
           "= "
           "\"relu\"\n\n[[model]]\nmax_pool = 2\n\n[[model]]\nflatten = true\n\n[[model]]\ndropout = 0.2\n\n";
  const std::string standard = x.dtype == uint8 ? "" : "[[model]]\nstandardize = true\n\n";
  return cat(standard, axes > 2 ? "[[model]]\nflatten = true\n\n" : "",
             "[[model]]\ndense = 64\nactivation = \"relu\"\n\n[[model]]\ndropout = 0.1\n\n[[model]]\ndense = "
             "64\nactivation = \"relu\"\n\n");
}

}  // namespace

std::string propose_arrays(const std::string& path, const std::string& file, const std::string& output) {
  const ArrayFile arrays(path);
  const ArrayFile::Entry &x = find(arrays, input_names, path, "x"), &labels = find(arrays, label_names, path, "y");
  if (x.shape.size() < 2 || labels.shape.size() != 1 || !same(x.shape[0], labels.shape[0]) || x.shape[0].value() < 8)
    throw ValueError(
        cat(printable_name(path), " has ", printable_name(x.name), " ", x.shape, " and ", printable_name(labels.name),
            " ", labels.shape,
            "; a proposal takes at least 8 examples with a number for each, other configs are to be written"));
  const Array y = arrays.read(labels);
  const bool classes = !is_floating(y.dtype());
  const int64_t outputs = classes ? max(cast(y, {.dtype = int64})).item<int64_t>() + 1 : 1;
  const int64_t rows = x.shape[0].value(), batch = rows < 500 ? 16 : rows < 10000 ? 32 : 128;
  const auto epochs = static_cast<int64_t>(
      std::clamp(4000 * static_cast<double>(batch) / (0.7 * static_cast<double>(rows)), 8.0, 100.0));
  return cat("# For ", printable_name(file), ": ", rows,
             " examples. Made by koine new; change what you like.\n[data]\nfile = ", toml_text(file),
             "\nx = ", toml_text(x.name), "  # ", x.shape, "\ny = ", toml_text(labels.name), "  # ",
             classes ? cat(outputs, " classes") : std::string("a quantity"), "\nvalidate = 0.15\ntest = 0.15\n\n",
             hidden_layers(x), "[[model]]\ndense = ", outputs, "\n\n[train]\nloss = ",
             classes ? "\"cross_entropy\"\nmetrics = [\"f1\"]" : "\"mse\"\nmetrics = [\"mae\", \"rmse\"]",
             "\noptimizer = { adamw = { lr = 2e-3 } }\nschedule = \"cosine\"\nepochs = ", epochs,
             "\npatience = ", std::max<int64_t>(8, epochs / 4), "\nbatch = ", batch, "\noutput = ", toml_text(output),
             "\n");
}

}  // namespace koine::train
