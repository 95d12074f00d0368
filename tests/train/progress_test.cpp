#include "train/progress.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <sstream>

using namespace koine::train;

namespace {

// A stream, a clock and a width that a test sets, and what a terminal would show.
struct Screen {
  std::ostringstream out;
  double time = 100;
  int width = 80;

  ProgressStyle style(bool terminal) {
    return {.terminal = terminal, .width = [this] { return width; }, .clock = [this] { return time; }};
  }

  // The lines that are seen: carriage returns go back, "\x1b[K" erases to the end, colors have no width.
  std::vector<std::string> lines() const {
    std::vector<std::string> seen(1);
    size_t at = 0;
    const std::string text = out.str();
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\r') {
        at = 0;
      } else if (text[i] == '\n') {
        seen.emplace_back();
        at = 0;
      } else if (text[i] == '\x1b') {
        const size_t end = text.find_first_of("Km", i);
        if (text[end] == 'K') seen.back().resize(at);
        i = end;
      } else {
        if (at == seen.back().size()) seen.back() += ' ';
        seen.back()[at++] = text[i];
      }
    }
    return seen;
  }
  std::string line() const { return lines().back(); }
};

// An environment variable for as long as this lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    setenv(name, value, 1);
  }
  ~Variable() {
    if (before_)
      setenv(name_, before_->c_str(), 1);
    else
      unsetenv(name_);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

std::vector<Figure> loss(double value) { return {{"loss", value}}; }

}  // namespace

TEST_CASE("progress: plain lines, one an epoch") {
  Screen screen;
  {
    Progress progress(screen.out, 12, 2, screen.style(false));
    for (int epoch = 0; epoch < 2; ++epoch) {
      for (int i = 0; i < 2; ++i) {
        screen.time += 0.5;
        progress.step(64, loss(0.5));
      }
      progress.end_epoch(std::vector<Figure>{{"loss", 0.25}, {"accuracy", 0.9}});
    }
    progress.message("stopped");
    progress.finish();
  }
  CHECK(screen.out.str() ==
        "epoch  1/12  loss 0.2500  accuracy 0.9000  128/s  1.0 s\n"
        "epoch  2/12  loss 0.2500  accuracy 0.9000  128/s  1.0 s\n"
        "stopped\n");
}

TEST_CASE("progress: one line on a terminal, redrawn") {
  Screen screen;
  Progress progress(screen.out, 2, 10, screen.style(true));
  CHECK(screen.line() == "epoch 1/2 ------------------------------   0%");
  for (int i = 0; i < 5; ++i) {
    screen.time += 1;
    progress.step(64, loss(0.5));
  }
  CHECK(screen.line() == "epoch 1/2 #######-----------------------  25%  loss 0.5000  0:15 left  64.0/s");
  for (int i = 0; i < 5; ++i) {
    screen.time += 1;
    progress.step(64, loss(0.25));
  }
  progress.end_epoch(std::vector<Figure>{{"accuracy", 0.9}});
  screen.width = 100;
  screen.time += 1;
  progress.step(64, loss(0.125));
  CHECK(screen.line() ==
        "epoch 2/2 ################--------------  55%  loss 0.1250  accuracy 0.9000  0:09 left  64.0/s");
  for (int i = 0; i < 9; ++i) progress.step(64, loss(0.125));
  progress.end_epoch();
  progress.finish();
  CHECK(screen.lines().size() == 2);
  CHECK(screen.lines()[0] ==
        "epoch 2/2 ############################## 100%  loss 0.1250  accuracy 0.9000  0:11  160/s");
}

TEST_CASE("progress: what does not fit is left out, and a line never reaches the last column") {
  for (int width = 1; width <= 120; ++width) {
    CAPTURE(width);
    Screen screen;
    screen.width = width;
    Progress progress(screen.out, 100, 10, screen.style(true));
    screen.time += 10;
    progress.step(64, std::vector<Figure>{{"loss", 0.5}, {"accuracy", 0.25}});
    CHECK(static_cast<int>(screen.line().size()) < width);
    CHECK(screen.lines().size() == 1);
  }
  Screen screen;
  screen.width = 40;
  Progress progress(screen.out, 100, 10, screen.style(true));
  screen.time += 10;
  progress.step(64, std::vector<Figure>{{"loss", 0.5}, {"accuracy", 0.25}});
  CHECK(screen.line() == "epoch   1/100   0%  loss 0.5000  6.4/s");
}

TEST_CASE("progress: drawn at most ten times a second, in one piece, and not when nothing changed") {
  Screen screen;
  Progress progress(screen.out, 1, 1000, screen.style(true));
  for (int i = 0; i < 500; ++i) {
    screen.time += 0.001;
    progress.step(1, loss(i));
  }
  const std::string text = screen.out.str();
  const auto drawings = std::count(text.begin(), text.end(), '\r');
  CHECK(drawings >= 5);
  CHECK(drawings <= 6);
  CHECK(std::count(text.begin(), text.end(), '\n') == 0);
}

TEST_CASE("progress: messages stand above the line") {
  Screen screen;
  Progress progress(screen.out, 1, 2, screen.style(true));
  screen.time += 1;
  progress.step(1, loss(1));
  progress.message("saved");
  CHECK(screen.lines()[0] == "saved");
  CHECK(screen.line() == "epoch 1/1 ###############---------------  50%  loss 1.0000  0:01 left  1.0/s");
}

TEST_CASE("progress: a run that stops early ends its line") {
  Screen screen;
  {
    Progress progress(screen.out, 1, 2, screen.style(true));
    progress.step(1, loss(1));
  }
  CHECK(screen.out.str().back() == '\n');
}

TEST_CASE("progress: colors and characters only as asked") {
  Screen plain, rich;
  ProgressStyle style = rich.style(true);
  style.color = style.unicode = true;
  Progress(plain.out, 1, 2, plain.style(true)).step(1);
  Progress(rich.out, 1, 2, style).step(1);
  const std::string colorless = plain.out.str();
  CHECK(colorless.find('m') == std::string::npos);
  CHECK(std::all_of(colorless.begin(), colorless.end(), [](char c) { return static_cast<unsigned char>(c) < 128; }));
  CHECK(rich.out.str().find("\x1b[36m━━━") == std::string::npos);
  CHECK(rich.out.str().find("─") != std::string::npos);
  CHECK(rich.out.str().find("\x1b[0;2m") != std::string::npos);
}

TEST_CASE("progress: figures of all sizes") {
  const auto shown = [](double value, int64_t examples, double seconds) {
    Screen screen;
    Progress progress(screen.out, 1, 100, screen.style(false));
    screen.time += seconds;
    progress.step(examples, loss(value));
    progress.end_epoch();
    return screen.out.str();
  };
  CHECK(shown(0, 64, 1) == "epoch 1/1  loss 0.0000  64.0/s  1.0 s\n");
  CHECK(shown(-1234.5, 12345, 1) == "epoch 1/1  loss -1234.5000  12.3k/s  1.0 s\n");
  CHECK(shown(1e-9, 5000000, 1) == "epoch 1/1  loss 1.000e-09  5.0M/s  1.0 s\n");
  CHECK(shown(1e300, 0, 0) == "epoch 1/1  loss 1.000e+300  0.0 s\n");
  CHECK(shown(std::nan(""), 1, 0) == "epoch 1/1  loss nan  0.0/s  0.0 s\n");
  Screen screen;
  Progress progress(screen.out, 1, 100000, screen.style(true));
  screen.time += 1;
  progress.step(1);
  CHECK(screen.line() == "epoch 1/1 ------------------------------   0%  27:46:39 left  1.0/s");
}

TEST_CASE("progress: the speed is that of the last seconds") {
  Screen screen;
  Progress progress(screen.out, 1, 1000, screen.style(true));
  screen.time += 20;
  progress.step(10);
  for (int i = 0; i < 100; ++i) {
    screen.time += 0.2;
    progress.step(10);
  }
  CHECK(screen.line().find("50.0/s") != std::string::npos);
}

TEST_CASE("progress: the style of a descriptor that is no terminal") {
  const ProgressStyle style = style_for(-1);
  CHECK(!style.terminal);
  CHECK(!style.color);
  CHECK(style.width() == 80);
  const double now = style.clock();
  CHECK(style.clock() >= now);
}

TEST_CASE("progress: the style of a terminal follows its size and the environment") {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0) {
    // A bare chroot has no /dev/pts; there is no terminal to ask then.
    MESSAGE("this machine gives out no terminals");
    return;
  }
  const winsize size{.ws_row = 20, .ws_col = 33, .ws_xpixel = 0, .ws_ypixel = 0};
  REQUIRE(ioctl(terminal, TIOCSWINSZ, &size) == 0);
  const Variable term("TERM", "xterm"), no_color("NO_COLOR", ""), locale("LC_ALL", "C.UTF-8");
  CHECK(style_for(terminal).terminal);
  CHECK(style_for(terminal).color);
  CHECK(style_for(terminal).unicode);
  CHECK(style_for(terminal).width() == 33);
  {
    const Variable set("NO_COLOR", "1"), plain("LC_ALL", "C");
    CHECK(!style_for(terminal).color);
    CHECK(!style_for(terminal).unicode);
  }
  const Variable dumb("TERM", "dumb");
  CHECK(!style_for(terminal).terminal);
  CHECK(!style_for(terminal).color);
  close(terminal);
}

TEST_CASE("progress: JSON lines") {
  std::ostringstream out;
  ProgressStyle style;
  style.json = true;
  style.clock = [] { return 0.0; };
  Progress progress(out, 3, 2, style);
  progress.begin_at(1, 1);
  progress.step(4, {});
  const Figure metrics[] = {{"loss", 0.5}, {"val_auc", std::nan("")}};
  progress.end_epoch(metrics);
  CHECK(out.str() ==
        "{\"epoch\": 2, \"epochs\": 3, \"loss\": 0.5, \"val_auc\": null, \"examples\": 4, \"seconds\": 0.000}\n");
}
