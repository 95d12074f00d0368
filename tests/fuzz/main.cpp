#include "fuzz/compare.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

/// `koine_fuzz [--seconds N] [--seed FIRST] [--count N]`: exit status 1 when a program has a problem.
int main(int argc, char** argv) {
  setenv("KOINE_VERIFY", "1", 0);
  double seconds = 60;
  uint64_t seed = 1, count = UINT64_MAX;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--seconds") == 0) seconds = std::atof(argv[i + 1]);
    if (std::strcmp(argv[i], "--seed") == 0) seed = std::strtoull(argv[i + 1], nullptr, 10);
    if (std::strcmp(argv[i], "--count") == 0) count = std::strtoull(argv[i + 1], nullptr, 10);
  }
  auto start = std::chrono::steady_clock::now();
  uint64_t programs = 0, findings = 0;
  // A crash has to name its program.
  static uint64_t current;
  std::signal(SIGSEGV, [](int) {
    char text[64];
    int n = std::snprintf(text, sizeof(text), "a memory fault in the program of seed %llu\n",
                          static_cast<unsigned long long>(current));
    if (write(STDERR_FILENO, text, static_cast<size_t>(n)) < 0) _exit(3);
    _exit(2);
  });
  while (programs < count &&
         std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() < seconds) {
    current = seed;
    koine::fuzz::Case one = koine::fuzz::generate(seed);
    if (std::string problem = koine::fuzz::problem_of(one); !problem.empty()) {
      ++findings;
      one = koine::fuzz::smaller(one);
      std::printf("seed %llu: %s\n%s\n\n", static_cast<unsigned long long>(seed), koine::fuzz::problem_of(one).c_str(),
                  to_string(one).c_str());
      std::fflush(stdout);
    }
    ++programs;
    ++seed;
  }
  std::printf("%llu programs, %llu findings\n", static_cast<unsigned long long>(programs),
              static_cast<unsigned long long>(findings));
  return findings ? 1 : 0;
}
