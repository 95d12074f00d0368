"""What a training has seen: numbers by epoch, and their curves."""

import html as _html
import os as _os

from . import _core

from . import _core

__all__ = ["History"]

_COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#e377c2")


class History:
    """The numbers of each epoch: `history["loss"]` is a list. In a notebook it shows its curves, `plot()` prints them, and
    `plot("curves.svg")` writes them.

    >>> history = kn.train.History()
    >>> history.add(0, {"loss": 2.0})
    >>> history.add(1, {"loss": 1.5})
    >>> history["loss"], history
    ([2.0, 1.5], History(2 epochs: loss 1.5))
    """

    def __init__(self):
        self.epochs, self.history = [], {}

    def add(self, epoch, numbers):
        """Takes the numbers of an epoch, by name."""
        self.epochs.append(epoch)
        for name, value in numbers.items():
            self.history.setdefault(name, []).append(value)

    def __getitem__(self, name):
        return self.history[name]

    def __contains__(self, name):
        return name in self.history

    def __len__(self):
        return len(self.epochs)

    def __repr__(self):
        last = ", ".join(f"{_core.printable_name(name)} {values[-1]:.4g}" for name, values in self.history.items())
        return f"History({len(self)} epochs{': ' + last if last else ''})"

    def groups(self):
        """What belongs into one picture: a name with its validation."""
        found = {}
        for name in self.history:
            found.setdefault(name.removeprefix("val_"), []).append(name)
        return found

    def plot(self, path=None, width=64, height=10):
        """Prints the curves as text, or writes them to an SVG file."""
        if path is not None:
            _core.write_file(_os.fsencode(path), self._repr_svg_().encode(), False)
            return
        for title, names in self.groups().items():
            print(self._text(title, names, width, height))

    def _text(self, title, names, width, height):
        low, high = self._range(names)
        rows = [[" "] * width for _ in range(height)]
        for mark, name in zip("*ox+", names):
            values = self.history[name]
            for column in range(width):
                value = values[min(len(values) - 1, column * len(values) // width)]
                if value == value:
                    place = (value - low) / (high - low)
                    rows[height - 1 - min(height - 1, int(place * height))][column] = mark
        legend = "  ".join(f"{mark} {_core.printable_name(name)}" for mark, name in zip("*ox+", names))
        lines = [f"{high if i == 0 else low if i == height - 1 else '':>10.4g} |" if i in (0, height - 1) else " " * 11 + "|"
                 for i in range(height)]
        return "\n".join([f"{_core.printable_name(title)}:  {legend}", *(line + "".join(row) for line, row in zip(lines, rows))])

    def _range(self, names):
        values = [value for name in names for value in self.history[name] if value == value and abs(value) != float("inf")]
        low, high = min(values, default=0.0), max(values, default=1.0)
        return (low, high) if high > low else (low - 0.5, high + 0.5)

    def _repr_svg_(self):
        groups, wide, high = self.groups(), 360, 220
        parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide * max(1, len(groups))}" height="{high}" '
                 'font-family="sans-serif" font-size="11">']
        for place, (title, names) in enumerate(groups.items()):
            low, top = self._range(names)
            left, right, upper, lower = place * wide + 60, place * wide + wide - 10, 30, high - 25
            parts.append(f'<text x="{place * wide + 10}" y="18" font-weight="bold">{_html.escape(title)}</text>')
            parts.append(f'<path d="M{left} {upper}V{lower}H{right}" fill="none" stroke="#888"/>')
            for value, y in ((top, upper + 4), (low, lower)):
                parts.append(f'<text x="{left - 4}" y="{y}" text-anchor="end">{value:.4g}</text>')
            legend = right
            for k, name in reversed(list(enumerate(names))):
                values, colour = self.history[name], _COLOURS[k % len(_COLOURS)]
                points = " ".join(
                    f"{left + (right - left) * i / max(1, len(values) - 1):.1f},"
                    f"{lower - (lower - upper) * (value - low) / (top - low):.1f}"
                    for i, value in enumerate(values) if value == value and abs(value) != float("inf"))
                parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
                parts.append(f'<text x="{legend}" y="18" text-anchor="end" fill="{colour}">{_html.escape(name)}</text>')
                legend -= 6 * len(name) + 12
        return "\n".join([*parts, "</svg>"])
