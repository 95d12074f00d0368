// koine new: a config for data that were looked at.
#include "base/format.h"
#include "base/output_file.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "train/propose.h"

#include <koine/error.h>

#include <filesystem>
#include <iostream>

namespace koine::cli {

namespace fs = std::filesystem;

void new_config(const NewArguments& arguments) {
  const fs::path data(arguments.data);
  std::string stem = data.filename().string();
  stem = stem.substr(0, stem.find('.'));
  const fs::path config = arguments.config.empty() ? fs::path(stem + ".toml") : fs::path(arguments.config);
  std::error_code ignored;
  if (fs::exists(config, ignored))
    throw ValueError(cat("there is a ", printable_name(config.string()), " already; name another config by --output"));
  // A path in a config starts at the config's folder.
  const fs::path folder = config.has_parent_path() ? config.parent_path() : fs::path(".");
  const fs::path file = data.is_absolute() ? data : fs::relative(data, folder, ignored);
  const std::string named = (file.empty() ? data : file).string();
  if (!is_utf8(named))
    throw ValueError(
        cat("the name ", printable_name(named), " is not UTF-8 and cannot stand in a config; rename the file"));
  const std::string text = train::propose_config(data.string(), named, arguments.label, arguments.encoding);
  write_output(config.string(), text, OutputFile::Mode::create);
  std::cout << printable(text) << "\nwritten to " << printable_name(config.string()) << "; train with  koine train "
            << printable_name(config.string()) << std::endl;
}

}  // namespace koine::cli
