"""Optimisers on weights of 16 bits: each step in float32, its weights rounded. Many gradients are 0, as of a row of an embedding
that no example names, and others are small."""

import numpy
import torch
from optim import OPTIMIZERS

STEPS, SEEN = 50, (0, 9, 49)
DTYPES = {"float16": torch.float16, "bfloat16": torch.bfloat16}


def start(dtype):
    random = numpy.random.default_rng(11)
    weights = torch.tensor(random.normal(size=8)).to(dtype).float()
    gradients = random.normal(size=(STEPS, 8)) * [1, 1, 1e-2, 1e-3, 1e-4, 0, 1, 1e-6]
    gradients[:20, 6] = 0
    gradients[5:, 1] = 0
    return weights, torch.tensor(gradients).to(dtype).float()


def run(make, dtype):
    """The weights after some of the steps, as float32."""
    weights, gradients = start(dtype)
    both = [torch.nn.Parameter(weights[:4].clone()), torch.nn.Parameter(weights[4:].clone())]
    optimizer, seen = make(both), []
    for step in range(STEPS):
        for p, g in zip(both, (gradients[step, :4], gradients[step, 4:])):
            p.grad = g.clone()
        optimizer.step()
        for p in both:
            p.data = p.data.to(dtype).float()
        if step in SEEN:
            seen.append(torch.cat([p.detach().clone() for p in both]))
    return torch.stack(seen)


def cases():
    for name, dtype in DTYPES.items():
        weights, gradients = start(dtype)
        yield f"start.{name}", {"weights": weights, "gradients": gradients}
        for kind, make in OPTIMIZERS.items():
            yield f"{kind}.{name}", {"seen": run(make, dtype)}
