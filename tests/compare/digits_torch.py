#!/usr/bin/env python3
"""Trains in PyTorch the net that a Koine config describes, as a reference for what Koine makes of it.

Data, rows, model, optimiser, epochs and batch come from the config, so that both train the same. A seed decides the
initial values (uniform in +-1/sqrt(fan_in), weights and biases) and the order of the rows in each epoch. Test rows are
never used for choosing anything: for that, --validate trains on the first four fifths of the training rows and reports
the accuracy on the last fifth.

usage: digits_torch.py [--model mlp|cnn | --config FILE] [--epochs N] [--validate] SEED ...
"""

import argparse
import gzip
import pathlib
import tomllib

import numpy
import torch
from torch import nn

ROOT = pathlib.Path(__file__).resolve().parents[2]
ACTIVATIONS = {"relu": nn.ReLU, "gelu": nn.GELU, "silu": nn.SiLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}


def config_of(model):
    """The config of the example called so."""
    return ROOT / "examples" / f"digits_{model}.toml"


def rows(text, count):
    """The rows of "start:stop"."""
    return range(count)[slice(*(int(bound) if bound else None for bound in text.split(":")))]


def load(config, folder):
    """(features, labels) of the train and of the test rows; the class is the last column, channels come first."""
    data = config["data"]
    if data.get("label", "last") not in ("last", -1):
        raise SystemExit("only data with the label in the last column")
    with gzip.open(folder / data["file"], "rt") as stream:
        table = torch.from_numpy(numpy.loadtxt(stream, delimiter=",", dtype=numpy.float32))
    x, y = table[:, :-1] * data.get("scale", 1.0), table[:, -1].long()
    if data.get("shape"):
        x = x.reshape(-1, *data["shape"]).movedim(-1, 1).contiguous()
    return [(x[part], y[part]) for part in (list(rows(data[name], len(y))) for name in ("train", "test"))]


def layer(entry):
    """The modules of one [[model]] table; sizes of inputs are found at the first call."""
    settings = {key: entry[key] for key in entry if key != "activation"}
    kind = next(iter(settings), None)
    if kind == "dense" and set(settings) <= {"dense"}:
        modules = [nn.LazyLinear(entry["dense"])]
    elif kind == "conv" and set(settings) <= {"conv", "kernel", "padding"}:
        modules = [nn.LazyConv2d(entry["conv"], entry.get("kernel", 3), padding=entry.get("padding", "same"))]
    elif kind == "max_pool" and set(settings) <= {"max_pool"}:
        modules = [nn.MaxPool2d(entry["max_pool"])]
    elif kind == "flatten" and set(settings) <= {"flatten"}:
        modules = [nn.Flatten()]
    elif not settings:
        modules = []
    else:
        raise SystemExit(f"no counterpart in this script for the layer {entry}")
    return modules + ([ACTIVATIONS[entry["activation"]]()] if "activation" in entry else [])


def build(config, example):
    """The config's model with fresh values: uniform(-1/sqrt(fan_in), 1/sqrt(fan_in)) for weights and biases."""
    model = nn.Sequential(*(module for entry in config["model"] for module in layer(entry)))
    model(example)
    for module in model:
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            bound = module.weight[0].numel() ** -0.5
            nn.init.uniform_(module.weight, -bound, bound)
            nn.init.uniform_(module.bias, -bound, bound)
    return model


def optimiser(config, parameters):
    """Adam with the settings of the config."""
    chosen = config["train"].get("optimizer", "adam")
    settings = {} if chosen == "adam" else dict(chosen["adam"])
    betas = settings.get("beta1", 0.9), settings.get("beta2", 0.999)
    return torch.optim.Adam(parameters, settings.get("lr", 1e-3), betas, settings.get("epsilon", 1e-8))


def accuracy(config, seed, train, test, epochs):
    """Trains on shuffled batches, the last of which is smaller; the accuracy on the test rows."""
    torch.manual_seed(seed)
    x, y = train
    model = build(config, x[:1])
    optimizer = optimiser(config, model.parameters())
    for _ in range(epochs):
        for batch in torch.randperm(len(y)).split(config["train"]["batch"]):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
            optimizer.step()
    with torch.no_grad():
        return (model(test[0]).argmax(1) == test[1]).double().mean().item()


def run(path, seeds, epochs=None, validate=False):
    """The accuracies of all seeds, printed as they come."""
    torch.set_num_threads(1)
    config = tomllib.loads(path.read_text())
    train, test = load(config, path.parent)
    if validate:
        kept = len(train[1]) * 4 // 5
        train, test = [part[:kept] for part in train], [part[kept:] for part in train]
    results = []
    for seed in seeds:
        results.append(accuracy(config, seed, train, test, epochs or config["train"]["epochs"]))
        print(f"torch seed {seed}: {'validation' if validate else 'test'} accuracy {results[-1]:.4f}", flush=True)
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=("mlp", "cnn"), default="mlp", help="examples/digits_MODEL.toml")
    parser.add_argument("--config", type=pathlib.Path, help="another config")
    parser.add_argument("--epochs", type=int, help="instead of the config's")
    parser.add_argument("--validate", action="store_true", help="score on training rows held back, for choosing")
    parser.add_argument("seeds", type=int, nargs="+")
    arguments = parser.parse_args()
    path = arguments.config or config_of(arguments.model)
    results = run(path, arguments.seeds, arguments.epochs, arguments.validate)
    print(f"torch mean accuracy {sum(results) / len(results):.4f} of {len(results)} seeds")


if __name__ == "__main__":
    main()
