#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace koine {

/// Room for a number of trivial values that is known when it is made and mostly small: `most` of them cost no
/// allocation. Values are not initialised.
template <class T, size_t most>
class Few {
 public:
  explicit Few(size_t count) : many_(count > most ? count : 0), all_(count > most ? many_.data() : few_, count) {}
  Few(const Few&) = delete;
  Few& operator=(const Few&) = delete;
  T& operator[](size_t k) { return all_[k]; }
  std::span<T> all() const { return all_; }

 private:
  T few_[most];
  std::vector<T> many_;
  std::span<T> all_;
};

}  // namespace koine
