#include "runtime/program_cache.h"

#include <algorithm>

namespace koine::runtime {

const ProgramCache::ProgramRef* ProgramCache::find(const backend::DeviceApi& device, const Work& work) {
  ++clock_;
  Entry*& recent = recent_[work.key.hash() % recent_.size()];
  if (!recent || !recent->is(device, work)) {
    recent = nullptr;
    auto [it, last] = entries_.equal_range(work.key.hash());
    for (; it != last && !recent; ++it)
      if (it->second.is(device, work)) recent = &it->second;
  }
  if (!recent) return nullptr;
  recent->last_use = clock_;
  ++hits_;
  return &recent->program;
}

const ProgramCache::ProgramRef& ProgramCache::add(const backend::DeviceApi& device, const Work& work,
                                                  ProgramRef program) {
  ++compiled_;
  if (entries_.size() >= bound_) forget_old();
  auto key = work.key.numbers();
  Entry entry{&device, {key.begin(), key.end()}, std::move(program), clock_};
  return entries_.emplace(work.key.hash(), std::move(entry))->second.program;
}

bool ProgramCache::Entry::is(const backend::DeviceApi& other, const Work& work) const {
  return device == &other && std::ranges::equal(key, work.key.numbers());
}

// Half of the entries at once, so that a full cache does not search for its oldest at every miss.
void ProgramCache::forget_old() {
  recent_.fill(nullptr);
  std::vector<uint64_t> uses;
  for (const auto& [hash, entry] : entries_) uses.push_back(entry.last_use);
  auto middle = uses.begin() + static_cast<std::ptrdiff_t>(uses.size() / 2);
  std::nth_element(uses.begin(), middle, uses.end());
  uint64_t limit = *middle;
  std::erase_if(entries_, [limit](const auto& item) { return item.second.last_use < limit; });
}

ProgramCache& program_cache() {
  static ProgramCache cache(1024);
  return cache;
}

}  // namespace koine::runtime
