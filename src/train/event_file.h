// Event files as TensorBoard reads them.
#pragma once

#include "base/output_file.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace koine::train {

/// A file of figures over steps in a folder: `tensorboard --logdir FOLDER` shows them. Each is on the disk when
/// `scalar` returns, so that a run may be watched, and killed.
class EventFile {
 public:
  /// Makes the folder when there is none. Throws IoError, here and below.
  explicit EventFile(const std::string& folder);
  void scalar(std::string_view tag, double value, int64_t step);

 private:
  void write(const std::string& event);

  std::unique_ptr<OutputFile> file_;
};

/// CRC-32C (Castagnoli), which the records of event files carry.
uint32_t crc32c(std::string_view bytes);

}  // namespace koine::train
