"""Arrays in a notebook: shape, dtype, statistics and a small picture."""

import html as _html

from . import _core

_SIDE = 32  # at most so many cells a side


def describe(x):
    """HTML for an array."""
    title = f"<b>koine.Array</b> {list(x.shape)} {x.dtype.name}"
    if _core.is_abstract(x):
        return f"<div>{title} inside a trace</div>"
    parts = [title]
    if x.size and x.dtype.kind in "fiu":
        wide = _core.ops["cast"](x, _core.float64)
        low, high = wide.min().item(), wide.max().item()
        parts.append(f"min {low:.4g}, mean {wide.mean().item():.4g}, max {high:.4g}")
        parts.append(_picture(wide, low, high))
    parts.append(f"<pre>{_html.escape(repr(x))}</pre>")
    return "<div>" + "<br>".join(parts) + "</div>"


def _picture(x, low, high):
    rows, columns = (x.shape[-2], x.shape[-1]) if x.ndim > 1 else (1, x.size)
    grid = x.reshape((-1, rows, columns))[0]
    row_step, column_step = -(-rows // _SIDE), -(-columns // _SIDE)
    cells = []
    for i, row in enumerate(grid[::row_step, ::column_step].tolist()):
        for j, value in enumerate(row):
            share = (value - low) / (high - low) if high > low else 0.5
            shade = round(255 * share) if share == share else 0
            cells.append(f'<rect x="{4 * j}" y="{4 * i}" width="4" height="4" fill="rgb({shade},{shade},{shade})"/>')
    width, height = 4 * -(-columns // column_step), 4 * -(-rows // row_step)
    return f'<svg width="{width}" height="{height}">{"".join(cells)}</svg>'
