#include "train/progress.h"
#include "base/narrow.h"

#include "base/printable.h"
#include "base/utf8.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ostream>

namespace koine::train {

namespace {

constexpr double window_seconds = 5;
constexpr int longest_bar = 30, shortest_bar = 8;
constexpr std::string_view gap = "  ";

std::string printed(const char* format, double value) {
  char text[64];
  return {text, static_cast<size_t>(std::snprintf(text, sizeof text, format, value))};
}

// Of equal width for usual figures, so that the line stands still.
std::string text_of(const Figure& figure) {
  const double size = std::fabs(figure.value);
  const bool usual = figure.value == 0 || (size >= 1e-3 && size < 1e4);
  return printable_name(figure.name) + " " + shown(figure, printed(usual ? "%.4f" : "%.3e", figure.value));
}

std::string speed(double per_second) {
  if (per_second >= 1e6) return printed("%.1fM/s", per_second / 1e6);
  if (per_second >= 1e4) return printed("%.1fk/s", per_second / 1e3);
  return printed(per_second >= 100 ? "%.0f/s" : "%.1f/s", per_second);
}

std::string duration(double seconds) {
  const int64_t whole = static_cast<int64_t>(std::min(std::ceil(seconds), 1e9));
  char text[64];
  const int length = whole < 3600 ? std::snprintf(text, sizeof text, "%d:%02d", static_cast<int>(whole / 60),
                                                  static_cast<int>(whole % 60))
                                  : std::snprintf(text, sizeof text, "%d:%02d:%02d", static_cast<int>(whole / 3600),
                                                  static_cast<int>(whole / 60 % 60), static_cast<int>(whole % 60));
  return {text, static_cast<size_t>(length)};
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

int columns_of(std::string_view text) { return narrow<int>(character_count(text)); }

// The first characters, whole ones of UTF-8.
std::string_view first_columns(std::string_view text, int columns) {
  size_t end = 0;
  for (int seen = 0; end < text.size(); ++end) {
    if (!continues_character(text[end]) && seen++ == columns) break;
  }
  return text.substr(0, end);
}

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value && *value;
}

bool locale_is_utf8() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (!is_set(variable)) continue;
    const std::string_view value = std::getenv(variable);
    return value.find("UTF-8") != std::string_view::npos || value.find("utf8") != std::string_view::npos;
  }
  return false;
}

}  // namespace

ProgressStyle style_for(int descriptor) {
  const char* term = std::getenv("TERM");
  ProgressStyle style;
  style.terminal = isatty(descriptor) && term && std::string_view(term) != "dumb";
  style.color = style.terminal && !is_set("NO_COLOR");
  style.unicode = locale_is_utf8();
  style.width = [descriptor] {
    winsize size{};
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
  };
  style.clock = [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  };
  return style;
}

Progress::Progress(std::ostream& out, int64_t epochs, int64_t steps, ProgressStyle style)
    : out_(out), epochs_(std::max<int64_t>(epochs, 1)), steps_(std::max<int64_t>(steps, 1)), style_(std::move(style)) {
  start_ = epoch_start_ = style_.clock();
  earlier_ = later_ = {start_, 0, 0};
  drawn_at_ = start_ - style_.interval;
  draw(true);
}

Progress::~Progress() {
  if (finished_ || !style_.terminal) return;
  out_ << '\n' << std::flush;
}

void Progress::begin_at(int64_t epoch, int64_t step) {
  epoch_ = std::min(epoch, epochs_);
  step_ = std::min(step, steps_);
  earlier_ = later_ = {style_.clock(), part_done(), 0};
}

void Progress::step(int64_t examples, std::span<const Figure> metrics) {
  step_ = std::min(step_ + 1, steps_);
  examples_ += examples;
  update(metrics);
  draw(false);
}

void Progress::end_epoch(std::span<const Figure> metrics) {
  epoch_ = std::min(epoch_ + 1, epochs_);
  step_ = 0;
  update(metrics);
  if (style_.json)
    write_json_line();
  else if (style_.terminal)
    draw(false);
  else
    write_plain_line();
  epoch_start_ = style_.clock();
}

void Progress::message(std::string_view text) {
  if (!style_.terminal) {
    out_ << printable_line(text) << '\n' << std::flush;
    return;
  }
  out_ << '\r' << printable_line(text) << "\x1b[K\n";
  drawn_.clear();
  draw(true);
}

void Progress::finish() {
  if (finished_) return;
  finished_ = true;
  if (!style_.terminal) return;
  draw(true);
  out_ << '\n' << std::flush;
}

void Progress::update(std::span<const Figure> metrics) {
  for (const Figure& metric : metrics) {
    const auto known = std::find_if(metrics_.begin(), metrics_.end(), [&](auto& m) { return m.name == metric.name; });
    if (known == metrics_.end())
      metrics_.push_back(metric);
    else
      *known = metric;
  }
  const double now = style_.clock();
  if (now - later_.time < window_seconds) return;
  earlier_ = later_;
  later_ = {now, part_done(), examples_};
}

double Progress::part_done() const {
  const double all = static_cast<double>(epochs_) * static_cast<double>(steps_);
  return std::min(1.0, (static_cast<double>(epoch_) * static_cast<double>(steps_) + static_cast<double>(step_)) / all);
}

double Progress::rate() const {
  const double seconds = style_.clock() - earlier_.time;
  return seconds > 0 ? static_cast<double>(examples_ - earlier_.examples) / seconds : 0;
}

std::string Progress::time_left() const {
  const double done = part_done(), advance = done - earlier_.done;
  if (advance <= 0) return "";
  return duration((style_.clock() - earlier_.time) * (1 - done) / advance) + " left";
}

void Progress::write_plain_line() {
  const double now = style_.clock();
  const std::string all = std::to_string(epochs_), number = std::to_string(epoch_);
  std::string text = "epoch " + std::string(all.size() - number.size(), ' ') + number + "/" + all;
  for (const Figure& metric : metrics_) text += std::string(gap) + text_of(metric);
  if (examples_ > 0) text += std::string(gap) + speed(rate());
  text += std::string(gap) + printed("%.1f s", now - epoch_start_);
  out_ << text << '\n' << std::flush;
}

void Progress::write_json_line() {
  std::string text = "{\"epoch\": " + std::to_string(epoch_) + ", \"epochs\": " + std::to_string(epochs_);
  for (const Figure& metric : metrics_)
    text +=
        ", " + json_text(metric.name) + ": " + (std::isfinite(metric.value) ? printed("%.9g", metric.value) : "null");
  text += ", \"examples\": " + std::to_string(examples_) +
          ", \"seconds\": " + printed("%.3f", style_.clock() - start_) + "}";
  out_ << text << '\n' << std::flush;
}

void Progress::draw(bool now) {
  if (!style_.terminal) return;
  const double time = style_.clock();
  if (!now && time - drawn_at_ < style_.interval) return;
  drawn_at_ = time;
  // The last column stays free: a character there would wrap the line on some terminals.
  std::string text = line(style_.width() - 1, finished_);
  if (text == drawn_) return;
  // One write, over the old text; what is left of it is erased at the end. Erasing first would flicker.
  out_ << "\r" + text + "\x1b[K" << std::flush;
  drawn_ = std::move(text);
}

// As much as fits: the epoch, the figures, the time, the speed and the bar, in this order of importance.
std::string Progress::line(int width, bool last) const {
  const std::string all = std::to_string(epochs_);
  const std::string number = std::to_string(std::min(epoch_ + (last ? 0 : 1), epochs_));
  std::string head = "epoch " + std::string(all.size() - number.size(), ' ') + number + "/" + all;
  const std::string percent = printed("%3.0f%%", std::floor(part_done() * 100));
  std::string tail;
  int room = width - columns_of(head) - 1 - columns_of(percent);
  const auto add = [&](const std::string& part) {
    const int columns = columns_of(part) + narrow<int>(gap.size());
    if (part.empty() || columns > room) return;
    room -= columns;
    tail += std::string(gap) + part;
  };
  for (const Figure& metric : metrics_) add(text_of(metric));
  add(last ? duration(style_.clock() - start_) : time_left());
  if (examples_ > 0) add(speed(rate()));
  if (room > shortest_bar) head += " " + bar(std::min(room - 1, longest_bar));
  const std::string text = head + " " + percent + tail;
  // With escapes for colors it has room for a bar and so fits.
  return room < 0 ? std::string(first_columns(text, std::max(width, 0))) : text;
}

std::string Progress::bar(int width) const {
  const int filled = static_cast<int>(part_done() * width);
  std::string text = style_.color ? "\x1b[36m" : "";
  for (int i = 0; i < filled; ++i) text += style_.unicode ? "━" : "#";
  if (style_.color) text += "\x1b[0;2m";
  for (int i = filled; i < width; ++i) text += style_.unicode ? "─" : "-";
  return text + (style_.color ? "\x1b[0m" : "");
}

}  // namespace koine::train
