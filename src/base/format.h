// Building the text of messages.
#pragma once

#include <charconv>
#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace koine {

namespace detail {

template <class T>
void append_text(std::string& text, const T& value) {
  if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    text += std::string_view(value);
  } else if constexpr (std::is_same_v<T, bool>) {
    text += value ? "true" : "false";
  } else if constexpr (std::is_same_v<T, char>) {
    text += value;
  } else if constexpr (std::is_arithmetic_v<T>) {
    char digits[64];
    text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  } else {
    text += to_string(value);
  }
}

}  // namespace detail

/// The arguments as text, one after the other: strings, characters, bools ("true"), integers, floating point numbers
/// (the shortest text that reads back the same) and everything for which to_string(x) is found by its type.
template <class... Args>
std::string cat(const Args&... args) {
  std::string text;
  (detail::append_text(text, args), ...);
  return text;
}

/// The candidate nearest to `word`, ignoring case: the fewest insertions, deletions, changes and swaps of neighbours.
/// Empty when none is near enough to be what was meant. The first of equally near ones.
std::string nearest(std::string_view word, std::span<const std::string_view> candidates);

/// ", did you mean 'tanh'?", or nothing when no candidate is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace koine
