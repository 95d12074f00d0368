"""Convolution and its gradients, channels last: PyTorch in float64 and its autograd, rounded once."""

import numpy as np

from .cases import Case, Random, op
from .contraction import BOUNDS
from .formats import Tensor
from .torch_bridge import channels_last, pad_list, spatial_first, torch, version


class Call:
    """Spatial sizes of x, kernel sizes, channels in and out, and the attributes."""

    def __init__(self, size, kernel, channels=(2, 3), stride=None, padding=None, dilation=None, groups=1, batch=2):
        n = len(size)
        self.attrs = {
            "stride": stride or [1] * n,
            "padding": padding or [0] * (2 * n),
            "dilation": dilation or [1] * n,
            "groups": groups,
        }
        self.x_shape = (batch, *size, channels[0])
        self.w_shape = (*kernel, channels[0] // groups, channels[1])


CALLS = (
    Call((5,), (3,)),
    Call((6,), (3,), stride=[2], padding=[1, 0]),
    Call((7,), (3,), dilation=[2], padding=[2, 2]),
    Call((5,), (2,), channels=(4, 6), groups=2),
    Call((4, 5), (3, 2)),
    Call((5, 5), (3, 3), padding=[1, 1, 1, 1]),
    Call((5, 6), (3, 3), stride=[2, 3], padding=[0, 1, 2, 0], dilation=[1, 2]),
    Call((4, 4), (2, 2), channels=(4, 4), groups=4, batch=1),
    Call((4, 4), (1, 1), channels=(3, 2), stride=[2, 2]),
    Call((6, 5), (2, 3), channels=(4, 2), groups=2, stride=[1, 2], dilation=[3, 1]),
    Call((3, 4, 3), (2, 2, 2), batch=1),
    Call((4, 3, 5), (2, 1, 3), channels=(2, 2), groups=2, batch=1, stride=[2, 1, 2], padding=[1, 0, 0, 1, 1, 1]),
    Call((3, 3), (3, 3), batch=0),
    Call((10, 12), (3, 2), channels=(1, 1), stride=[1, 1], padding=[0, 1, 0, 0]),  # windows in more than one block
)


def convolve(x, w, attrs):
    """torch's conv of channels-first float64 tensors, with padding low and high of its own."""
    functional = torch().nn.functional
    conv = (functional.conv1d, functional.conv2d, functional.conv3d)[x.ndim - 3]
    padded = functional.pad(x, pad_list(attrs["padding"]))
    return conv(padded, w, stride=attrs["stride"], dilation=attrs["dilation"], groups=attrs["groups"])


def kernel_first(w):
    """(spatial..., C/groups, O) to (O, C/groups, spatial...)."""
    return torch().from_numpy(np.ascontiguousarray(np.moveaxis(w, (-1, -2), (0, 1))))


def evaluate(x, w, attrs, ct=None):
    """y, or with a cotangent the gradients (of x, of w), in Koine's layout."""
    if x.shape[0] == 0:
        out = evaluate(np.zeros((1,) + x.shape[1:]), w, attrs)
        return out[:0] if ct is None else (x, np.zeros_like(w))
    first, kernel = spatial_first(x).requires_grad_(), kernel_first(w).requires_grad_()
    y = convolve(first, kernel, attrs)
    if ct is None:
        return channels_last(y)
    y.backward(spatial_first(ct))
    return channels_last(first.grad), np.moveaxis(kernel.grad.numpy(), (0, 1), (-1, -2))


def tensors(call, dtype):
    random = Random("conv", call.x_shape, call.w_shape, sorted(call.attrs.items()), dtype)
    x, w = random.tensor(dtype, call.x_shape), random.tensor(dtype, call.w_shape)
    shape = evaluate(np.zeros(call.x_shape), np.zeros(call.w_shape), call.attrs).shape
    return x, w, random.tensor(dtype, shape)


def each_call():
    """(attributes, x, w, ct, wide x, w and ct) for all calls in float32 and some in other dtypes."""
    for index, call in enumerate(CALLS):
        for dtype in ("float32", "float64", "bfloat16", "float16", "complex64") if index == 6 else ("float32",):
            x, w, ct = tensors(call, dtype)
            kind = np.complex128 if dtype == "complex64" else np.float64
            yield call.attrs, x, w, ct, [t.array.astype(kind) for t in (x, w, ct)]


def bounds(dtype):
    return {key: 4 * value for key, value in BOUNDS[dtype].items()}


@op("conv", f"{version()} convolution in float64")
def conv():
    for attrs, x, w, _, (wide_x, wide_w, _) in each_call():
        yield Case([x, w], Tensor(x.dtype, evaluate(wide_x, wide_w, attrs)), attrs, bounds(x.dtype))


@op("conv_input_grad", f"{version()} autograd of convolution in float64")
def conv_input_grad():
    for attrs, x, w, ct, wide in each_call():
        if x.dtype != "complex64":  # whether the kernel is conjugated is a matter of convention
            grad, _ = evaluate(*wide[:2], attrs, wide[2])
            yield Case(
                [ct, w], Tensor(x.dtype, grad), {"input_shape": list(x.array.shape[1:-1]), **attrs}, bounds(x.dtype)
            )


@op("conv_weight_grad", f"{version()} autograd of convolution in float64")
def conv_weight_grad():
    for attrs, x, w, ct, wide in each_call():
        if x.dtype != "complex64":
            _, grad = evaluate(*wide[:2], attrs, wide[2])
            yield Case([x, ct], Tensor(x.dtype, grad), {"kernel": list(w.array.shape[:-2]), **attrs}, bounds(x.dtype))
