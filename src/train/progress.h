// What a run shows while it goes: one line that is redrawn on a terminal, a line per epoch elsewhere.
#pragma once

#include <koine/figure.h>

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace koine::train {

struct ProgressStyle {
  /// Redraw one line; otherwise lines of plain text.
  bool terminal = false;
  bool color = false;
  /// A JSON object on a line for each epoch in place of all else.
  bool json = false;
  /// Draw with characters beyond ASCII.
  bool unicode = false;
  /// Columns of the terminal, asked at every drawing because windows change.
  std::function<int()> width = [] { return 80; };
  /// Seconds from any fixed moment.
  std::function<double()> clock;
  /// Seconds between drawings, so that drawing costs nothing and does not flicker.
  double interval = 0.1;
};

/// The style for a file descriptor: a terminal that can redraw (not TERM=dumb) or not, colors unless NO_COLOR is set,
/// characters by the locale, the real width and clock.
ProgressStyle style_for(int descriptor);

/// Shows a run of `epochs` times `steps` steps. Figures that are given stay until they are given again.
class Progress {
 public:
  Progress(std::ostream& out, int64_t epochs, int64_t steps, ProgressStyle style);
  /// Leaves the line as it is and ends it, so that what follows, as an error, stands on its own.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Goes on with a run that has these epochs and steps of the next one behind it.
  void begin_at(int64_t epoch, int64_t step);
  /// After each step, with how many examples it saw.
  void step(int64_t examples, std::span<const Figure> metrics = {});
  /// After each epoch. Where lines are plain, this writes one.
  void end_epoch(std::span<const Figure> metrics = {});
  /// A line of text of its own, above the one that is redrawn.
  void message(std::string_view text);
  /// Draws the last state, with the time that all took, and ends the line.
  void finish();

 private:
  void update(std::span<const Figure> metrics);
  void write_plain_line();
  void write_json_line();
  void draw(bool now);
  std::string line(int width, bool last) const;
  std::string bar(int width) const;
  double rate() const;
  std::string time_left() const;
  double part_done() const;

  std::ostream& out_;
  int64_t epochs_, steps_;
  ProgressStyle style_;
  int64_t epoch_ = 0, step_ = 0;  // complete ones
  std::vector<Figure> metrics_;
  int64_t examples_ = 0;
  double start_, epoch_start_;
  // The speed is that since `earlier_`, a few seconds ago: the first steps are slow, and machines change their pace.
  struct Mark {
    double time, done;
    int64_t examples;
  };
  Mark earlier_, later_;
  double drawn_at_;
  std::string drawn_;
  bool finished_ = false;
};

}  // namespace koine::train
