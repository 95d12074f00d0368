#include "train/propose_text.h"

#include "base/format.h"
#include "base/printable.h"
#include "train/config_value.h"
#include "train/text.h"

#include <koine/error.h>

#include <algorithm>

namespace koine::train {

namespace {

constexpr int64_t length = 64;
constexpr size_t least_windows = 8;

// As many epochs as make about so many steps.
int64_t epochs_for(double steps, size_t examples, int64_t batch) {
  const double of_one = std::max(static_cast<double>(examples) / static_cast<double>(batch), 1.0);
  return static_cast<int64_t>(std::clamp(steps / of_one, 3.0, 60.0));
}

}  // namespace

std::string propose_text_file(const std::string& path, const std::string& file, const std::string& output,
                              const std::string& encoding) {
  DataConfig config;
  config.encoding = encoding;
  const std::string text = read_text(config, path, 0);
  const TextCode code = learn_text({text}, false, length);
  const size_t windows = code.numbers(text).size() / length;
  if (windows < least_windows)
    throw ValueError(cat(printable_name(path), " has ", windows, " pieces of ", length, " characters; at least ",
                         least_windows, " are needed to learn and to judge"));
  const int64_t batch = windows < 500 ? 8 : 32;
  return cat("# For ", printable_name(file), ": ", code.symbols.size(),
             " different characters. Made by koine new; change what you like.\n",
             "# It learns which character follows; koine predict goes on with the lines of a text.\n",
             "[data]\nfile = ", toml_text(file), encoding.empty() ? "" : cat("\nencoding = ", toml_text(encoding)),
             "\nlength = ", length, "\nvalidate = 0.1\ntest = 0.1\n\n",
             "[[model]]\nembedding = 64\n\n[[model]]\npositions = true\n\n",
             "[[model]]\ntransformer = 4\ncausal = true\ndropout = 0.1\nrepeat = 2\n\n",
             "[[model]]\nlayer_norm = true\n\n[[model]]\ndense = ", code.vocabulary(), "\n\n",
             "[train]\nmetrics = [\"perplexity\"]\noptimizer = { adamw = { lr = 3e-3 } }\n",
             "schedule = { cosine = { warmup = 1 } }\nclip_norm = 1\nepochs = ", epochs_for(1500, windows, batch),
             "\npatience = 8\nbatch = ", batch, "\noutput = ", toml_text(output), "\n");
}

std::string propose_text_model(size_t classes, size_t rows, const std::string& output) {
  const int64_t batch = rows < 2000 ? 16 : 64;
  return cat("bucket = true  # batches of texts of about the same length\n",
             "validate = 0.15  # drawn from the rows by the seed\ntest = 0.15\n\n",
             "[[model]]\nembedding = 32\n\n[[model]]\ngru = 48\nbidirectional = true\n\n[[model]]\ndropout = 0.2\n\n",
             "[[model]]\ndense = ", classes, "\n\n[train]\nmetrics = [\"f1\"]\noptimizer = { adamw = { lr = 5e-3 } }\n",
             "schedule = \"cosine\"\nclip_norm = 1\nepochs = ", epochs_for(1500, rows, batch),
             "\npatience = 8\nbatch = ", batch, "\noutput = ", toml_text(output), "\n");
}

}  // namespace koine::train
