#include "io/atomic_file.h"
#include "support/temp_folder.h"

#include <koine/error.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

using namespace koine;
using io::AtomicFile;
using testing::TempFolder;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

size_t files_in(const TempFolder& folder) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder.path()), {}));
}

}  // namespace

TEST_CASE("atomic file: the old file stays until commit, and nothing else stays after it") {
  TempFolder folder;
  const std::string path = folder.write("a", "old");
  {
    AtomicFile file(path);
    file.write(bytes_of("ne"));
    CHECK(testing::read_file(path) == "old");
    file.write(bytes_of("w"));
    file.commit();
  }
  CHECK(testing::read_file(path) == "new");
  CHECK(files_in(folder) == 1);
  struct stat status{};
  REQUIRE(stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0400) != 0);
}

TEST_CASE("atomic file: without commit nothing changes") {
  TempFolder folder;
  const std::string path = folder.write("a", "old");
  {
    AtomicFile(path).write(bytes_of("new"));
  }
  CHECK(testing::read_file(path) == "old");
  CHECK(files_in(folder) == 1);
}

TEST_CASE("atomic file: a link keeps pointing at its target") {
  TempFolder folder;
  const std::string target = folder.write("target", "old");
  std::filesystem::create_symlink("target", folder / "link");
  AtomicFile file(folder / "link");
  file.write(bytes_of("new"));
  file.commit();
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(testing::read_file(target) == "new");
}

TEST_CASE("atomic file: errors name the path") {
  TempFolder folder;
  const std::string path = folder / "no/such";
  CHECK(testing::contains(testing::message_of<IoError>([&] { AtomicFile file(path); }), path + ": No such file"));
}

TEST_CASE("atomic file: a write that finds no room leaves the old file") {
  TempFolder folder;
  const std::string path = folder.write("a", "old");
  // The limit on the size of files stands in for a full disk.
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string message =
      testing::message_of<IoError>([&] { AtomicFile(path).write(bytes_of(std::string(5000, 'x'))); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(testing::contains(message, "cannot write " + path));
  CHECK(testing::read_file(path) == "old");
  CHECK(files_in(folder) == 1);
}
