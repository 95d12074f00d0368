#include "fuzz/targets/target.h"
#include "train/fit.h"
#include "train/model_builder.h"

using namespace koine;
using namespace koine::train;

// A whole config: it is checked, its data are read, its model is built, and when that is small it is trained for a
// step.
KOINE_FUZZ_TARGET(config) {
  static const bool written = [] {
    fuzz::file("points.csv", "0,1,0\n1,0,1\n2,1,1\n0,3,0\n1,1,1\n2,2,0\n4,1,1\n0,0,0\n");
    fuzz::file("people.csv", "age,city,words,score\n1,Rome,ab ba,0\n2,Oslo,b a,1\n3,Bern,a,0\n?,Rome,bb,1\n");
    fuzz::file("t.txt", "abba abab baab ba abab abba abab baab");
    return true;
  }();
  (void)written;
  // Other files of the machine are not to be read.
  if (bytes.find("..") != std::string_view::npos || bytes.find("/") != std::string_view::npos) return;
  fuzz::survives([&] {
    const Config config = parse_config(bytes, fuzz::folder() + "/c.toml");
    const Examples examples = load_examples(config);
    const BuiltModel model = build_model(config, examples.facts());
    if (model.parameters() > 10'000 || model.flops() > 1'000'000 || model.training_bytes(config.train) > (1 << 26))
      return;
    nn::Stack stack = first_values(config, model);
    FitOptions options = fit_options(config, examples);
    options.stepped = [](const RunNumbers&) { return true; };
    fit(config, examples, stack, options);
    evaluate(config, examples, examples.train, stack);
  });
}
