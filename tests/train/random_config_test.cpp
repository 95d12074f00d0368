#include "train/random_config.h"

#include "support/temp_folder.h"
#include "train/fit.h"
#include "train/model_builder.h"

#include <cstdlib>

using namespace koine;
using namespace koine::train;

namespace {

enum class End : uint8_t { refused, built, trained };

// As `koine train` goes: what is wrong is an error of Koine, at whatever step it shows.
End run(const std::string& text, const std::string& folder) {
  End end = End::refused;
  try {
    const Config config = parse_config(text, folder + "/c.toml");
    const Examples examples = load_examples(config);
    const BuiltModel model = build_model(config, examples.facts());
    end = End::built;
    if (model.parameters() > 5'000 || model.flops() > 200'000 || model.training_bytes(config.train) > (1 << 24))
      return end;
    nn::Stack stack = first_values(config, model);
    FitOptions options = fit_options(config, examples);
    options.stepped = [](const RunNumbers&) { return true; };
    fit(config, examples, stack, options);
    evaluate(config, examples, examples.train, stack);
    end = End::trained;
  } catch (const Error&) {
  }
  return end;
}

}  // namespace

// All of them: KOINE_RANDOM_CONFIGS=5000 build/koine_tests -tc="random configs*"
TEST_CASE("random configs are trained or refused by an error of Koine") {
  testing::TempFolder folder;
  testing::write_random_data(folder.path());
  const char* wanted = std::getenv("KOINE_RANDOM_CONFIGS");
  const uint64_t count = wanted ? std::strtoull(wanted, nullptr, 10) : 250;
  uint64_t built = 0, trained = 0;
  for (uint64_t seed = 1; seed <= count; ++seed) {
    const std::string text = testing::random_config(seed);
    CAPTURE(seed);
    CAPTURE(text);
    End end = End::refused;
    CHECK_NOTHROW(end = run(text, folder.path()));
    built += end != End::refused;
    trained += end == End::trained;
  }
  // They are not all refused at the first setting.
  CHECK(built * 10 > count);
  CHECK(trained * 25 > count);
}
