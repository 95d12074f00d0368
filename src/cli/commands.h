// What each command of `koine` does. They write to standard output and throw koine::Error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace koine::cli {

/// What the commands that take a config are given.
struct RunArguments {
  std::string config;
  /// "key=value"
  std::vector<std::string> overrides;
  std::optional<int64_t> seed;
  /// Empty for the file that `train` writes.
  std::string weights;
  /// Of `predict`: the examples.
  std::string data;
  /// Of `train`: go on with the run that the checkpoints are of, or forget it.
  bool resume = false, restart = false;
  /// Of `train`: how long the next batch was waited for; how many parts the rows are cut into for cross-validation, 0
  /// for none.
  bool profile = false;
  int64_t folds = 0;
  /// Of `train`: the folder for event files of TensorBoard; empty for none.
  std::string tensorboard;
  /// Empty for the default.
  std::string device;
  /// A JSON object a line in place of text for people.
  bool json = false;
};

/// Ends with the line "test accuracy 0.xxx". Returns the exit status: 0, or 128 and the number of
/// the signal that stopped it, when what it has become is saved.
int train(const RunArguments& arguments);
void eval(const RunArguments& arguments);
void predict(const RunArguments& arguments);
/// Learning curves, confusion and samples, in the terminal and as pictures beside the weights.
void plot(const RunArguments& arguments);
void summary(const RunArguments& arguments);

/// Trains the config with every combination of the settings' values, "key=value,value", or with `random` draws of them
/// and of ranges "key=low..high"; writes a table, the best by the monitored metric of the validation first. Saves
/// nothing. Returns the exit status as `train`; a run that is stopped is not in the table.
int sweep(const RunArguments& arguments, const std::vector<std::string>& words, int64_t random);

/// What `new` is given.
struct NewArguments {
  /// A table.
  std::string data;
  /// Empty for the column that looks like it.
  std::string label;
  /// Empty for the data's name with .toml, in the current folder.
  std::string config;
  /// What a table or text is in; empty for UTF-8 or what its byte order mark says.
  std::string encoding;
};
/// Looks at data and writes a config for them. Throws ValueError when there is such a config already.
void new_config(const NewArguments& arguments);

/// Every op with its family and what it does.
void list_ops();
/// All that is known of an op. Throws ValueError with a suggestion for a name that is not known.
void show_op(const std::string& name);
/// The reference of all ops as Markdown.
void write_op_reference();
/// Writes src/ops/<family>/<name>.h: an op that compiles and passes its tests, to be changed into another. Throws
/// ValueError for a family or name that cannot be, IoError when there is such a file or no checkout around.
void new_op(const std::string& family, const std::string& name);

/// All that a config can hold, or with a name the settings of a section, layer, optimizer or schedule. Throws
/// ValueError with a suggestion for a name that is none.
void show_keys(const std::string& name);

void list_devices();

/// What the compiler makes of two training steps of a config, or of what a command runs: the text of every program at
/// each stage. With a command it does not return. Throws IoError when that cannot be run.
void inspect_passes(const std::vector<std::string>& words);
/// What is kept of compiled programs, on disk and in a process; `clear` removes what is on disk first.
void inspect_caches(bool clear);

}  // namespace koine::cli
