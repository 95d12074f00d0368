#include "base/output_file.h"
#include "support/temp_folder.h"

#include <koine/error.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <csignal>
#include <set>
#include <thread>
#include <vector>

using namespace koine;
using testing::contains;
using testing::message_of;
using testing::TempFolder;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

mode_t mode_of(const std::string& path) {
  struct stat status{};
  REQUIRE(lstat(path.c_str(), &status) == 0);
  return status.st_mode;
}

/// For as long as it lives.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(umask(mask)) {}
  ~Umask() { umask(before_); }

 private:
  mode_t before_;
};

/// Writes in a process that is killed before it commits.
void leave_behind(const std::string& path) {
  const pid_t child = fork();
  if (child == 0) {
    OutputFile file(path);
    file.write("half");
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
}

size_t files_in(const TempFolder& folder) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder.path()), {}));
}

}  // namespace

TEST_CASE("output file: the old file stays until commit, and nothing else stays after it") {
  TempFolder folder;
  const std::string path = folder.write("a", "old");
  {
    OutputFile file(path);
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

TEST_CASE("output file: without commit nothing changes") {
  TempFolder folder;
  const std::string path = folder.write("a", "old");
  {
    OutputFile(path).write(bytes_of("new"));
  }
  CHECK(testing::read_file(path) == "old");
  CHECK(files_in(folder) == 1);
}

TEST_CASE("output file: a link keeps pointing at its target") {
  TempFolder folder;
  const std::string target = folder.write("target", "old");
  std::filesystem::create_symlink("target", folder / "link");
  OutputFile file(folder / "link");
  file.write(bytes_of("new"));
  file.commit();
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(testing::read_file(target) == "new");
}

TEST_CASE("output file: errors name the path") {
  TempFolder folder;
  const std::string path = folder / "no/such";
  CHECK(testing::contains(testing::message_of<IoError>([&] { OutputFile file(path); }), path + ": No such file"));
}

TEST_CASE("output file: a write that finds no room leaves the old file") {
  TempFolder folder;
  const std::string path = folder.write("a", "old");
  // The limit on the size of files stands in for a full disk.
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string message =
      testing::message_of<IoError>([&] { OutputFile(path).write(bytes_of(std::string(5000, 'x'))); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(testing::contains(message, "cannot write " + path));
  CHECK(testing::read_file(path) == "old");
  CHECK(files_in(folder) == 1);
}

TEST_CASE("output file: an old file keeps its mode, a new one obeys the umask") {
  const TempFolder folder;
  const std::string path = folder.write("a", "old");
  for (const mode_t mode : {0600, 0640, 0644, 0666, 0755}) {
    const Umask mask(0027);
    REQUIRE(chmod(path.c_str(), mode) == 0);
    write_output(path, "new");
    CHECK((mode_of(path) & 07777) == mode);
  }
  const Umask mask(0077);
  write_output(folder / "fresh", "new");
  CHECK((mode_of(folder / "fresh") & 07777) == 0600);
  // While it is written, nobody else reads what is to replace a private file.
  REQUIRE(chmod(path.c_str(), 0600) == 0);
  const Umask open_mask(0);
  const OutputFile file(path);
  for (const auto& one : std::filesystem::directory_iterator(folder.path()))
    CHECK((one.path().filename() == "fresh" || (mode_of(one.path().string()) & 077) == 0));
}

TEST_CASE("output file: an old file keeps its owner") {
  if (geteuid() != 0) return;
  const TempFolder folder;
  const std::string path = folder.write("a", "old");
  REQUIRE(chown(path.c_str(), 1234, 4321) == 0);
  REQUIRE(chmod(path.c_str(), 06755) == 0);
  write_output(path, "new");
  struct stat status{};
  REQUIRE(stat(path.c_str(), &status) == 0);
  CHECK(status.st_uid == 1234);
  CHECK(status.st_gid == 4321);
  CHECK((status.st_mode & 07777) == 06755);
}

TEST_CASE("output file: links that hang, go round, or lead through folders") {
  const TempFolder folder;
  std::filesystem::create_directories(folder / "far/deep");
  std::filesystem::create_symlink("far/deep/new", folder / "hangs");
  std::filesystem::create_symlink("../../hangs", folder / "far/deep/second");
  write_output(folder / "far/deep/second", "through two links");
  CHECK(testing::read_file(folder / "far/deep/new") == "through two links");
  CHECK(std::filesystem::is_symlink(folder / "hangs"));
  CHECK(std::filesystem::is_symlink(folder / "far/deep/second"));
  std::filesystem::create_symlink("b", folder / "a");
  std::filesystem::create_symlink("a", folder / "b");
  CHECK(contains(message_of<IoError>([&] { OutputFile file(folder / "a"); }), "Too many levels"));
}

TEST_CASE("output file: other hard links keep what they have") {
  const TempFolder folder;
  const std::string path = folder.write("a", "old");
  std::filesystem::create_hard_link(path, folder / "other");
  write_output(path, "new");
  CHECK(testing::read_file(path) == "new");
  CHECK(testing::read_file(folder / "other") == "old");
}

TEST_CASE("output file: the longest name that the system allows") {
  const TempFolder folder;
  const std::string longest(255, 'x'), longer(256, 'x');
  write_output(folder / longest, "a");
  write_output(folder / longest, "b");
  CHECK(testing::read_file(folder / longest) == "b");
  CHECK(files_in(folder) == 1);
  CHECK(contains(message_of<IoError>([&] { OutputFile file(folder / longer); }), "name too long"));
}

TEST_CASE("output file: a FIFO is written to and stays") {
  const TempFolder folder;
  const std::string path = folder / "fifo";
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  CHECK(contains(message_of<IoError>([&] { OutputFile file(path); }), "nobody reads from it"));
  std::string read;
  std::thread reader([&] { read = testing::read_file(path); });
  write_output(path, "through the pipe");
  reader.join();
  CHECK(read == "through the pipe");
  CHECK(S_ISFIFO(mode_of(path)));
  CHECK(files_in(folder) == 1);
}

TEST_CASE("output file: a device is written to and stays") {
  const TempFolder folder;
  const std::string full = folder / "full", null = folder / "null";
  if (mknod(full.c_str(), S_IFCHR | 0666, makedev(1, 7)) != 0) return;  // not as root
  REQUIRE(mknod(null.c_str(), S_IFCHR | 0666, makedev(1, 3)) == 0);
  CHECK(contains(message_of<IoError>([&] { write_output(full, "x"); }), "No space left"));
  write_output(null, "x");
  CHECK(S_ISCHR(mode_of(full)));
  CHECK(S_ISCHR(mode_of(null)));
  CHECK(files_in(folder) == 2);
}

TEST_CASE("output file: a descriptor of the process is written to where it stands") {
  const TempFolder folder;
  const std::string path = folder.write("a", "");
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  REQUIRE(write_all(file.number(), bytes_of("before, ")));
  write_output("/dev/fd/" + std::to_string(file.number()), "between");
  std::filesystem::create_symlink("/proc/self/fd/" + std::to_string(file.number()), folder / "link");
  write_output(folder / "link", ", after");
  CHECK(testing::read_file(path) == "before, between, after");
  CHECK(is_at(file, path));
}

TEST_CASE("output file: what is no file is refused") {
  const TempFolder folder;
  const auto refusal = [](const std::string& path) { return message_of<IoError>([&] { OutputFile file(path); }); };
  CHECK(contains(refusal(folder.path().string()), "it is a folder"));
  CHECK(contains(refusal(folder / "a/"), "needs a name"));
  CHECK(contains(refusal(""), "needs a name"));
  CHECK(contains(refusal(folder / std::string("a\0b", 3)), "zero byte"));
  folder.write("file", "");
  CHECK(contains(refusal(folder / "file/a"), "Not a directory"));
  CHECK(testing::read_file(folder / "file").empty());
  const std::string block = folder / "block";
  if (mknod(block.c_str(), S_IFBLK | 0600, makedev(1, 250)) == 0) CHECK(contains(refusal(block), "block device"));
}

TEST_CASE("output file: a file that is not to be replaced") {
  const TempFolder folder;
  const auto create = [](const std::string& path) { write_output(path, "new", OutputFile::Mode::create); };
  create(folder / "a");
  CHECK(testing::read_file(folder / "a") == "new");
  CHECK(contains(message_of<IoError>([&] { create(folder / "a"); }), "File exists"));
  OutputFile file(folder / "b", OutputFile::Mode::create);
  file.write("late");
  folder.write("b", "quicker");
  CHECK(contains(message_of<IoError>([&] { file.commit(); }), "File exists"));
  CHECK(testing::read_file(folder / "b") == "quicker");
}

TEST_CASE("output file: adding to a file") {
  const TempFolder folder;
  for (const char* text : {"a", "b"}) write_output(folder / "log", text, OutputFile::Mode::append);
  CHECK(testing::read_file(folder / "log") == "ab");
}

TEST_CASE("output file: what a killed process left goes with the next write, what others write stays") {
  const TempFolder folder;
  const std::string path = folder / "a";
  for (int i = 0; i < 2; ++i) leave_behind(path);
  CHECK(files_in(folder) == 1);
  leave_behind(folder / "other");
  CHECK(files_in(folder) == 2);
  folder.write(".koine-notes.tmp", "mine");
  {
    OutputFile first(path);
    first.write("first");
    write_output(path, "second");
    CHECK(testing::read_file(path) == "second");
    remove_left_over(folder.path().string());
    first.commit();
  }
  CHECK(testing::read_file(path) == "first");
  CHECK(std::filesystem::exists(folder / ".koine-notes.tmp"));
  // The file itself and the user's notes: what was left of the other one went with remove_left_over.
  CHECK(files_in(folder) == 2);
}

TEST_CASE("output file: many at once, the file is always one of them") {
  const TempFolder folder;
  const std::string path = folder / "a";
  std::vector<std::thread> writers;
  for (char c = 'a'; c < 'i'; ++c)
    writers.emplace_back([&path, c] {
      for (int i = 0; i < 20; ++i) write_output(path, std::string(1000, c));
    });
  for (std::thread& writer : writers) writer.join();
  const std::string text = testing::read_file(path);
  CHECK(text.size() == 1000);
  CHECK(std::set<char>(text.begin(), text.end()).size() == 1);
  CHECK(files_in(folder) == 1);
}
