"""The table of a model's layers."""

from . import _core
from ._core import flatten as _flatten
from ._core import unflatten as _unflatten
from .modules import Variable, _calls, _leaves, _name_in, _size, init, parameters

__all__ = ["Row", "Summary"]


class Row:
    """A layer as it was called: its path in the model, what it is, the shape of its result, its parameters, and how deep in
    other layers and under which name there.

    >>> row = kn.nn.Linear(4, 3).summary(kn.ones((2, 4))).rows[0]
    >>> row.layer, row.output, row.parameters
    ('Linear(in=4, out=3)', (2, 3), 15)
    """

    def __init__(self, path, layer, parameters, depth, name):
        self.path, self.layer, self.parameters, self.depth, self.name = path, layer, parameters, depth, name
        self.output = None


def _shapes(result):
    shapes = [tuple(leaf.shape) for leaf in _flatten(result)[0]]
    return shapes[0] if len(shapes) == 1 else tuple(shapes)


class Summary:
    """What `model.summary(x)` gives: `rows`, `parameters`, `state` and `bytes`; printed it is a table.

    >>> kn.nn.Linear(4, 3).summary(kn.ones((2, 4)))
    layer                       output  parameters
    model  Linear(in=4, out=3)  (2, 3)          15
    15 parameters, 60 bytes
    """

    def __init__(self, model, inputs, context=None):
        self.parameters = parameters(model)
        self.state = sum(_size(leaf) for leaf, state in _leaves(model) if state)
        self.bytes = sum(_size(leaf) * leaf.dtype.itemsize for leaf, _ in _leaves(model))
        self.rows = []
        leaves, structure = _flatten((model, inputs))
        stack = []

        def watch(call, module, args, keywords):
            name = _name_in(stack[-1][1], module) if stack else ""
            path = f"{stack[-1][0]}.{name}".strip(".") if stack else name
            row = Row(path, module.describe(), parameters(module), len(stack), name)
            self.rows.append(row)
            stack.append((path, module))
            try:
                result = call(module, *args, **keywords)
            finally:
                stack.pop()
            row.output = _shapes(result)
            return result

        def run(arrays):
            model, inputs = _unflatten(structure, arrays)
            if any(isinstance(leaf, Variable) for leaf, _ in _leaves(model)):
                model = init(model, 0)
            before, _calls.watcher = _calls.watcher, watch
            try:
                result = model(*inputs) if context is None else model(*inputs, context)
            finally:
                _calls.watcher = before
            return _flatten(result)[0]

        _core.trace(run, leaves, "summary")

    def __repr__(self):
        lines = [("layer", "", "output", "parameters")]
        for row in self.rows:
            lines.append(("  " * row.depth + _core.printable_name(row.name or "model"), row.layer, str(row.output), f"{row.parameters:,}"))
        widths = [max(len(line[i]) for line in lines) for i in range(4)]
        text = ["  ".join((f"{a:<{widths[0]}}", f"{b:<{widths[1]}}", f"{c:<{widths[2]}}", f"{d:>{widths[3]}}")).rstrip()
                for a, b, c, d in lines]
        state = f", {self.state:,} of state" if self.state else ""
        return "\n".join([*text, f"{self.parameters:,} parameters{state}, {self.bytes:,} bytes"])
