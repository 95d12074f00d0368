#include "cli/plots.h"

#include "base/format.h"
#include "base/printable.h"
#include "cli/session.h"
#include "cli/table.h"
#include "train/fit.h"

#include <koine/ops.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>

namespace koine::cli {

namespace {

std::string short_number(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

// With a dot for what is left out.
std::string short_name(const std::string& name, size_t most) {
  const std::string text = printable_name(name);
  return shortened(text, most) == text ? text : prefix(text, most - 1) + ".";
}

/// The least and the largest value of a curve that are numbers.
struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -low;

  void add(const std::vector<double>& values) {
    for (const double value : values)
      if (std::isfinite(value)) {
        low = std::min(low, value);
        high = std::max(high, value);
      }
  }
  // From 0 to 1.
  double place(double value) const { return high > low ? (value - low) / (high - low) : 0.5; }
};

Range range_of(const Curve& curve) {
  Range range;
  range.add(curve.train);
  range.add(curve.validation);
  return range;
}

}  // namespace

metrics::Confusion confusion_of(const train::Config& config, const data::Dataset& rows, const nn::Stack& model) {
  const data::Dataset all = rows.reader ? rows.rows(0, rows.size()) : rows;
  return metrics::confusion(train::predict(config, all.x, model), all.y);
}

void write_confusion(std::ostream& out, const metrics::Confusion& confusion,
                     const std::optional<train::TableCode>& code) {
  Table table(std::vector<Table::Align>(static_cast<size_t>(confusion.classes) + 1, Table::Align::right));
  std::vector<std::string> head{"actual \\ taken for"};
  for (int64_t c = 0; c < confusion.classes; ++c) head.push_back(short_name(class_name(code, c), 12));
  table.add(head);
  table.rule();
  for (int64_t actual = 0; actual < confusion.classes; ++actual) {
    std::vector<std::string> row{short_name(class_name(code, actual), 20)};
    for (int64_t c = 0; c < confusion.classes; ++c) {
      const int64_t count = confusion.at(actual, c);
      row.push_back(count == 0 ? "." : cat(count));
    }
    table.add(row);
  }
  table.write(out);
}

Canvas draw_confusion(const metrics::Confusion& confusion, const std::optional<train::TableCode>& code) {
  const int64_t classes = confusion.classes, cell = std::clamp<int64_t>(480 / classes, 6, 60);
  constexpr int64_t margin = 110;
  const bool words = cell >= 24;
  Canvas canvas(classes * cell + margin, classes * cell + margin);
  canvas.text(10, margin, "TAKEN FOR", black);
  canvas.text(10, 8, "ACTUAL", black);
  for (int64_t actual = 0; actual < classes; ++actual) {
    int64_t most = 1;
    for (int64_t c = 0; c < classes; ++c) most = std::max(most, confusion.at(actual, c));
    const int64_t top = margin + actual * cell;
    if (cell >= 12) {
      canvas.text(top + cell / 2 - 5, 8, short_name(class_name(code, actual), 12), black);
      const std::string name =
          short_name(class_name(code, actual), static_cast<size_t>(std::max<int64_t>(cell / 8, 1)));
      canvas.text(margin - 20, top + 2, name, black);
    }
    for (int64_t c = 0; c < classes; ++c) {
      const int64_t count = confusion.at(actual, c), left = margin + c * cell;
      const double part = static_cast<double>(count) / static_cast<double>(most);
      const Color strong = actual == c ? blue : red;
      Color color{};
      for (size_t i = 0; i < 3; ++i) color[i] = static_cast<uint8_t>(255 - (255 - strong[i]) * part);
      canvas.box(top, left, top + cell - 1, left + cell - 1, color);
      if (words && count > 0) canvas.text(top + cell / 2 - 5, left + 4, cat(count), part > 0.5 ? white : black);
    }
  }
  return canvas;
}

std::vector<Curve> curves_of(const std::vector<train::EpochFigures>& epochs) {
  std::vector<Curve> curves;
  constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
  const auto curve_of = [&](const std::string& name) -> Curve& {
    for (Curve& curve : curves)
      if (curve.name == name) return curve;
    return curves.emplace_back(Curve{name, {}, {}, {}});
  };
  for (const train::EpochFigures& epoch : epochs)
    for (const train::Figure& figure : epoch.figures) {
      const bool validation = figure.name.starts_with("val_");
      Curve& curve = curve_of(validation ? figure.name.substr(4) : figure.name);
      const auto number = static_cast<double>(epoch.epoch);
      if (curve.epochs.empty() || curve.epochs.back() != number) {
        curve.epochs.push_back(number);
        curve.train.push_back(nothing);
        curve.validation.push_back(nothing);
      }
      (validation ? curve.validation : curve.train).back() = figure.value;
    }
  return curves;
}

void write_curve(std::ostream& out, const Curve& curve, int width) {
  constexpr int height = 12, margin = 10;
  const Range range = range_of(curve);
  if (!(range.high >= range.low)) return;
  const int columns = std::max(width - margin - 2, 10);
  std::vector<std::string> lines(height, std::string(static_cast<size_t>(columns), ' '));
  const auto mark = [&](const std::vector<double>& values, char letter) {
    for (size_t i = 0; i < values.size(); ++i) {
      if (!std::isfinite(values[i])) continue;
      const double part = values.size() > 1 ? static_cast<double>(i) / static_cast<double>(values.size() - 1) : 0;
      const auto x = static_cast<size_t>(std::lround(part * (columns - 1)));
      lines[static_cast<size_t>(std::lround((1 - range.place(values[i])) * (height - 1)))][x] = letter;
    }
  };
  mark(curve.train, '*');
  mark(curve.validation, '+');
  out << printable_name(curve.name) << "  (* training, + validation)\n";
  for (int i = 0; i < height; ++i) {
    const std::string side = i == 0            ? short_number(range.high)
                             : i == height - 1 ? short_number(range.low)
                                               : std::string();
    out << std::string(margin - 1 - std::min<size_t>(side.size(), margin - 1), ' ') << side << " |"
        << lines[static_cast<size_t>(i)] << '\n';
  }
  const std::string first = short_number(curve.epochs.front()), last = short_number(curve.epochs.back());
  out << std::string(margin, ' ') << '+' << std::string(static_cast<size_t>(columns), '-') << '\n'
      << std::string(margin + 1, ' ') << first
      << std::string(std::max<size_t>(1 + first.size() + last.size(), static_cast<size_t>(columns)) - first.size() -
                         last.size(),
                     ' ')
      << last << "\n";
}

Canvas draw_curves(const std::vector<Curve>& curves) {
  constexpr int64_t height = 260, width = 640, left = 80, top = 40, bottom = 40, right = 20;
  Canvas canvas(height * static_cast<int64_t>(curves.size()), width);
  for (size_t i = 0; i < curves.size(); ++i) {
    const Curve& curve = curves[i];
    const Range range = range_of(curve);
    const int64_t above = height * static_cast<int64_t>(i) + top, below = above + height - top - bottom;
    canvas.text(above - 26, left, curve.name, black, 3);
    canvas.text(above - 22, width - 260, "TRAINING", blue);
    canvas.text(above - 22, width - 150, "VALIDATION", orange);
    for (int line = 0; line <= 4; ++line) {
      const int64_t y = below - (below - above) * line / 4;
      canvas.line(static_cast<double>(y), left, static_cast<double>(y), width - right, line == 0 ? black : grey);
      const std::string number = short_number(range.low + (range.high - range.low) * line / 4);
      canvas.text(y - 5, left - 8 - Canvas::text_width(number), number, black);
    }
    canvas.text(below + 10, left, cat("EPOCH ", short_number(curve.epochs.front())), black);
    const std::string last = short_number(curve.epochs.back());
    canvas.text(below + 10, width - right - Canvas::text_width(last), last, black);
    const auto draw = [&](const std::vector<double>& values, Color color) {
      const auto x = [&](size_t n) {
        const double part = values.size() > 1 ? static_cast<double>(n) / static_cast<double>(values.size() - 1) : 0;
        return left + part * (width - left - right);
      };
      const auto y = [&](size_t n) {
        return static_cast<double>(below) - range.place(values[n]) * double(below - above);
      };
      for (size_t n = 0; n < values.size(); ++n) {
        if (!std::isfinite(values[n])) continue;
        const size_t before = n > 0 && std::isfinite(values[n - 1]) ? n - 1 : n;
        canvas.line(y(before), x(before), y(n), x(n), color, 2);
      }
    };
    draw(curve.train, blue);
    draw(curve.validation, orange);
  }
  return canvas;
}

Canvas draw_samples(const Array& images, const std::vector<std::string>& predicted,
                    const std::vector<std::string>& actual) {
  const int64_t count = images.size(0), side_y = images.size(1), side_x = images.size(2), channels = images.size(3);
  const int64_t scale = std::max<int64_t>(1, 96 / std::max(side_y, side_x)), words = 30;
  const int64_t columns = std::min<int64_t>(count, 8), rows = (count + columns - 1) / columns;
  const int64_t width = std::max<int64_t>(side_x * scale, 88) + 12, height = side_y * scale + words + 8;
  Canvas canvas(rows * height + 8, columns * width + 8);
  // The darkest and brightest values are black and white, whatever the model is given.
  const std::vector<float> values = images.to_vector<float>();
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const float spread = *high > *low ? *high - *low : 1;
  const auto pixels = static_cast<size_t>(side_y * side_x * channels);
  for (int64_t i = 0; i < count; ++i) {
    data::Image image{side_y, side_x, channels, {}};
    for (size_t p = 0; p < pixels; ++p)
      image.pixels.push_back(
          static_cast<uint8_t>(std::lround((values[static_cast<size_t>(i) * pixels + p] - *low) / spread * 255)));
    const int64_t y = 8 + i / columns * height, x = 8 + i % columns * width;
    canvas.image(y, x, image, scale);
    const auto n = static_cast<size_t>(i);
    const bool wrong = !actual.empty() && actual[n] != predicted[n];
    canvas.text(y + side_y * scale + 4, x, short_name(predicted[n], 11), wrong ? red : green);
    if (wrong) canvas.text(y + side_y * scale + 17, x, short_name("not " + actual[n], 11), black);
  }
  return canvas;
}

}  // namespace koine::cli
