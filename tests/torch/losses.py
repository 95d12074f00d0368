"""Losses: their values and the gradients by their first argument."""

import numpy
import torch
from torch.nn import functional as F


def of(seed, *shape):
    """Numbers that float32 has too, so that the same case serves for it."""
    return torch.tensor(numpy.random.default_rng(seed).normal(size=shape)).float().double()


def case(function, x, **others):
    """The loss without reduction when it has several elements, its mean, and the gradient of the mean."""
    x = x.clone().requires_grad_()
    loss = function(x, **others)
    loss.backward()
    return {"x": x, **others, "loss": loss, "grad": x.grad}


def contrastive(x, other, same, margin):
    d = F.pairwise_distance(x, other)
    return (torch.where(same, d**2, (margin - d).clamp(min=0) ** 2) / 2).mean()


def info_nce(x, other, temperature):
    scores = F.normalize(x) @ F.normalize(other).T / temperature
    labels = torch.arange(len(x))
    return (F.cross_entropy(scores, labels) + F.cross_entropy(scores.T, labels)) / 2


def ctc(x, labels, lengths, label_lengths, **settings):
    return F.ctc_loss(F.log_softmax(x, -1).transpose(0, 1), labels, lengths, label_lengths, **settings)


def cases():
    logits, labels = 3 * of(1, 5, 4), torch.tensor([0, 3, 1, 1, 2])
    weights, soft = torch.tensor([0.5, 2.0, 1.0, 0.25]).double(), torch.softmax(of(2, 5, 4), -1).float().double()
    cross = {
        "plain": {}, "smooth": {"label_smoothing": 0.1}, "weights": {"weight": weights},
        "both": {"label_smoothing": 0.2, "weight": weights}, "ignore": {"ignore_index": 1},
        "all": {"label_smoothing": 0.2, "weight": weights, "ignore_index": 1},
    }
    for key, settings in cross.items():
        yield f"cross_entropy_{key}", case(
            lambda x, labels: F.cross_entropy(x, labels, **settings), logits, labels=labels)
    yield "cross_entropy_soft", case(
        lambda x, targets: F.cross_entropy(x, targets, label_smoothing=0.1), logits, targets=soft)
    yield "cross_entropy_weights.value", {"weights": weights}
    inputs = 5 * of(3, 3, 4)
    targets = (of(4, 3, 4) > 0).double()
    yield "binary", case(
        lambda x, targets: F.binary_cross_entropy_with_logits(x, targets), inputs, targets=targets)
    yield "binary_positive", case(
        lambda x, targets: F.binary_cross_entropy_with_logits(x, targets, pos_weight=torch.tensor(3.0).double()),
        inputs, targets=targets)
    other = of(5, 3, 4)
    for key, function in (("mse", F.mse_loss), ("mae", F.l1_loss)):
        yield f"{key}", case(lambda x, targets: function(x, targets), inputs, targets=other)
    yield "huber", case(lambda x, targets: F.huber_loss(x, targets, delta=1.5), inputs, targets=other)
    sparse = torch.softmax(of(6, 3, 4), -1).float().double()
    sparse[0] = torch.tensor([0.0, 1, 0, 0]).double()
    yield "kl", case(
        lambda x, targets: F.kl_div(x, targets, reduction="batchmean"), F.log_softmax(other, -1).float().double(), targets=sparse)
    words = {
        "labels": torch.tensor([[1, 2, 2, 3], [3, 3, 0, 0], [2, 1, 3, 1]]), "lengths": torch.tensor([8, 5, 7]),
        "label_lengths": torch.tensor([4, 2, 3]),
    }
    yield "ctc", case(ctc, of(7, 3, 8, 4), **words)
    yield "ctc_sum", case(lambda x, **all: ctc(x, reduction="sum", **all), of(7, 3, 8, 4), **words)
    tight = {**words, "lengths": torch.tensor([4, 5, 7])}
    yield "ctc_infinite", case(lambda x, **all: ctc(x, zero_infinity=True, **all), of(7, 3, 8, 4), **tight)
    positive, negative = of(8, 6, 3), of(9, 6, 3)
    yield "triplet", case(
        lambda x, positive, negative: F.triplet_margin_loss(x, positive, negative, margin=0.7), of(10, 6, 3),
        positive=positive, negative=negative)
    same = torch.tensor([True, False, True, False, False, True])
    yield "contrastive", case(lambda x, other, same: contrastive(x, other, same, 2.0), of(10, 6, 3),
                                      other=positive, same=same)
    yield "info_nce", case(lambda x, other: info_nce(x, other, 0.5), of(10, 6, 3), other=positive)
