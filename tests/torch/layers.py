"""Layers: what they give, and the gradients of the sum of squares of it by the input and all parameters.

Parameters are in Koine's layouts: linear maps (in, out), windows (window..., in, out), channels last.
"""

import numpy
import torch
from torch import nn


def rounded(x):
    """Numbers that float32 has too, so that the same case serves for it."""
    return torch.tensor(x).float().double()


def numbers(seed, *shape):
    return rounded(numpy.random.default_rng(seed).normal(size=shape))


def filled(module, seed=1):
    """The module with parameters and statistics that are neither 0 nor 1."""
    module = module.double()
    random = numpy.random.default_rng(seed)
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(rounded(random.normal(size=p.shape) * 0.5))
        for name, b in module.named_buffers():
            if b.is_floating_point():
                b.copy_(rounded(random.uniform(0.5, 1.5, size=b.shape)))
    return module


def measured(y, x, parameters):
    """Values and gradients; `parameters` is {name: (parameter, to our layout)}."""
    loss = (y * y).sum()
    inputs = [x] if x.is_floating_point() else []
    grads = torch.autograd.grad(loss, [*inputs, *(p for p, _ in parameters.values())])
    result = {"y": y}
    if inputs:
        result["grad.x"], *grads = grads
    for (name, (p, layout)), g in zip(parameters.items(), grads):
        result[name], result[f"grad.{name}"] = layout(p), layout(g)
    return result


def same(p):
    return p


def flipped(p):
    return p.T


def windows(p):
    """(out, in, window...) to (window..., in, out)."""
    return p.permute(*range(2, p.dim()), 1, 0)


def last(x):
    """Channels last."""
    return x.movedim(1, -1)


def linear_like(name, layer):
    return {f"{name}.weight": (layer.weight, flipped), f"{name}.bias": (layer.bias, same)}


def norm_like(name, layer):
    return {f"{name}.scale": (layer.weight, same), f"{name}.bias": (layer.bias, same)}


def convolutions():
    plans = {
        "conv1": (nn.Conv1d(4, 6, 3, stride=2, padding=1), (2, 4, 7)),
        "conv2": (nn.Conv2d(3, 4, (3, 2), stride=(1, 2), padding=(1, 0), dilation=(2, 1)), (2, 3, 7, 6)),
        "conv2_groups": (nn.Conv2d(4, 6, 3, groups=2, bias=False), (2, 4, 5, 5)),
        "conv3": (nn.Conv3d(2, 3, 2, padding=1), (1, 2, 3, 4, 3)),
        "transpose1": (nn.ConvTranspose1d(4, 6, 3, stride=2, padding=1, output_padding=1), (2, 4, 5)),
        "transpose2": (nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, groups=2), (2, 4, 3, 4)),
        "transpose3": (nn.ConvTranspose3d(2, 3, 2, stride=1, dilation=2), (1, 2, 2, 3, 2)),
    }
    for name, (module, shape) in plans.items():
        module = filled(module)
        x = numbers(2, *shape).movedim(1, -1).contiguous().requires_grad_()
        y = last(module(x.movedim(-1, 1)))
        parameters = {"weight": (module.weight, windows)}
        if module.bias is not None:
            parameters["bias"] = (module.bias, same)
        yield name, {"x": x, **measured(y, x, parameters)}


def norms():
    x = numbers(3, 4, 3, 6).requires_grad_()
    for name, module in (("layer_norm", nn.LayerNorm(6)), ("rms_norm", nn.RMSNorm(6, eps=1e-6))):
        module = filled(module)
        parameters = {"scale": (module.weight, same)}
        if hasattr(module, "bias"):
            parameters["bias"] = (module.bias, same)
        yield name, {"x": x, **measured(module(x), x, parameters)}
    module = filled(nn.GroupNorm(3, 6))
    y = last(module(x.movedim(-1, 1)))
    yield "group_norm", {"x": x, **measured(y, x, {"scale": (module.weight, same), "bias": (module.bias, same)})}
    module = filled(nn.BatchNorm1d(6))
    before = {"mean": module.running_mean.clone(), "variance": module.running_var.clone()}
    y = last(module(x.movedim(-1, 1)))
    yield "batch_norm", {
        "x": x, **before, **measured(y, x, {"scale": (module.weight, same), "bias": (module.bias, same)}),
        "after.mean": module.running_mean, "after.variance": module.running_var,
        "evaluated": last(module.eval()(x.movedim(-1, 1)))}


def simple():
    x = numbers(4, 3, 5).requires_grad_()
    module = filled(nn.Linear(5, 4))
    yield "linear", {"x": x, **measured(module(x), x, {"weight": (module.weight, flipped), "bias": (module.bias, same)})}
    module, indices = filled(nn.Embedding(7, 3)), torch.tensor([[1, 6, 1], [0, 2, 6]])
    yield "embedding", {"x": indices, **measured(module(indices), indices, {"weight": (module.weight, same)})}
    x = numbers(5, 2, 6, 5, 3).requires_grad_()
    plans = {
        "max_pool": nn.MaxPool2d(2), "average_pool": nn.AvgPool2d(3, 2, 1, count_include_pad=False),
        "global_average": nn.AdaptiveAvgPool2d(1), "global_max": nn.AdaptiveMaxPool2d(1),
    }
    for name, module in plans.items():
        y = last(module(x.movedim(-1, 1)))
        if name.startswith("global"):
            y = y[:, 0, 0]
        yield name, {"x": x, **measured(y, x, {})}
    for name in ("relu", "gelu", "silu", "tanh", "sigmoid", "softmax", "elu", "leaky_relu", "softplus", "mish",
                 "hardswish", "relu6", "selu", "softsign", "log_softmax"):
        function = getattr(nn.functional, name)
        y = function(x, dim=-1) if "softmax" in name else function(x)
        yield f"activation.{name}", {"x": x, **measured(y, x, {})}


def heads_of(name, module, size):
    """A torch.nn.MultiheadAttention's parameters: its first matrix has those of query, key and value."""
    result = {}
    for i, part in enumerate(("query", "key", "value")):
        rows = slice(i * size, (i + 1) * size)
        result[f"{name}{part}.weight"] = (module.in_proj_weight, lambda p, rows=rows: p[rows].T)
        result[f"{name}{part}.bias"] = (module.in_proj_bias, lambda p, rows=rows: p[rows])
    result[f"{name}out.weight"] = (module.out_proj.weight, flipped)
    result[f"{name}out.bias"] = (module.out_proj.bias, same)
    return result


def attention():
    size, heads = 6, 2
    x = numbers(6, 2, 4, size).requires_grad_()
    memory = numbers(7, 2, 3, size)
    lengths = torch.tensor([4, 2])
    hidden = torch.arange(4)[None, :] >= lengths[:, None]
    future = torch.triu(torch.ones(4, 4, dtype=torch.bool), 1)
    module = filled(nn.MultiheadAttention(size, heads, batch_first=True))
    parameters = heads_of("", module, size)
    yield "attention", {"x": x, **measured(module(x, x, x)[0], x, parameters)}
    y = module(x, x, x, key_padding_mask=hidden, attn_mask=future)[0]
    yield "attention_masked", {"x": x, "lengths": lengths, **measured(y, x, parameters)}
    yield "attention_memory", {"x": x, "memory": memory, **measured(module(x, memory, memory)[0], x, parameters)}
    for name, first, activation in (("block", True, "gelu"), ("block_post", False, "relu")):
        module = filled(nn.TransformerEncoderLayer(size, heads, 10, 0.0, activation, batch_first=True, norm_first=first))
        parameters = {
            **heads_of("attention.", module.self_attn, size), **norm_like("attention_norm", module.norm1),
            **norm_like("hidden_norm", module.norm2), **linear_like("in", module.linear1),
            **linear_like("out", module.linear2)}
        y = module(x, src_mask=future, src_key_padding_mask=hidden)
        yield name, {"x": x, "lengths": lengths, **measured(y, x, parameters)}
    for name, first in (("decoder", True), ("decoder_post", False)):
        module = filled(nn.TransformerDecoderLayer(size, heads, 10, 0.0, "gelu", batch_first=True, norm_first=first))
        parameters = {
            **heads_of("attention.", module.self_attn, size), **heads_of("memory_attention.", module.multihead_attn, size),
            **norm_like("attention_norm", module.norm1), **norm_like("memory_norm", module.norm2),
            **norm_like("hidden_norm", module.norm3), **linear_like("in", module.linear1),
            **linear_like("out", module.linear2)}
        y = module(x, memory, tgt_mask=future)
        yield name, {"x": x, "memory": memory, **measured(y, x, parameters)}


def recurrent():
    x = numbers(8, 3, 5, 4).requires_grad_()
    lengths = torch.tensor([5, 2, 3])
    plans = {
        "lstm": (nn.LSTM(4, 3, batch_first=True), None), "gru": (nn.GRU(4, 3, batch_first=True), None),
        "lstm_deep": (nn.LSTM(4, 3, 2, batch_first=True, bidirectional=True), lengths),
        "gru_deep": (nn.GRU(4, 3, 2, batch_first=True, bidirectional=True), lengths),
    }
    for name, (module, until) in plans.items():
        module = filled(module)
        given = x if until is None else nn.utils.rnn.pack_padded_sequence(x, until, batch_first=True, enforce_sorted=False)
        y, end = module(given)
        if until is not None:
            y, _ = nn.utils.rnn.pad_packed_sequence(y, batch_first=True)
        arrays = {"x": x, "last": (end[0] if name.startswith("lstm") else end)}
        if until is not None:
            arrays["lengths"] = until
        parameters = {}
        for layer in range(module.num_layers):
            for direction in range(2 if module.bidirectional else 1):
                end = f"_l{layer}" + ("_reverse" if direction else "")
                cell = f"cells.{layer * (2 if module.bidirectional else 1) + direction}"
                parameters[f"{cell}.weight"] = (getattr(module, "weight_ih" + end), flipped)
                parameters[f"{cell}.hidden_weight"] = (getattr(module, "weight_hh" + end), flipped)
                own, hidden = getattr(module, "bias_ih" + end), getattr(module, "bias_hh" + end)
                # Koine has one bias where PyTorch adds two.
                if name.startswith("lstm"):
                    hidden.data.zero_()
                else:
                    hidden.data[:6] = 0
                    parameters[f"{cell}.candidate_bias"] = (hidden, lambda p: p[6:])
                parameters[f"{cell}.bias"] = (own, same)
        y, _ = module(given)
        if until is not None:
            y, _ = nn.utils.rnn.pad_packed_sequence(y, batch_first=True)
        end = module(given)[1]
        arrays["last"] = end[0] if name.startswith("lstm") else end
        yield name, {**arrays, **measured(y, x, parameters)}


def cases():
    for group in (simple, convolutions, norms, attention, recurrent):
        yield from group()
