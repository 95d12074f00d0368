// What the declarations of settings share.
#pragma once

#include "base/format.h"
#include "train/sections/sections.h"

#include <utility>

namespace koine::train {

inline const Bounds positive{.low = 0, .open_low = true};
inline const Bounds not_negative{.low = 0};
inline const Bounds from_one{.low = 1};
/// From 0 to below 1.
inline const Bounds fraction{.low = 0, .high = 1, .open_high = true};

/// A section as one kind of a choice. Held once: its settings' closures are shared by all reads.
template <class V, class S>
Choice<V> choice(Section<S> section) {
  const SectionInfo info = info_of(section);
  return {std::string_view(), info,
          [section = std::move(section)](const Value& table, const Place& place, V& to, const Reading& at) {
            read_section(table, place, section, to.template emplace<S>(), at);
          }};
}

template <class V>
std::vector<Choice<V>> named(std::vector<Choice<V>> choices) {
  for (auto& choice : choices) choice.kind = choice.info.name;
  return choices;
}

/// A setting whose value names one of several kinds: "adam", or a table with the kind as its only key.
template <class S, class V>
Setting<S> choice_setting(V S::* member, std::string name, std::string doc, std::span<const Choice<V>> choices,
                          std::string example) {
  std::vector<std::string_view> kinds;
  std::string list;
  for (const auto& choice : choices) {
    kinds.push_back(choice.kind);
    list += cat(list.empty() ? "" : kinds.size() == choices.size() ? " or " : ", ", "\"", choice.kind, "\"");
  }
  Setting<S> result;
  result.name = std::move(name);
  result.doc = std::move(doc);
  result.takes = cat(list, ", or a table as ", example);
  result.fallback = cat("\"", choices[(S{}.*member).index()].kind, "\"");
  result.read = [=, info = static_cast<SettingInfo>(result)](S& to, const Value& value, const Reading& at) {
    const Value empty{value.place, Value::Table{}};
    const auto take = [&](std::string_view kind, const Value& table, const Place& place) {
      for (const auto& choice : choices) {
        if (choice.kind != kind) continue;
        choice.read(table, place, to.*member, {cat(at.path_to(info.name), ".", kind), at.problems});
        return true;
      }
      return false;
    };
    if (const auto* text = value.get<std::string>()) {
      if (!take(*text, empty, value.place)) report_wrong_value(value, info, kinds, at);
      return;
    }
    const auto* table = value.get<Value::Table>();
    if (!table || table->empty()) return report_wrong_value(value, info, kinds, at);
    const Entry& entry = table->front();
    if (!take(entry.key, entry.value, entry.place))
      return report_unknown_key(entry, kinds, at.path_to(info.name), {at.path_to(info.name), at.problems});
    if (table->size() > 1)
      at.problems.add((*table)[1].place, cat(at.path_to(info.name), " takes one of them, got '", entry.key, "' and '",
                                             (*table)[1].key, "'"));
  };
  return result;
}

}  // namespace koine::train
