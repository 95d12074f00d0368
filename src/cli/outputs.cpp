#include "cli/outputs.h"

#include "base/format.h"
#include "base/output_file.h"
#include "base/printable.h"

#include <koine/error.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace koine::cli {

namespace {

namespace fs = std::filesystem;

/// What a file is, whatever it is called.
using FileId = std::pair<dev_t, ino_t>;

std::optional<FileId> id_of(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return {};
  return FileId{status.st_dev, status.st_ino};
}
// Of a plain file.
std::optional<FileId> id_of(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 ? id_of(status) : std::nullopt;
}
std::optional<FileId> id_of(int descriptor) {
  struct stat status{};
  return fstat(descriptor, &status) == 0 ? id_of(status) : std::nullopt;
}

// Calls f for a file, or for every file below a folder.
void each_file(const std::string& path, const std::function<void(const std::string&)>& f) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return f(path);
  auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator file(path, options, ignored), end; file != end; file.increment(ignored))
    if (!ignored) f(file->path().string());
}

std::vector<NamedFile> inputs_of(const RunArguments& arguments, const train::Config& config,
                                 const std::string& weights) {
  std::vector<NamedFile> inputs{{"the config", arguments.config}, {"data.file", config.data.file}};
  const auto add = [&](const char* what, const std::string& path) {
    if (!path.empty()) inputs.push_back({what, path});
  };
  add("data.labels", config.data.labels);
  add("the data", arguments.data);
  add("the weights", weights);
  return inputs;
}

[[noreturn]] void refuse(const train::Config& config, const NamedFile& output, const std::string& why) {
  if (output.what.starts_with("train.")) config.fail(output.what, cat(printable_name(output.path), " ", why));
  throw ValueError(cat(output.what, ": ", printable_name(output.path), " ", why));
}

void check_apart(const train::Config& config, const std::vector<NamedFile>& outputs) {
  std::error_code ignored;
  const auto place = [&](const NamedFile& one) { return fs::weakly_canonical(one.path, ignored); };
  for (size_t i = 0; i < outputs.size(); ++i)
    for (size_t j = 0; j < i; ++j) {
      const auto id = id_of(outputs[i].path);
      if (place(outputs[i]) == place(outputs[j]) || (id && id == id_of(outputs[j].path)))
        refuse(config, outputs[j], cat("is written to for ", outputs[i].what, " too; give each a file of its own"));
    }
}

bool is_set(const char* value) { return value && *value && std::string_view(value) != "0"; }

}  // namespace

void check_outputs(const RunArguments& arguments, const train::Config& config, const std::string& weights,
                   std::vector<NamedFile> outputs) {
  const char* profile = std::getenv("KOINE_PROFILE");
  if (is_set(profile) && std::string_view(profile) != "1") outputs.push_back({"KOINE_PROFILE", profile});
  const char* inspect = std::getenv("KOINE_INSPECT");
  if (is_set(inspect) && std::string_view(inspect) != "1") outputs.push_back({"KOINE_INSPECT", inspect});
  check_apart(config, outputs);
  std::vector<std::pair<NamedFile, FileId>> written;
  for (const NamedFile& output : outputs)
    if (const auto id = id_of(output.path)) written.emplace_back(output, *id);
  const auto shown = id_of(STDOUT_FILENO);
  for (const auto& [output, id] : written)
    if (id == shown && output.what != "KOINE_INSPECT")
      refuse(config, output, "is where standard output goes too; give each a file of its own");
  if (shown) written.emplace_back(NamedFile{"standard output", "the file that it goes to"}, *shown);
  if (written.empty()) return;
  for (const NamedFile& input : inputs_of(arguments, config, weights))
    each_file(input.path, [&](const std::string& path) {
      const auto id = id_of(path);
      if (!id) return;
      for (const auto& [output, written_id] : written)
        if (written_id == id)
          refuse(config, output,
                 cat("is ", path == output.path ? "" : path + ", which is ", "read too (", input.what,
                     ") and would be lost; write to another file"));
    });
}

void check_trained(const RunArguments& arguments, const train::Config& config) {
  const fs::path file = config.train.output;
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    config.fail("train.output", cat("there is no folder ", folder.string(), " for the weights"));
  const fs::file_status status = fs::status(file, ignored);
  if (fs::is_directory(status))
    config.fail("train.output", cat(file.string(), " is a folder; the weights need the name of a file"));
  if (fs::exists(status) && !fs::is_regular_file(status))
    config.fail("train.output", cat(file.string(), " is no plain file, and weights are read again; name a file"));
  check_outputs(arguments, config, "", {{"train.output", config.train.output}});
  // Known before hours of training are lost. Without commit() nothing changes.
  try {
    const OutputFile possible(config.train.output);
  } catch (const IoError& error) {
    config.fail("train.output", error.what());
  }
}

}  // namespace koine::cli
