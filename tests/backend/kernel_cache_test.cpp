#include "backend/kernel_cache.h"
#include "backend/cpu/code.h"
#include "support/temp_folder.h"

#include <koine/koine.h>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <bit>
#include <cstdio>
#include <ctime>
#include <fstream>

using namespace koine;
using backend::KernelCache;
using testing::TempFolder;

namespace {

std::string only_file(const std::string& folder) {
  auto file = std::filesystem::directory_iterator(folder);
  REQUIRE(file != std::filesystem::directory_iterator());
  return file->path().string();
}

void make_older(const std::string& path, int seconds) {
  const timespec then{std::time(nullptr) - seconds, 0};
  const std::array<timespec, 2> times{then, then};
  REQUIRE(utimensat(AT_FDCWD, path.c_str(), times.data(), 0) == 0);
}

/// What a process of its own prints that runs the test case below, with its kernels kept in a folder.
std::string run_child(const std::string& folder, const std::string& settings = "") {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command = settings + " KOINE_DEVICE=cpu KOINE_EAGER=0 KOINE_CACHE='" + folder + "' '" + self +
                              "' --no-skip --minimal --test-case='kernel cache: child' 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe);
  std::string text;
  for (int c; (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
  CHECK(pclose(pipe) == 0);
  return text;
}
std::string results_in(const std::string& text) { return text.substr(0, text.find("\ncompiled")); }
int64_t number_after(const std::string& text, const std::string& name) {
  const size_t at = text.find("\n" + name + " ");
  REQUIRE(at != std::string::npos);
  return std::stoll(text.substr(at + name.size() + 2));
}

}  // namespace

// Not a test of its own: a process of the tests below.
TEST_CASE("kernel cache: child" * doctest::skip()) {
  for (int run = 0; run < 3; ++run) {
    Array x = normal(Key{4}, {.shape = {9, 70}});
    x.data();
    Array y = sin(softmax(x * 3)) + gelu(x), z = sum(y * y, {.axis = {0}});
    z.data();
    for (const Array& result : {y, z}) {
      uint64_t hash = 0;
      for (const float number : result.to_vector<float>())
        hash = hash * 1099511628211u + std::bit_cast<uint32_t>(number);
      if (run == 2) std::printf("%016llx\n", static_cast<unsigned long long>(hash));
    }
  }
  const backend::cpu::CodeStats stats = backend::cpu::code_stats();
  std::printf("compiled %lld\nloaded %lld\n", static_cast<long long>(stats.compiled),
              static_cast<long long>(stats.loaded));
}

TEST_CASE("kernel cache: what is kept is found, by another process's cache too") {
  TempFolder folder;
  KernelCache cache(folder / "new/folder");
  REQUIRE(cache.open());
  CHECK(!cache.find("key"));
  cache.keep("key", "bytes");
  cache.keep("other", std::string(100'000, '\0'));
  CHECK(KernelCache(folder / "new/folder").find("key") == "bytes");
  CHECK(cache.find("other") == std::string(100'000, '\0'));
  CHECK(!cache.find("ke"));
  cache.keep("key", "better");
  CHECK(cache.find("key") == "better");
  CHECK(cache.entries().size() == 2);
  cache.clear();
  CHECK(cache.entries().empty());
  CHECK(!cache.find("key"));
  CHECK(std::filesystem::is_empty(folder / "new/folder"));
}

TEST_CASE("kernel cache: a damaged file counts as absent and is replaced") {
  TempFolder folder;
  KernelCache cache(folder / "kernels");
  cache.keep("key", "some bytes");
  const std::string path = only_file(cache.folder()), whole = testing::read_file(path);
  auto put = [&](const std::string& bytes) { std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes; };
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    put(damaged);
    CHECK_MESSAGE(!cache.find("key"), at);
    put(whole.substr(0, at));
    CHECK_MESSAGE(!cache.find("key"), at);
  }
  put(whole + "x");
  CHECK(!cache.find("key"));
  cache.keep("key", "some bytes");
  CHECK(cache.find("key") == "some bytes");
}

TEST_CASE("kernel cache: where others can write nothing is read and nothing is kept") {
  TempFolder folder;
  const std::string path = folder / "kernels";
  KernelCache(path).keep("key", "bytes");
  for (const mode_t mode : {mode_t{0770}, mode_t{0707}, mode_t{0720}}) {
    REQUIRE(chmod(path.c_str(), mode) == 0);
    KernelCache cache(path);
    CHECK(!cache.open());
    CHECK(testing::contains(cache.refusal(), path + ": other users can write there"));
    CHECK(!cache.find("key"));
    cache.keep("key", "others");
  }
  REQUIRE(chmod(path.c_str(), 0755) == 0);
  KernelCache cache(path);
  CHECK(cache.refusal().empty());
  CHECK(cache.find("key") == "bytes");
  const std::string file = only_file(path);
  REQUIRE(chmod(file.c_str(), 0664) == 0);
  CHECK(!cache.find("key"));
  REQUIRE(chmod(file.c_str(), 0600) == 0);
  CHECK(cache.find("key") == "bytes");
  // A link may lead to what others can write.
  std::filesystem::rename(file, folder / "elsewhere");
  std::filesystem::create_symlink(folder / "elsewhere", file);
  CHECK(!cache.find("key"));
  cache.keep("key", "again");
  CHECK(cache.find("key") == "again");
  if (geteuid() != 0) return;
  REQUIRE(chown(file.c_str(), 1, 1) == 0);
  CHECK(!cache.find("key"));
  REQUIRE(chown(path.c_str(), 1, 1) == 0);
  CHECK(testing::contains(KernelCache(path).refusal(), "belongs to another user"));
}

TEST_CASE("kernel cache: above its bound what was not used for longest goes") {
  TempFolder folder;
  KernelCache cache(folder / "kernels", 10'000);
  const std::string bytes(900, 'x');
  auto key = [](int k) { return "key " + std::to_string(k); };
  for (int k = 0; k < 10; ++k) {
    cache.keep(key(k), bytes);
    make_older(cache.folder() + "/" + backend::digest_of(key(k)) + ".kernel", 100'000 - 1000 * k);
  }
  CHECK(cache.entries().size() == 10);
  CHECK(cache.find(key(0)));  // makes it the latest
  cache.keep(key(10), bytes);
  CHECK(cache.entries().size() < 9);
  CHECK(cache.find(key(0)));
  CHECK(cache.find(key(10)));
  CHECK(!cache.find(key(1)));
  for (int k = 11; k < 100; ++k) cache.keep(key(k), bytes);
  int64_t held = 0;
  for (const KernelCache::Entry& entry : cache.entries()) held += entry.bytes;
  CHECK(held <= 10'000);
}

TEST_CASE("kernel cache: many processes at once find whole files or none") {
  TempFolder folder;
  const std::string path = folder / "kernels";
  auto bytes = [](int k) { return std::string(static_cast<size_t>(1000 + 977 * k), static_cast<char>('a' + k % 26)); };
  std::vector<pid_t> children;
  for (int c = 0; c < 4; ++c) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child > 0) {
      children.push_back(child);
      continue;
    }
    KernelCache cache(path, 100'000);
    bool right = cache.open();
    for (int round = 0; round < 40; ++round)
      for (int k = 0; k < 12; ++k) {
        const std::string key = std::to_string((k + 3 * c) % 12);
        const auto found = cache.find(key);
        right = right && (!found || *found == bytes(std::stoi(key)));
        if (!found || round % 4 == c) cache.keep(key, bytes(std::stoi(key)));
      }
    _exit(right ? 0 : 1);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
  }
  KernelCache cache(path, 100'000);
  CHECK(!cache.entries().empty());
  for (const auto& file : std::filesystem::directory_iterator(path)) CHECK(file.path().extension() == ".kernel");
}

TEST_CASE("kernel cache: a second process compiles nothing and computes the same bits") {
  TempFolder folder;
  const std::string kernels = folder / "kernels";
  const std::string cold = run_child(kernels), warm = run_child(kernels), without = run_child("off");
  if (number_after(without, "compiled") == 0) return;  // built without LLVM
  CHECK(number_after(cold, "compiled") > 0);
  CHECK(number_after(cold, "loaded") == 0);
  CHECK(number_after(warm, "compiled") == 0);
  CHECK(number_after(warm, "loaded") == number_after(cold, "compiled"));
  CHECK(results_in(warm) == results_in(cold));
  CHECK(results_in(without) == results_in(cold));
  // Another instruction set has kernels of its own.
  CHECK(number_after(run_child(kernels, "KOINE_ISA=baseline"), "loaded") == 0);
  // Damaged files are replaced.
  for (const auto& file : std::filesystem::directory_iterator(kernels)) {
    std::string text = testing::read_file(file.path().string());
    text[text.size() - 1] = static_cast<char>(text.back() ^ 1);
    std::ofstream(file.path(), std::ios::binary | std::ios::trunc) << text;
  }
  const std::string damaged = run_child(kernels);
  CHECK(number_after(damaged, "loaded") == 0);
  CHECK(results_in(damaged) == results_in(cold));
  CHECK(number_after(run_child(kernels), "compiled") == 0);
}

TEST_CASE("kernel cache: a folder that is refused is told once, and kernels are compiled all the same") {
  TempFolder folder;
  const std::string kernels = folder / "kernels";
  REQUIRE(mkdir(kernels.c_str(), 0777) == 0);
  REQUIRE(chmod(kernels.c_str(), 0777) == 0);
  const std::string text = run_child(kernels);
  if (number_after(text, "compiled") == 0) return;  // built without LLVM
  const size_t told = text.find("compiled kernels are not kept");
  CHECK(told != std::string::npos);
  CHECK(text.find("compiled kernels are not kept", told + 1) == std::string::npos);
  CHECK(std::filesystem::is_empty(kernels));
}
