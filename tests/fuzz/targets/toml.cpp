#include "fuzz/targets/target.h"
#include "train/config.h"

using namespace koine;

// The text of a config: its parser, the check of every setting, and an override made of its last line.
KOINE_FUZZ_TARGET(toml) {
  fuzz::survives([&] { train::parse_config(bytes, "c.toml"); });
  const size_t line = bytes.rfind('\n');
  if (line == std::string_view::npos) return;
  const std::vector<std::string> overrides{std::string(bytes.substr(line + 1))};
  fuzz::survives([&] { train::parse_config(bytes.substr(0, line), "c.toml", overrides); });
}
