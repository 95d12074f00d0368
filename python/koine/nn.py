"""Models: layers, losses, initialisers. See koine.optim for optimisers and koine.random for keys."""

from . import hints as _hints
from ._core.nn import (Initializer, activations, binary_cross_entropy, constant, contrastive_loss, cross_entropy_loss,
                       ctc_loss, fan_in_uniform, glorot_normal, glorot_uniform, he_normal, he_uniform, huber_loss,
                       info_nce_loss, kl_divergence, last_step, lecun_normal, mae_loss, mse_loss, normal, orthogonal,
                       padding_mask, same_padding, scaled_dot_product_attention, sinusoidal_positions, triplet_loss, truncated_normal, uniform)
from .layers import KINDS as _KINDS
from .layers import Layer
from .modules import Context, Module, Param, Residual, Sequential, State, Variable, apply, init, parameters

globals().update(_KINDS)

__all__ = sorted(["Context", "Initializer", "Layer", "Module", "Param", "Residual", "Sequential", "State", "Variable",
                  "activations", "apply", "binary_cross_entropy", "constant", "contrastive_loss", "cross_entropy_loss",
                  "ctc_loss", "fan_in_uniform", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "huber_loss",
                  "info_nce_loss", "init", "kl_divergence", "last_step", "lecun_normal", "mae_loss", "mse_loss", "normal",
                  "orthogonal", "padding_mask", "parameters", "same_padding", "scaled_dot_product_attention", "sinusoidal_positions", "triplet_loss",
                  "truncated_normal", "uniform", *_KINDS])

__getattr__ = _hints.missing("koine.nn", lambda: __all__)
