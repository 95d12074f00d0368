// Files that the user names for something to be written to: the one place where they are opened.
#pragma once

#include "base/descriptor.h"

#include <sys/stat.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace koine {

/// What is written to a path, by what stands there:
///
/// - A plain file, or nothing: the file is the old one or the whole new one, whenever the process or the machine stops.
///   It is written beside its place, then comes fsync, rename, and fsync of the folder. Without commit() nothing
///   changes. A file that was there keeps its mode, and its owner where the system allows; a new one obeys the umask.
///   Other hard links to a file that is replaced keep what they have.
/// - A symbolic link: it stays, and what it points at is written.
/// - A FIFO, a terminal or another character device, or a descriptor of this process (/dev/stdout, /dev/fd/3): it is
///   written to as the bytes come.
/// - Anything else, as a folder, is refused.
///
/// What a process left beside a file because it was killed goes with the next write of that file.
class OutputFile {
 public:
  enum class Mode : uint8_t {
    replace,
    /// Refuses a file that is there, at once or when it appears before commit().
    create,
    /// Adds to a plain file in place.
    append
  };

  /// Throws IoError that names the path.
  explicit OutputFile(const std::string& path, Mode mode = Mode::replace);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Throws IoError, on a full disk too; a file that is to be replaced is then untouched.
  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  /// Puts the file in place. When it returns, the file outlives a loss of power; `unless_power_fails` leaves that to a
  /// later commit in the same folder, until which the old file or the whole new one is there.
  enum class Lasting : uint8_t { always, unless_power_fails };
  void commit(Lasting lasting = Lasting::always);

  const std::string& path() const { return path_; }

 private:
  void begin_beside(const struct stat* old);
  void open_in_place(const std::string& place, int flags);
  void keep_mode_and_owner() const;
  void rename_into_place();
  [[noreturn]] void fail(const char* what) const;

  /// As the user gave it, and where a plain file ends.
  std::string path_, place_;
  /// Empty for what is written in place.
  std::string temporary_;
  Mode mode_;
  /// Of the file that is replaced.
  bool replaces_ = false;
  struct stat old_{};
  Descriptor file_;
};

/// Writes the whole of a file. Throws as OutputFile.
void write_output(const std::string& path, std::string_view bytes, OutputFile::Mode mode = OutputFile::Mode::replace);

/// Removes from a folder what OutputFile left there in processes that were killed: temporary files of this user that no
/// process holds.
void remove_left_over(const std::string& folder);

/// Whether a path, without following links, leads to the file that is open.
bool is_at(const Descriptor& file, const std::string& path);

/// The path for a call of the system. Throws IoError for one with a zero byte, where the system would cut it.
const char* system_path(const std::string& path);

}  // namespace koine
