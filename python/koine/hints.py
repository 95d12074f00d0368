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


# What users of PyTorch and Keras may look for in a model.
OF_MODELS = {
    "parameters": "koine.tree.leaves(model), or koine.nn.parameters(model) for their number",
    "named_parameters": "zip(koine.tree.paths(model), koine.tree.leaves(model))", "state_dict": "koine.save(path, model), or "
    "dict(zip(koine.tree.paths(model), koine.tree.leaves(model)))", "load_state_dict": "koine.load(path, like=model)",
    "train": "model(x, koine.nn.Context(key)): training differs by the context alone", "eval": "model(x), without a context",
    "zero_grad": "nothing: koine.grad gives a new gradient each time", "forward": "__call__", "to": "nothing: the device is chosen "
    "by KOINE_DEVICE; koine.tree.map(lambda x: x.astype(dtype), model) changes dtypes", "cuda": "nothing: the device is chosen by "
    "KOINE_DEVICE", "backward": "koine.grad or koine.value_and_grad of a function of the model", "save": "koine.save(path, model)",
    "save_weights": "koine.save(path, model)", "load_weights": "koine.load(path, like=model)", "get_weights":
    "koine.tree.leaves(model)", "children": "its attributes", "modules": "its attributes", "apply": "koine.nn.init, or koine.tree.map"}

# What users of NumPy, PyTorch and JAX may look for in an array.
OF_ARRAYS = {
    "at": "x[i] = v, which makes x another value and changes no other", "backward": "koine.grad or koine.value_and_grad of a function",
    "block_until_ready": "koine.evaluate(x)", "byte": "x.astype(koine.uint8)", "clamp": "x.clip", "cpu": "nothing: there is one device",
    "contiguous": "nothing: an array has no strides", "cuda": "nothing: there is one device", "data_ptr": "numpy.asarray(x).ctypes.data",
    "detach": "koine.stop_gradient(x)", "dim": "x.ndim", "dot": "x @ y or koine.vecdot(x, y)", "double": "x.astype(koine.float64)",
    "fill": "koine.full_like(x, value)", "flatten": "x.reshape(-1)", "float": "x.astype(koine.float32)", "half": "x.astype(koine.float16)",
    "int": "x.astype(koine.int32)", "long": "x.astype(koine.int64)", "numel": "x.size", "numpy": "numpy.asarray(x)",
    "permute": "koine.permute_dims(x, axes)", "ravel": "x.reshape(-1)", "requires_grad": "nothing: koine.grad of a function says by what",
    "sort": "koine.sort(x)", "swapaxes": "koine.permute_dims(x, axes)", "to": "x.astype(dtype)", "tobytes": "numpy.asarray(x).tobytes()",
    "type": "x.astype(dtype)", "unsqueeze": "koine.expand_dims(x, axis)", "view": "x.reshape"}


def missing_of_array(self, name):
    """Array's __getattr__: raises AttributeError that says what was probably meant."""
    text = f"koine.Array has no attribute {name!r}"
    if name in OF_ARRAYS:
        text += f"; what you look for is here: {OF_ARRAYS[name]}"
    elif not name.startswith("_") and (close := _difflib.get_close_matches(name, dir(type(self)), 3)):
        text += f"; did you mean {', '.join(close)}?"
    raise AttributeError(text, name=name, obj=self)


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
