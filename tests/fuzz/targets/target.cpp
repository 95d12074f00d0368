#include "fuzz/targets/target.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace koine::fuzz {

namespace fs = std::filesystem;

const std::string& folder() {
  struct Folder {
    std::string path;
    pid_t owner = getpid();
    Folder() {
      std::error_code ignored;
      path = ((fs::is_directory("/dev/shm", ignored) ? fs::path("/dev/shm") : fs::temp_directory_path()) /
              "koine-fuzz-XXXXXX")
                 .string();
      if (!mkdtemp(path.data())) std::abort();
    }
    // A process that was forked has its parent's.
    ~Folder() {
      std::error_code ignored;
      if (getpid() == owner) fs::remove_all(path, ignored);
    }
  };
  static const Folder one;
  return one.path;
}

std::string file(const std::string& name, std::string_view bytes) {
  const std::string path = folder() + "/" + name;
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return path;
}

}  // namespace koine::fuzz
