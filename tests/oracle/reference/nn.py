"""Composites of neural networks: SciPy and PyTorch in float64, rounded once; mpmath for gelu and silu."""

import math

import mpmath
import numpy as np
import scipy
import scipy.special
from mpmath import mp

from .cases import Case, Random, float_edges, op, vector
from .formats import FLOATS, INTS, Tensor, round_real
from .reduction import loose
from .torch_bridge import channels_last, pad_list, spatial_first, torch, version

MPMATH = f"mpmath {mpmath.__version__}"
SCIPY = f"scipy {scipy.__version__}"


def tensor(x):
    """A float64 torch tensor."""
    return torch().from_numpy(np.ascontiguousarray(x.array.astype(np.float64)))


# --- softmax and losses -------------------------------------------------------------------------------------------

SHAPES = (((4,), 0), ((3, 5), 1), ((3, 5), 0), ((2, 3, 4), -2), ((0, 3), 1), ((1, 1), -1), ((2, 130), -1))


def soft(name, function):
    @op(name, f"scipy.special.{name} {SCIPY} in float64")
    def cases():
        def made(x, axis):
            wide = x.array.astype(np.float64)
            y = function(wide, axis=axis) if x.array.size else wide
            bounds = loose(x.dtype, 2)
            return Case([x], Tensor(x.dtype, y), {"axis": axis}, bounds)

        for dtype in FLOATS:
            yield made(Random(name, dtype).tensor(dtype, (3, 4), -4, 4), -1)
        for shape, axis in SHAPES:
            yield made(Random(name, shape).tensor("float32", shape, -10, 10), axis)
        yield made(
            Tensor("float32", np.array([[1e4, 1e4 - 1, 0], [-3e38, 3e38, 1], [-math.inf, 0, 1], [math.nan, 0, 1]])), 1
        )


soft("softmax", scipy.special.softmax)
soft("log_softmax", scipy.special.log_softmax)


@op("cross_entropy", f"{version()} nn.functional.cross_entropy in float64, no reduction")
def cross_entropy():
    def made(dtype, shape, axis, label_dtype="int64", span=5.0):
        random = Random("cross_entropy", dtype, shape, axis)
        logits = random.tensor(dtype, shape, -span, span)
        place = axis % len(shape)
        labels = Tensor(label_dtype, random.integers(shape[:place] + shape[place + 1 :], 0, shape[place] - 1))
        first = tensor(logits).movedim(place, -1).reshape(-1, shape[place])
        wanted = torch().from_numpy(labels.array.astype(np.int64).reshape(-1))
        loss = torch().nn.functional.cross_entropy(first, wanted, reduction="none")
        y = Tensor(dtype, loss.numpy().reshape(labels.array.shape))
        return Case([logits, labels], y, {"axis": axis}, loose(dtype, 4))

    for dtype in FLOATS:
        yield made(dtype, (4, 3), -1)
    for label_dtype in INTS:
        yield made("float32", (4, 10), 1, label_dtype)
    for shape, axis in (((5,), 0), ((3, 4), 0), ((2, 3, 4), 1), ((0, 3), -1), ((3, 1), -1)):
        yield made("float32", shape, axis)
    yield made("float32", (6, 10), -1, span=200.0)


# --- activations --------------------------------------------------------------------------------------------------


def mp_gelu(x):
    return x * mp.erfc(-x / mp.sqrt(2)) / 2


def mp_gelu_tanh(x):
    return x * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (x + mp.mpf("0.044715") * x**3))) / 2


def mp_silu(x):
    return x / (1 + mp.exp(-x))


def activation(name, variants):
    @op(name, f"{MPMATH}, rounded once")
    def cases():
        for function, attrs in variants:
            for dtype in FLOATS:
                small = [v for v in float_edges(dtype) if abs(v) <= 1]
                x = vector(dtype, small + list(Random(name, dtype, attrs).reals((24,), -8, 8)))
                with mp.workprec(2400):
                    values = [round_real(function(mp.mpf(float(v))), dtype) for v in x.array]
                step = {"float16": 1e-3, "bfloat16": 8e-3, "float32": 1e-6, "float64": 2e-15}[dtype]
                yield Case([x], Tensor(dtype, np.array(values)), attrs, {"rel": step, "abs": step / 4})
            for shape in ((), (2, 3), (0, 2)):
                x = Random(name, shape).tensor("float32", shape)
                with mp.workprec(200):
                    values = [round_real(function(mp.mpf(float(v))), "float32") for v in x.array.ravel()]
                yield Case(
                    [x],
                    Tensor("float32", np.array(values, np.float64).reshape(shape)),
                    attrs,
                    {"rel": 1e-6, "abs": 1e-7},
                )


activation("gelu", ((mp_gelu, {"approximate": False}), (mp_gelu_tanh, {"approximate": True})))
activation("silu", ((mp_silu, {}),))


# --- normalisation ------------------------------------------------------------------------------------------------


@op("layer_norm", f"{version()} nn.functional.layer_norm in float64")
def layer_norm():
    def made(dtype, shape, epsilon, attrs=None):
        random = Random("layer_norm", dtype, shape)
        x, scale, bias = (random.tensor(dtype, s) for s in (shape, shape[-1:], shape[-1:]))
        y = torch().nn.functional.layer_norm(tensor(x), shape[-1:], tensor(scale), tensor(bias), epsilon)
        return Case([x, scale, bias], Tensor(dtype, y.numpy()), {**(attrs or {}), "epsilon": epsilon}, loose(dtype, 8))

    for dtype in FLOATS:
        yield made(dtype, (3, 5), 1e-5)
    for shape in ((4,), (2, 3, 4), (0, 3), (2, 100)):
        yield made("float32", shape, 1e-5)
        yield made("float32", shape, 0.1, {"axis": -1})


@op("batch_norm", f"{version()} nn.functional.batch_norm in float64, not training")
def batch_norm():
    def made(dtype, shape, epsilon):
        random = Random("batch_norm", dtype, shape)
        x, scale, bias, mean = (random.tensor(dtype, s) for s in (shape, shape[-1:], shape[-1:], shape[-1:]))
        var = random.tensor(dtype, shape[-1:], 0.25, 2)
        rows = tensor(x).reshape(-1, shape[-1])
        y = torch().nn.functional.batch_norm(
            rows, tensor(mean), tensor(var), tensor(scale), tensor(bias), False, 0.0, epsilon
        )
        return Case(
            [x, scale, bias, mean, var], Tensor(dtype, y.numpy().reshape(shape)), {"epsilon": epsilon}, loose(dtype, 8)
        )

    for dtype in FLOATS:
        yield made(dtype, (3, 5), 1e-5)
    for shape in ((2, 3), (2, 4, 4, 3), (0, 3), (2, 3, 1)):
        yield made("float32", shape, 1e-3)


# --- pooling ------------------------------------------------------------------------------------------------------

POOLS = (
    ((2, 6, 3), [2], [2], [0, 0]),
    ((1, 7, 2), [3], [2], [1, 1]),
    ((2, 4, 6, 3), [2, 2], [2, 2], [0, 0, 0, 0]),
    ((1, 5, 5, 2), [3, 2], [1, 2], [1, 0, 0, 1]),
    ((1, 4, 4, 1), [4, 4], [1, 1], [0, 0, 0, 0]),
    ((1, 3, 4, 4, 2), [2, 2, 1], [1, 2, 3], [0, 1, 0, 0, 0, 0]),
    ((0, 4, 4, 3), [2, 2], [2, 2], [0, 0, 0, 0]),
)


def pooling(name, function):
    @op(name, f"{version()} pooling in float64")
    def cases():
        calls = [("float32", *pool) for pool in POOLS] + [
            (dtype, *POOLS[3]) for dtype in ("float16", "bfloat16", "float64")
        ]
        for dtype, shape, window, stride, padding in calls:
            x = Random(name, dtype, shape).tensor(dtype, shape)
            wide = x.array.astype(np.float64)
            y = function(wide if shape[0] else np.zeros((1,) + shape[1:]), window, stride, padding)[: shape[0]]
            bounds = {"abs": 0} if name == "max_pool" else loose(dtype, 2)
            yield Case([x], Tensor(dtype, y), {"window": window, "stride": stride, "padding": padding}, bounds)


def max_pooled(x, window, stride, padding):
    functional = torch().nn.functional
    pool = (functional.max_pool1d, functional.max_pool2d, functional.max_pool3d)[len(window) - 1]
    return channels_last(pool(functional.pad(spatial_first(x), pad_list(padding), value=-math.inf), window, stride))


def average_pooled(x, window, stride, padding):
    """Sums over padded windows, divided by the sums of ones."""
    functional = torch().nn.functional
    pool = (functional.avg_pool1d, functional.avg_pool2d, functional.avg_pool3d)[len(window) - 1]
    mean = lambda values: channels_last(pool(functional.pad(spatial_first(values), pad_list(padding)), window, stride))
    return mean(x) / mean(np.ones_like(x))


pooling("max_pool", max_pooled)
pooling("average_pool", average_pooled)

# Options of PyTorch's own, and one number for all axes: (shape, attributes), padding as PyTorch takes it.
POOL_OPTIONS = (
    ((2, 7, 8, 2), {"window": [2]}),
    ((1, 7, 8, 2), {"window": [3], "stride": [2], "padding": [1]}),
    ((1, 5, 6, 7, 1), {"window": [2], "padding": [1], "ceil_mode": True}),
    ((1, 7, 8, 2), {"window": [3, 2], "stride": [2, 3], "padding": [1, 0], "ceil_mode": True}),
    ((2, 10, 1), {"window": [3], "stride": [4], "ceil_mode": True}),
    ((2, 9, 1), {"window": [2], "stride": [3], "padding": [1], "ceil_mode": True}),
    ((1, 5, 5, 1), {"window": [2], "stride": [4], "ceil_mode": True}),
)


def pool_options(name, options):
    @op(f"{name}_options", f"{version()} pooling in float64", calls=name)
    def cases():
        functional = torch().nn.functional
        functions = [getattr(functional, f"{'max' if name == 'max_pool' else 'avg'}_pool{n}d") for n in (1, 2, 3)]
        for shape, attrs in POOL_OPTIONS:
            for option in options:
                x = Random(name, shape, sorted(attrs), sorted(option)).tensor("float32", shape)
                own = {**attrs, **option}
                axes, renamed = len(shape) - 2, {"window": "kernel_size"}
                sizes = {
                    renamed.get(key, key): value * axes if isinstance(value, list) and len(value) == 1 else value
                    for key, value in own.items()
                }
                if name == "average_pool":
                    sizes.setdefault("count_include_pad", False)
                y = channels_last(functions[axes - 1](spatial_first(x.array.astype(np.float64)), **sizes))
                bounds = {"abs": 0} if name == "max_pool" else loose("float32", 2)
                yield Case([x], Tensor("float32", y), own, bounds)


pool_options("max_pool", ({}, {"dilation": [2]}))
pool_options("average_pool", ({}, {"count_include_pad": True}))


def adaptive(name, function):
    @op(name, f"{version()} pooling in float64")
    def cases():
        for dtype, shape, size in (
            ("float32", (2, 5, 3), [2]),
            ("float32", (1, 7, 5, 2), [3]),
            ("float32", (1, 6, 4, 2), [2, 2]),
            ("float32", (1, 3, 4, 5, 1), [2, 4, 7]),
            ("float32", (1, 5, 5, 1), [1, 5]),
            ("float16", (1, 7, 5, 2), [3, 2]),
            ("float64", (1, 7, 5, 2), [3, 2]),
        ):
            x = Random(name, dtype, shape).tensor(dtype, shape)
            axes = len(shape) - 2
            call = getattr(torch().nn.functional, f"{function}{axes}d")
            y = channels_last(call(spatial_first(x.array.astype(np.float64)), size * axes if len(size) == 1 else size))
            yield Case([x], Tensor(dtype, y), {"size": size}, {"abs": 0} if "max" in name else loose(dtype, 2))


adaptive("adaptive_average_pool", "adaptive_avg_pool")
adaptive("adaptive_max_pool", "adaptive_max_pool")


# --- attention and embedding --------------------------------------------------------------------------------------


@op("attention", f"{version()} nn.functional.scaled_dot_product_attention in float64")
def attention():
    def made(dtype, batch, queries, keys, heads, dim, out_dim=None, mask_shape=None, groups=1, **attrs):
        random = Random("attention", dtype, batch, queries, keys, heads, dim, sorted(attrs.items()))
        own = heads // groups
        q, k = random.tensor(dtype, (batch, queries, heads, dim)), random.tensor(dtype, (batch, keys, own, dim))
        v = random.tensor(dtype, (batch, keys, own, out_dim or dim))
        inputs, mask = [q, k, v], None
        if mask_shape:
            allowed = random.tensor("bool", mask_shape)
            allowed.array[..., 0] = True  # a row without any key has no defined result
            inputs.append(allowed)
            mask = torch().from_numpy(allowed.array)
        attend = torch().nn.functional.scaled_dot_product_attention
        options = {"is_causal": attrs.get("causal", False), "scale": attrs.get("scale"), "enable_gqa": groups > 1}
        y = attend(*(tensor(t).transpose(1, 2) for t in (q, k, v)), attn_mask=mask, **options).transpose(1, 2)
        return Case(inputs, Tensor(dtype, y.numpy()), attrs, loose(dtype, 8))

    for dtype in FLOATS:
        yield made(dtype, 2, 3, 4, 2, 4)
    yield made("float32", 1, 4, 4, 2, 3, causal=True)
    yield made("float32", 2, 3, 5, 1, 4, out_dim=2, scale=0.25)
    yield made("float32", 2, 3, 4, 2, 4, mask_shape=(2, 2, 3, 4))
    yield made("float32", 2, 3, 4, 2, 4, mask_shape=(2, 1, 1, 4))
    yield made("float32", 2, 3, 4, 2, 4, mask_shape=(3, 4), scale=1.0)
    yield made("float32", 1, 1, 1, 1, 1)
    yield made("float32", 2, 3, 5, 4, 4, groups=2)
    yield made("float32", 2, 3, 5, 6, 2, out_dim=3, groups=3)
    yield made("float64", 1, 3, 4, 2, 4, scale=1000.0)  # exp of a score would overflow
    yield made("float64", 1, 3, 4, 2, 4, mask_shape=(3, 4), scale=-1000.0)


@op("one_hot", "rows of NumPy's identity matrix")
def one_hot():
    for dtype, classes, result in (("int64", 4, "float32"), ("uint8", 3, "float64"), ("int8", 5, "int32")):
        for shape in ((6,), (2, 3), (), (0,)):
            labels = Tensor(dtype, Random("one_hot", dtype, shape).integers(shape, 0, classes - 1))
            yield Case([labels], Tensor(result, np.eye(classes)[labels.array]), {"classes": classes, "dtype": result})
    outside = Tensor("int64", np.array([-1, 3, 100, 1]))
    yield Case([outside], Tensor("float32", np.array([[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 1, 0]])), {"classes": 3})


@op("embedding", "NumPy indexing")
def embedding():
    for dtype in FLOATS + ("int32", "complex64"):
        for shape in ((5,), (2, 3), (), (0,)):
            random = Random("embedding", dtype, shape)
            weight, indices = random.tensor(dtype, (6, 4)), Tensor("int64", random.integers(shape, 0, 5))
            yield Case([weight, indices], Tensor(dtype, weight.array[indices.array]))
