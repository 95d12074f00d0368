#include "fuzz/targets/target.h"
#include "train/fit.h"
#include "train/inputs.h"
#include "train/model_builder.h"
#include "train/run_notes.h"
#include "train/table.h"

#include <koine/checkpoint.h>

#include <algorithm>

using namespace koine;
using namespace koine::train;

namespace {

constexpr const char* points = "0,1,0\n1,0,1\n2,1,1\n0,3,0\n1,1,1\n2,2,0\n4,1,1\n0,0,0\n";
constexpr const char* people = "age,city,words,score\n1,Rome,ab ba,0\n2,Oslo,b a,1\n3,Bern,a,0\n?,Rome,bb,1\n";

Config config_of(const std::string& data, const std::string& model, const std::string& more = "") {
  return parse_config("[data]\n" + data + "\n[train]\nbatch = 4\nepochs = 2\n" + more + "\n" + model,
                      fuzz::folder() + "/c.toml");
}

const std::string two = "[[model]]\ndense = 2\n";
const std::string sequence = "[[model]]\nembedding = 2\n[[model]]\ngru = 2\n[[model]]\ndense = 2\n";
const std::string symbols = "[[model]]\nembedding = 2\n[[model]]\ngru = 2\nsequence = true\n[[model]]\ndense = 4\n";

// What `koine predict` and `koine eval` do with the code of a weights file.
void use_code(const TableCode& code, const Config& config, const std::string& file) {
  check_code(code, config, "w");
  ModelFacts facts{{code.inputs()}};
  if (code.text) facts.vocabulary = code.text->vocabulary();
  const BuiltModel model = build_model(config, facts);
  check_outputs(code, config, model.layers.back().output, "w");
  if (model.parameters() > 10'000 || code.inputs() > 1000) return;
  const nn::Stack stack = first_values(config, model);
  const Trained trained{.file = "w", .code = code};
  const Inputs inputs = load_inputs(config, file, facts.example, trained);
  if (inputs.x.defined()) predict(config, inputs.x, stack).data();
  const Examples examples = load_examples(config, trained);
  evaluate(config, examples, examples.train, stack);
}

void use_codes(const io::FileValue& note) {
  const TableCode code = code_from(note);
  static const std::string table = fuzz::file("people.csv", people),
                           text = fuzz::file("t.txt", "abba abab\nbaab ba\nabab\n");
  static const Config columns =
      config_of("file = 'people.csv'\nlabel = 'score'\nnumeric = ['age']\ncategorical = ['city']", two);
  static const Config quantities =
      config_of("file = 'people.csv'\nlabel = 'score'\nnumeric = ['age']", "[[model]]\ndense = 1\n", "loss = 'mse'");
  static const Config words = config_of("file = 'people.csv'\nlabel = 'score'\ntext = 'words'", sequence);
  static const Config texts = config_of("file = 't.txt'\nlength = 4", symbols);
  fuzz::survives([&] { use_code(code, columns, table); });
  fuzz::survives([&] { use_code(code, quantities, table); });
  fuzz::survives([&] { use_code(code, words, table); });
  fuzz::survives([&] { use_code(code, words, text); });
  fuzz::survives([&] { use_code(code, texts, text); });
}

// A run that was stopped in the middle of its first epoch and goes on from notes that may be anything.
void resume(const io::Metadata& notes) {
  static const std::string data = fuzz::file("points.csv", points);
  static const Config config = config_of("file = 'points.csv'\nvalidate = 0.25", two);
  static const Examples examples = load_examples(config);
  const BuiltModel built = build_model(config, examples.facts());
  const std::string folder = fuzz::folder() + "/run";
  FitOptions options = fit_options(config, examples);
  options.checkpoints = folder;
  options.checkpoint_seconds = 0;
  // Of two notes of a name the first is kept.
  options.notes.insert(options.notes.begin(), notes.begin(), notes.end());
  nn::Stack model = first_values(config, built);
  options.stepped = [](const RunNumbers&) { return true; };
  io::Checkpoints(folder).clear();
  fit(config, examples, model, options);
  options.resume = true;
  options.stepped = {};
  model = first_values(config, built);
  fuzz::survives([&] { fit(config, examples, model, options); });
}

}  // namespace

// A note of a file, as JSON behind a letter that says which, is used as the command uses it.
KOINE_FUZZ_TARGET(notes) {
  if (bytes.empty()) return;
  const std::string text(bytes.substr(1));
  switch (bytes[0]) {
    case 't':
      fuzz::survives([&] { use_codes(io::FileValue::parse(text, "w", "the note")); });
      break;
    case 'r':
      resume({{"run", text}});
      break;
    case 'c':
      fuzz::survives([&] { epochs_from(io::FileValue::parse(text, "w", "the note")); });
      resume({{"curves", text}});
      break;
    case 's':
      resume({{"settings", text}});
      break;
    case 'e':
      resume({{"examples", text}, {"batch", text}});
      break;
    default:
      break;
  }
}
