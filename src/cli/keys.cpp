// koine keys: what a config can hold.
#include "base/format.h"
#include "cli/commands.h"
#include "train/config.h"

#include <koine/error.h>

#include <iostream>
#include <vector>

namespace koine::cli {

namespace {

void write_section(const train::SectionInfo& section) {
  std::cout << '[' << section.name << "]  " << section.doc << '\n';
  for (const train::SettingInfo& setting : section.settings) {
    std::cout << "  " << setting.name;
    if (setting.required)
      std::cout << " (required)";
    else if (!setting.fallback.empty())
      std::cout << " = " << setting.fallback;
    std::cout << "\n      " << setting.doc << "; takes " << setting.takes << '\n';
  }
}

}  // namespace

void show_keys(const std::string& name) {
  const std::vector<train::SectionInfo> sections = train::config_sections();
  if (name.empty()) {
    for (const auto& section : sections) std::cout << section.name << ": " << section.doc << '\n';
    std::cout << "koine keys NAME shows the settings of one; [data] and [train] are sections, the others layers, "
                 "optimizers and schedules"
              << std::endl;
    return;
  }
  std::vector<std::string_view> names;
  for (const auto& section : sections) {
    if (section.name == name) return write_section(section);
    names.push_back(section.name);
  }
  throw ValueError(cat("a config has no '", name, "'", did_you_mean(name, names), "; koine keys lists what there is"));
}

}  // namespace koine::cli
