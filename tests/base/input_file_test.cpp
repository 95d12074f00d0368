#include "base/input_file.h"
#include "base/random_file.h"
#include "support/temp_folder.h"

#include <koine/error.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstring>

using namespace koine;
using testing::contains;
using testing::message_of;
using testing::TempFolder;

namespace {

std::string refusal(const std::string& path) {
  return message_of<IoError>([&] { open_input(path); });
}

}  // namespace

TEST_CASE("input file: what is no plain file is refused at once and called what it is") {
  TempFolder folder;
  CHECK(contains(refusal(folder.path()), "it is a folder"));
  const std::string pipe = folder / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  // Nobody writes to it: who opens it to read would wait for ever.
  CHECK(contains(refusal(pipe), "it is a pipe; write what comes out of it to a file first"));
  CHECK(contains(refusal("/dev/zero"), "it is a device"));
  const std::string socket_path = folder / "socket";
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket_path.c_str(), sizeof address.sun_path - 1);
  REQUIRE(bind(socket.number(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  CHECK(contains(refusal(socket_path), "it is a socket"));
  CHECK(contains(refusal(folder / "none"), "No such file"));
  std::filesystem::create_symlink("/dev/zero", folder / "link");
  CHECK(contains(refusal(folder / "link"), "it is a device"));
  for (const std::string& path : {pipe, socket_path, folder / "link"}) {
    CHECK_THROWS_AS(RandomFile{path}, IoError);
    CHECK_THROWS_AS(read_whole(path, 100), IoError);
  }
}

TEST_CASE("input file: a name with a zero byte is not another name") {
  TempFolder folder;
  folder.write("a", "text");
  CHECK(contains(refusal((folder / "a") + std::string("\0b", 2)), "zero byte"));
}

TEST_CASE("input file: the whole of a small file, and no more") {
  TempFolder folder;
  const std::string path = folder.write("a", "0123456789");
  CHECK(read_whole(path, 10) == "0123456789");
  CHECK(contains(message_of<FormatError>([&] { read_whole(path, 9); }), "at most 9 bytes"));
  CHECK(read_whole(folder.write("b", ""), 0).empty());
  // The system says that this file has 0 bytes.
  CHECK_FALSE(read_whole("/proc/self/status", 1 << 20).empty());
}
