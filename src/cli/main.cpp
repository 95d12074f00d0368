// The command `koine`: reads its arguments, calls what is asked for, and turns errors into one message.
#include "base/format.h"
#include "base/printable.h"
#include "cli/commands.h"
#include "cli/streams.h"

#include <koine/error.h>

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <iostream>

namespace {

using koine::cli::RunArguments;

constexpr int failed = 1, misused = 2;

void add_config(CLI::App& command, RunArguments& arguments) {
  command.add_option("config", arguments.config, "a config (.toml)")->required()->type_name("CONFIG");
}
void add_overrides(CLI::App& command, RunArguments& arguments) {
  command.add_option("--set", arguments.overrides, "change a setting of the config, as in train.epochs=3")
      ->type_name("KEY=VALUE");
}
void add_weights(CLI::App& command, RunArguments& arguments) {
  command.add_option("--weights", arguments.weights, "instead of the file that train.output names")->type_name("FILE");
}

/// The command as CLI11 knows it, and what it was given.
struct CommandLine {
  CLI::App app{
      "Trains and uses models. For data of your own: koine new DATA, then koine train CONFIG. To see one at work: "
      "koine train "
      "examples/digits.toml",
      "koine"};
  RunArguments run;
  /// Of `train`: settings to change that stand without --set.
  std::vector<std::string> changes;
  koine::cli::NewArguments made;
  std::vector<std::string> sweep_words;
  int64_t sweep_random = 0;
  std::vector<std::string> op_words;
  std::string key;
  bool op_reference = false;
  std::vector<std::string> inspected;
  bool passes = false, caches = false, clear = false;
  CLI::App *train, *fresh, *sweep, *eval, *predict, *plot, *summary, *op, *keys, *devices, *inspect;

  CommandLine() {
    app.set_version_flag("--version", "koine " KOINE_VERSION);
    app.require_subcommand(1);
    train = app.add_subcommand("train", "train the model of a config and save its weights");
    eval = app.add_subcommand("eval", "judge saved weights by the test rows");
    predict = app.add_subcommand("predict", "what saved weights say about the rows of a table, images or texts");
    plot = app.add_subcommand("plot", "learning curves, confusion and samples, here and as .png beside the weights");
    summary = app.add_subcommand("summary", "the layers of a config's model, their shapes and parameters");
    for (CLI::App* command : {train, eval, predict, plot, summary}) add_config(*command, run);
    predict
        ->add_option("data", run.data,
                     "a table (.csv, .tsv, also .gz), a folder of images, arrays (.npy, .npz) or lines of text (.txt)")
        ->required()
        ->type_name("DATA");
    train->add_option("changes", changes, "settings to change, as in train.epochs=3")->type_name("KEY=VALUE");
    for (CLI::App* command : {train, eval, predict, plot, summary}) add_overrides(*command, run);
    for (CLI::App* command : {eval, predict, plot}) add_weights(*command, run);
    train->add_option("--seed", run.seed, "the same as --set train.seed=N")->type_name("N");
    sweep = app.add_subcommand("sweep", "train a config with many values of its settings, and compare");
    add_config(*sweep, run);
    sweep
        ->add_option("settings", sweep_words,
                     "settings with values, as in model.0.dense=32,64 or (with --random) lr=1e-4..1e-1")
        ->required()
        ->type_name("KEY=VALUES");
    sweep->add_option("--random", sweep_random, "so many random choices in place of all combinations")->type_name("N");
    sweep->add_option("--seed", run.seed, "of the runs and of random choices")->type_name("N");
    add_overrides(*sweep, run);
    fresh = app.add_subcommand("new", "look at a table, images or a text and write a config that trains a model on it");
    fresh->add_option("data", made.data, "a table (.csv or .tsv, also .gz), a text (.txt) or a folder of images")
        ->required()
        ->type_name("DATA");
    fresh->add_option("--label", made.label, "the column to learn")->type_name("COLUMN");
    fresh->add_option("--encoding", made.encoding, "what a table or text is in, as latin-1; by default UTF-8")
        ->type_name("NAME");
    fresh->add_option("-o,--output", made.config, "the config; by default the data's name with .toml")
        ->type_name("FILE");
    train->add_option("--tensorboard", run.tensorboard, "write the figures of each epoch as event files there")
        ->type_name("FOLDER");
    for (CLI::App* command : {train, eval, predict, plot})
      command->add_option("--device", run.device, "what computes; koine devices lists them")->type_name("NAME");
    train->add_flag("--profile", run.profile, "say how long training waited for batches");
    train->add_option("--folds", run.folds, "train so often, each time with another part of the rows to test on")
        ->type_name("N")
        ->check(CLI::Range(2, 1000));
    auto* resume = train->add_flag("--resume", run.resume, "go on where a run was stopped, with its last checkpoint");
    train->add_flag("--restart", run.restart, "forget the checkpoints of a run that was stopped")->excludes(resume);
    for (CLI::App* command : {train, eval, predict}) command->add_flag("--json", run.json, "JSON in place of text");
    op = app.add_subcommand("op", "all ops, or with a name the card of one");
    op->add_option("words", op_words, "an op, or: new FAMILY NAME, to begin a new one")->expected(0, 3);
    op->add_flag("--reference", op_reference, "the reference of all ops as Markdown");
    keys = app.add_subcommand("keys", "what a config can hold, or with a name the settings of one of it");
    keys->add_option("name", key, "a section, layer, optimizer or schedule, as conv")->type_name("NAME");
    devices = app.add_subcommand("devices", "what arrays can be computed on");
    inspect = app.add_subcommand("inspect", "what the compiler makes of a program, and what is kept of it");
    inspect->add_option("words", inspected, "a config (.toml), or after -- a command to run");
    inspect->add_flag("--passes", passes, "the text of every program at each stage");
    inspect->add_flag("--caches", caches, "the kernels that are kept on disk, and how much each process keeps");
    inspect->add_flag("--clear", clear, "remove the kernels on disk");
  }

  int call_op() const {
    if (op_reference)
      koine::cli::write_op_reference();
    else if (op_words.empty())
      koine::cli::list_ops();
    else if (op_words[0] == "new" && op_words.size() == 3)
      koine::cli::new_op(op_words[1], op_words[2]);
    else if (op_words.size() == 1 && op_words[0] != "new")
      koine::cli::show_op(op_words[0]);
    else {
      std::cerr << "koine: usage: koine op [NAME], or koine op new FAMILY NAME\n";
      return misused;
    }
    return 0;
  }

  int call_inspect() const {
    if (passes && !inspected.empty() && !caches && !clear)
      koine::cli::inspect_passes(inspected);
    else if ((caches || clear) && !passes && inspected.empty())
      koine::cli::inspect_caches(clear);
    else {
      std::cerr << "koine: usage: koine inspect --passes CONFIG, or --passes -- COMMAND..., or --caches [--clear]\n";
      return misused;
    }
    return 0;
  }

  int call() const {
    // Read when the first array is computed.
    if (!run.device.empty()) setenv("KOINE_DEVICE", run.device.c_str(), 1);
    if (train->parsed()) {
      RunArguments all = run;
      all.overrides.insert(all.overrides.begin(), changes.begin(), changes.end());
      return koine::cli::train(all);
    }
    if (sweep->parsed()) return koine::cli::sweep(run, sweep_words, sweep_random);
    if (fresh->parsed()) koine::cli::new_config(made);
    if (eval->parsed()) koine::cli::eval(run);
    if (predict->parsed()) koine::cli::predict(run);
    if (plot->parsed()) koine::cli::plot(run);
    if (summary->parsed()) koine::cli::summary(run);
    if (keys->parsed()) koine::cli::show_keys(key);
    if (devices->parsed()) koine::cli::list_devices();
    if (inspect->parsed()) return call_inspect();
    return op->parsed() ? call_op() : 0;
  }

  // "did you mean 'train'?" for a first word that is no command.
  std::string suggestion(int argc, char** argv) const {
    const std::string_view word = argc > 1 ? argv[1] : "-";
    std::vector<std::string_view> names;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
      if (word == command->get_name()) return {};
      names.push_back(command->get_name());
    }
    if (word.starts_with('-')) return {};
    std::string list;
    for (const std::string_view name : names) list += koine::cat(list.empty() ? "" : ", ", name);
    const std::string guess = koine::did_you_mean(word, names);
    return koine::cat("there is no command '", koine::printable_name(word), "'", guess.empty() ? "; there are " + list : guess);
  }
};

int run(int argc, char** argv) {
  CommandLine line;
  try {
    line.app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return line.app.exit(error);
    const std::string suggestion = line.suggestion(argc, argv);
    std::cerr << "koine: " << koine::printable(suggestion.empty() ? error.what() : suggestion)
              << "\nkoine --help tells more\n";
    return misused;
  }
  try {
    return line.call();
  } catch (const std::exception& error) {
    std::cout << std::flush;
    std::cerr << "koine: " << koine::printable(error.what()) << '\n';
    return failed;
  }
}

}  // namespace

int main(int argc, char** argv) {
  koine::cli::Streams streams;
  return streams.finish(run(argc, argv));
}
