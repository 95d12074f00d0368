"""What those who come from elsewhere may look for under another name."""

import difflib as _difflib
import importlib as _importlib

_ELSEWHERE = {
    "absolute": "abs", "amax": "max", "amin": "min", "append": "concat", "array_equal": "all(x1 == x2)", "cat": "concat",
    "chunk": "split", "clamp": "clip", "compile": "jit", "cosine_similarity": "nn.info_nce_loss, or a product of unit vectors",
    "cuda": "nothing: the device is chosen by KOINE_DEVICE", "dot": "vecdot or matmul", "double": "float64",
    "from_numpy": "from_dlpack, or asarray for a copy", "function": "jit", "half": "float16", "hstack": "concat",
    "inference_mode": "nothing: derivatives are only computed by grad", "int": "int64", "float": "float32", "log_loss":
    "nn.binary_cross_entropy", "long": "int64", "lax": "scan, while_loop, cond", "make_array": "asarray", "mm": "matmul",
    "ndarray": "Array", "no_grad": "nothing: derivatives are only computed by grad; see stop_gradient", "numpy": "the functions of "
    "koine itself", "pmap": "vmap", "product": "prod", "rand": "random.uniform", "randn": "random.normal", "ravel": "reshape(x, -1)",
    "seed": "random.key", "manual_seed": "random.key", "sub": "subtract", "mul": "multiply", "div": "divide", "tensor": "asarray",
    "Tensor": "Array", "tree_map": "tree.map", "tree_util": "tree", "vstack": "concat", "functional": "koine itself and koine.nn",
    "keras": "koine.nn", "Module": "nn.Module", "Adam": "optim.Adam", "relu6": "nn.Activation('relu6')", "view": "reshape"}


def missing(module, names, later=()):
    """A module's __getattr__: imports the modules that are wanted later, else raises AttributeError that says what was probably
    meant."""
    def raise_with_hint(name):
        if name in later:
            return _importlib.import_module(f"{module}.{name}")
        text = f"module {module!r} has no attribute {name!r}"
        if name in _ELSEWHERE and not name.startswith("_"):
            text += f"; what you look for is here: {_ELSEWHERE[name]}"
        elif close := _difflib.get_close_matches(name, names(), 3):
            text += f"; did you mean {', '.join(close)}?"
        raise AttributeError(text, name=name)

    return raise_with_hint
