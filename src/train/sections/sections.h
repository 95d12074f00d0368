// The declarations of what a config may hold.
#pragma once

#include "train/config.h"

#include <span>
#include <string_view>

namespace koine::train {

template <>
struct ValueRule<RowRange> {
  std::string takes() const { return "rows \"start:stop\", as in \"0:1347\" or \"1347:\""; }
  bool read(const Value& value, RowRange& to) const;
  std::string write(const RowRange& value) const;
};

template <>
struct ValueRule<RowPart> {
  std::string takes() const { return "a part of the rows, above 0 and below 1, or rows \"start:stop\""; }
  bool read(const Value& value, RowPart& to) const;
  std::string write(const RowPart& value) const;
};

template <>
struct ValueRule<std::vector<NamedInput>> {
  std::string takes() const {
    return "a table of names with columns, as in { left = \"0:8\", right = { columns = \"8:\", shape = [2, 4] } }";
  }
  bool read(const Value& value, std::vector<NamedInput>& to) const;
  std::string write(const std::vector<NamedInput>&) const { return ""; }
};

template <>
struct ValueRule<ClassWeights> {
  std::string takes() const { return "\"balanced\", or a list with a number above 0 for each class"; }
  bool read(const Value& value, ClassWeights& to) const;
  std::string write(const ClassWeights&) const { return ""; }
};

template <>
struct ValueRule<data::Column> {
  std::string takes() const { return "\"first\", \"last\", the number of a column (from 0) or its name"; }
  bool read(const Value& value, data::Column& to) const;
  std::string write(const data::Column& value) const;
};

template <>
struct ValueRule<optim::Schedule> {
  Bounds bounds = {};
  std::string takes() const;
  bool read(const Value& value, optim::Schedule& to) const;
  std::string write(const optim::Schedule& value) const;
};

/// A list of texts, or one that stands for itself.
template <>
struct ValueRule<std::vector<std::string>> {
  /// Empty for any texts.
  std::vector<std::string_view> choices = {};
  std::string takes() const;
  bool read(const Value& value, std::vector<std::string>& to) const;
  std::string write(const std::vector<std::string>& value) const;
};

template <>
struct ValueRule<std::optional<double>> {
  Bounds bounds = {};
  std::string takes() const { return ValueRule<double>{bounds}.takes(); }
  bool read(const Value& value, std::optional<double>& to) const {
    return ValueRule<double>{bounds}.read(value, to.emplace());
  }
  std::string write(const std::optional<double>&) const { return ""; }
};

const Section<DataConfig>& data_section();
const Section<TrainConfig>& train_section();
/// One of [train] groups.
const Section<WeightGroup>& group_section();

/// A kind of a choice of tables, as of layers: the key that names it is the first setting of its section.
template <class V>
struct Choice {
  std::string_view kind;
  SectionInfo info;
  /// Reads the settings of the kind into `to`.
  std::function<void(const Value& table, const Place& place, V& to, const Reading& at)> read;
};

/// In the order of the alternatives of LayerSettings.
std::span<const Choice<LayerSettings>> layer_choices();
/// What every layer has besides: its name, what it takes, how often it stands.
const Section<LayerConfig>& layer_section();
/// Reads a list of layers, the model's or a block's.
void read_layers(const Value& list, std::vector<LayerConfig>& to, const Reading& at);
/// In the order of the alternatives of OptimizerConfig.
std::span<const Choice<OptimizerConfig>> optimizer_choices();
/// In the order of the alternatives of ScheduleConfig.
std::span<const Choice<ScheduleConfig>> schedule_choices();

}  // namespace koine::train
