#include "io/safetensors/safetensors.h"
#include "fuzz/targets/target.h"

#include <koine/array.h>
#include <koine/io.h>

using namespace koine;

// A file of tensors is read by itself, whole, and into a tree; what reads is written back and is the same.
KOINE_FUZZ_TARGET(safetensors) {
  const std::string path = fuzz::file("a.safetensors", bytes);
  const bool reads = fuzz::survives([&] {
    const io::safetensors::Reader reader(path);
    for (const auto& entry : reader.header().entries) reader.read(entry);
  });
  fuzz::survives([&] { io::metadata(path); });
  if (!reads) return;
  const bool loads = fuzz::survives([&] { io::load_all(path); });
  if (!loads) return;
  const io::safetensors::Reader reader(path);
  std::vector<std::vector<std::byte>> values;
  std::vector<io::safetensors::TensorBytes> tensors;
  for (const auto& entry : reader.header().entries) values.push_back(reader.read(entry));
  for (size_t i = 0; i < values.size(); ++i) {
    const auto& entry = reader.header().entries[i];
    tensors.push_back({entry.name, entry.dtype, entry.shape, values[i]});
  }
  const std::string again = fuzz::folder() + "/b.safetensors";
  const bool writes = fuzz::survives([&] { io::safetensors::write(again, tensors, reader.header().metadata); });
  if (!writes) return;
  const io::safetensors::Reader copy(again);
  for (const auto& tensor : tensors) {
    const auto* entry = copy.find(tensor.name);
    if (!entry || entry->shape != tensor.shape || !std::ranges::equal(copy.read(*entry), tensor.bytes)) std::abort();
  }
}
