// `koine inspect`: what the compiler makes of a program, and what is kept of it.
#include "backend/kernel_cache.h"
#include "base/format.h"
#include "base/printable.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "train/fit.h"
#include "train/model_builder.h"

#include <koine/error.h>
#include <koine/runtime.h>

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <iostream>

namespace koine::cli {

namespace {

// Two steps, since the first one makes the optimizer's state and so is another program.
void train_two_steps(const std::string& path) {
  const train::Config config = train::read_config(path, {});
  const train::Examples examples = train::load_examples(config);
  nn::Stack model = train::first_values(config, train::build_model(config, examples.facts()));
  train::FitOptions options = train::fit_options(config, examples);
  int steps = 0;
  options.stepped = [&](const auto&) { return ++steps == 2; };
  train::fit(config, examples, model, options);
}

// "3 hours".
std::string age_text(int64_t seconds) {
  constexpr std::pair<int64_t, const char*> units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}};
  for (const auto& [length, name] : units)
    if (const int64_t n = seconds / length; n > 0) return cat(n, " ", name, n == 1 ? "" : "s");
  return "less than a minute";
}

std::string kilobytes(int64_t bytes) { return cat((bytes + 999) / 1000, " kB"); }

}  // namespace

void inspect_passes(const std::vector<std::string>& words) {
  // Programs are shown while they are made: where nobody reads on, nobody wants the rest.
  std::signal(SIGPIPE, SIG_DFL);
  setenv("KOINE_INSPECT", "/dev/stdout", 1);
  setenv("KOINE_TIER", "compiled", 0);
  if (words.size() == 1 && words[0].ends_with(".toml")) return train_two_steps(words[0]);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  throw IoError(cat("cannot run ", words[0], ": ", std::strerror(errno)));
}

void inspect_caches(bool clear) {
  backend::KernelCache& kernels = backend::kernel_cache();
  if (clear) kernels.clear();
  if (!kernels.open()) {
    std::cout << "no kernels are kept on disk"
              << (kernels.refusal().empty() ? ": KOINE_CACHE=off, or there is no folder for them" : "") << '\n';
  } else {
    const auto entries = kernels.entries();
    int64_t bytes = 0;
    for (const auto& entry : entries) bytes += entry.bytes;
    std::cout << entries.size() << " kernels on disk, " << kilobytes(bytes) << " of at most "
              << kilobytes(backend::KernelCache::usual_bound) << ", in " << printable_name(kernels.folder()) << '\n';
    using enum Table::Align;
    Table table({left, right, left});
    const std::time_t now = std::time(nullptr);
    for (const auto& entry : entries)
      table.add({entry.name, kilobytes(entry.bytes), "used " + age_text(now - entry.last_use) + " ago"});
    table.write(std::cout);
  }
  std::cout << "\nin each process at most\n";
  using enum Table::Align;
  Table table({right, left});
  for (const runtime::CacheInfo& cache : runtime::caches()) table.add({cat(cache.bound), cache.name});
  table.write(std::cout);
}

}  // namespace koine::cli
