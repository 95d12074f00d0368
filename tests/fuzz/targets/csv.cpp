#include "data/csv.h"
#include "fuzz/targets/target.h"

#include <koine/data.h>

#include <zlib.h>

using namespace koine;

namespace {

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

// A table of numbers and of texts, with few limits and with tight ones; the first byte says whether the rest is packed.
KOINE_FUZZ_TARGET(csv) {
  if (bytes.empty()) return;
  const bool packed = bytes[0] & 1;
  const std::string path = fuzz::file("a.csv", packed ? gzip(bytes.substr(1)) : std::string(bytes.substr(1)));
  std::vector<std::string> damaged;
  const data::TableOptions tight{
      .max_record_bytes = 100, .max_columns = 8, .expansion = {.ratio = 2, .free_bytes = 1000}, .damaged = &damaged};
  fuzz::survives([&] { data::read_table(path); });
  fuzz::survives([&] { data::read_table(path, tight); });
  fuzz::survives([&] {
    const data::TextTable table = data::read_text_table(path, {.delimiter = data::find_delimiter(path)});
    for (size_t row = 0; row < table.rows; ++row)
      for (size_t column = 0; column < table.columns; ++column) (void)table.at(row, column);
  });
  fuzz::survives([&] { data::read_text_table(path, tight); });
  fuzz::survives([&] { data::csv(path, {.label = "y", .memory = 16}); });
}
