"""Models: layers of C++ as modules, trees of parameters and state, and what transforms make of them."""

import copy
import pathlib
import pickle
import re

import numpy as np
import pytest
from torch_values import as_koine, assert_close, cases

import koine as kn
from koine import nn

LAYERS, LOSSES = cases("layers"), cases("losses")


def mask(model, x, a):
    return model(x, nn.padding_mask(a["lengths"], x.shape[1]))


def with_lengths(model, x, a):
    return model(x, a["lengths"])


BLOCK = dict(size=6, heads=2, hidden=10, causal=True)
BOTH = dict(in_=4, size=3, layers=2, bidirectional=True)
CASES = {
    "linear": (nn.Linear(5, 4), None), "embedding": (nn.Embedding(7, 3), None), "max_pool": (nn.MaxPool(), None),
    "average_pool": (nn.AveragePool((3, 3), (2, 2), (1, 1, 1, 1)), None),
    "global_average": (nn.GlobalAveragePool(), None), "global_max": (nn.GlobalMaxPool(), None),
    "conv1": (nn.Conv(4, 6, kernel=3, stride=2, padding=(1, 1)), None),
    "conv2": (nn.Conv(3, 4, (3, 2), stride=(1, 2), padding=(1, 1, 0, 0), dilation=(2, 1)), None),
    "conv2_groups": (nn.Conv(4, 6, groups=2, use_bias=False), None),
    "conv3": (nn.Conv(2, 3, (2, 2, 2), padding=[1] * 6), None),
    "transpose1": (nn.ConvTranspose(4, 6, 3, stride=2, padding=(1, 1), output_padding=1), None),
    "transpose2": (nn.ConvTranspose(4, 6, stride=(2, 2), padding=(1, 1, 1, 1), groups=2), None),
    "transpose3": (nn.ConvTranspose(2, 3, (2, 2, 2), dilation=(2, 2, 2)), None),
    "layer_norm": (nn.LayerNorm(6), None), "rms_norm": (nn.RmsNorm(6), None), "group_norm": (nn.GroupNorm(3, 6), None),
    "batch_norm": (nn.BatchNorm(6), lambda model, x, a: model(x, nn.Context(0))),
    "attention": (nn.MultiHeadAttention(6, 2), None),
    "attention_masked": (nn.MultiHeadAttention(6, 2, causal=True), mask),
    "attention_memory": (nn.MultiHeadAttention(6, 2), lambda model, x, a: model(x, memory=a["memory"])),
    "block": (nn.TransformerBlock(**BLOCK), mask),
    "block_post": (nn.TransformerBlock(**BLOCK, norm_first=False, activation="relu"), mask),
    "decoder": (nn.TransformerDecoderBlock(6, 2, 10), lambda model, x, a: model(x, a["memory"])),
    "decoder_post": (nn.TransformerDecoderBlock(6, 2, 10, norm_first=False), lambda model, x, a: model(x, a["memory"])),
    "lstm": (nn.Lstm(4, 3), None), "gru": (nn.Gru(4, 3), None),
    "lstm_deep": (nn.Lstm(**BOTH), with_lengths), "gru_deep": (nn.Gru(**BOTH), with_lengths),
    **{name: (nn.Activation(name[11:]), None) for name in LAYERS if name.startswith("activation.")},
}


def filled(model, arrays):
    """The model with the values of a case; the paths of its leaves are those of C++."""
    model = nn.init(model, 0)
    leaves, structure = kn.tree.flatten(model)
    return kn.tree.unflatten(structure, [arrays[path] for path in kn.tree.paths(model)])


def test_every_case_of_a_layer_is_here():
    assert set(CASES) == set(LAYERS)


@pytest.mark.parametrize("dtype", [kn.float64, kn.float32], ids=lambda dtype: dtype.name)
@pytest.mark.parametrize("case", CASES)
def test_layers_are_pytorchs(case, dtype):
    layer, call = CASES[case]
    want, a = LAYERS[case], as_koine(LAYERS[case], dtype)
    call = call or (lambda model, x, a: model(x))
    model, x = filled(layer, a), a["x"]
    assert_close(call(model, x, a), want["y"])

    def loss(model, x):
        return kn.sum(kn.square(call(model, x, a)))

    for gradient in (kn.grad(loss, (0, 1)), kn.jit(kn.grad(loss, (0, 1)))):
        by_model, by_x = gradient(model, x)
        if by_x is not None:
            assert_close(by_x, want["grad.x"])
        for path, leaf in zip(kn.tree.paths(by_model), kn.tree.leaves(by_model)):
            assert_close(leaf, want[f"grad.{path}"], path)


def test_last_states_are_pytorchs():
    for case, layer in (("lstm", nn.Lstm(4, 3)), ("gru_deep", nn.Gru(**BOTH))):
        a = as_koine(LAYERS[case], kn.float64)
        model = filled(layer, a)
        output, last = model.run(a["x"], a.get("lengths"))
        assert_close(output, LAYERS[case]["y"])
        assert_close(kn.stack([state[0] for state in last]), LAYERS[case]["last"])
        again, _ = model.run(a["x"], a.get("lengths"), start=last)
        assert not np.allclose(np.asarray(again), np.asarray(output))


def test_a_cell_makes_the_steps_of_its_layer():
    lstm = nn.init(nn.Lstm(4, 3), 1)
    x = kn.random.normal(kn.random.key(0), (2, 5, 4))
    cell, hidden, state = lstm.cells[0], None, None
    for step in range(5):
        hidden, state = cell(x[:, step], hidden, state)
    np.testing.assert_allclose(np.asarray(hidden), np.asarray(lstm(x)[:, -1]), atol=1e-6)


def test_batch_statistics_are_kept_by_commit():
    a, want = as_koine(LAYERS["batch_norm"], kn.float64), LAYERS["batch_norm"]
    norm = filled(nn.BatchNorm(6), a)
    context = nn.Context(0)
    norm(a["x"], context)
    before = norm.mean.tolist()
    after = context.commit(norm)
    assert norm.mean.tolist() == before
    assert_close(after.mean, want["after.mean"])
    assert_close(after.variance, want["after.variance"])
    assert_close(after(a["x"]), want["evaluated"])
    gradient = kn.grad(lambda m: kn.sum(m(a["x"], nn.Context(0))))(norm)
    assert gradient.mean is None and gradient.scale is not None


LOSS_CALLS = {
    "cross_entropy_plain": lambda x, a: nn.cross_entropy_loss(x, a["labels"]),
    "cross_entropy_smooth": lambda x, a: nn.cross_entropy_loss(x, a["labels"], smoothing=0.1),
    "cross_entropy_ignore": lambda x, a: nn.cross_entropy_loss(x, a["labels"], ignore=1),
    "cross_entropy_soft": lambda x, a: nn.cross_entropy_loss(x, a["targets"], smoothing=0.1),
    "cross_entropy_weights": lambda x, a: nn.cross_entropy_loss(x, a["labels"], weights=class_weights(x)),
    "cross_entropy_both": lambda x, a: nn.cross_entropy_loss(x, a["labels"], 0.2, class_weights(x)),
    "cross_entropy_all": lambda x, a: nn.cross_entropy_loss(x, a["labels"], 0.2, class_weights(x), 1),
    "binary": lambda x, a: nn.binary_cross_entropy(x, a["targets"]),
    "binary_positive": lambda x, a: nn.binary_cross_entropy(x, a["targets"], positive_weight=3),
    "mse": lambda x, a: nn.mse_loss(x, a["targets"]), "mae": lambda x, a: nn.mae_loss(x, a["targets"]),
    "huber": lambda x, a: nn.huber_loss(x, a["targets"], 1.5), "kl": lambda x, a: nn.kl_divergence(x, a["targets"]),
    "ctc": lambda x, a: nn.ctc_loss(x, a["labels"], a["lengths"], a["label_lengths"]),
    "ctc_sum": lambda x, a: nn.ctc_loss(x, a["labels"], a["lengths"], a["label_lengths"], reduction="sum"),
    "ctc_infinite": lambda x, a: nn.ctc_loss(x, a["labels"], a["lengths"], a["label_lengths"], zero_infinity=True),
    "triplet": lambda x, a: nn.triplet_loss(x, a["positive"], a["negative"], 0.7),
    "contrastive": lambda x, a: nn.contrastive_loss(x, a["other"], a["same"], margin=2),
    "info_nce": lambda x, a: nn.info_nce_loss(x, a["other"], 0.5),
}


def class_weights(x):
    return kn.asarray(LOSSES["cross_entropy_weights.value"]["weights"], dtype=x.dtype)


@pytest.mark.parametrize("case", LOSS_CALLS)
def test_losses_are_pytorchs(case):
    assert set(LOSS_CALLS) == {name for name in LOSSES if "loss" in LOSSES[name]}
    for dtype in (kn.float64, kn.float32):
        a = as_koine(LOSSES[case], dtype)
        value, slope = kn.jit(kn.value_and_grad(lambda x: LOSS_CALLS[case](x, a)))(a["x"])
        assert_close(value, LOSSES[case]["loss"])
        assert_close(slope, LOSSES[case]["grad"])


class Mlp(nn.Module):
    def __init__(self, sizes, name="mlp"):
        self.layers = [nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
        self.norm = nn.BatchNorm(sizes[1])
        self.scale = nn.Param((sizes[-1],), 1.0)
        self.seen = nn.State((), 0.0)
        self.name = name

    def __call__(self, x, context=None):
        x = kn.tanh(self.norm(self.layers[0](x), context))
        if context and context.training:
            context.update(self.seen, self.seen + x.shape[0])
        for layer in self.layers[1:]:
            x = layer(x)
        return x * self.scale


X = kn.random.normal(kn.random.key(3), (6, 4))


def test_a_module_is_a_tree():
    model = nn.init(Mlp([4, 8, 3]), 0)
    assert kn.tree.paths(model) == [
        "layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias", "norm.scale", "norm.bias", "norm.mean",
        "norm.variance", "scale", "seen"]
    twice = kn.tree.map(lambda leaf: leaf * 2, model)
    assert isinstance(twice, Mlp) and twice.name == "mlp"
    assert twice.layers[0].weight[0, 0].item() == 2 * model.layers[0].weight[0, 0].item()
    assert model.layers[0].in_ == 4 and model.norm.momentum == 0.1
    assert nn.parameters(model) == 4 * 8 + 8 + 8 * 3 + 3 + 16 + 3


def test_first_values_are_those_of_cpp():
    """Leaf number i follows from fold_in(key, i), of the declared leaves and those that a layer does without."""
    model = nn.init(nn.Sequential(nn.Linear(3, 4, use_bias=False), nn.Linear(4, 2)), 7)
    key, bound = kn.random.key(7), 0.5
    want = kn.random.uniform(kn.random.fold_in(key, 2), (4, 2), low=-bound, high=bound)
    assert model.layers[1].weight.tolist() == want.tolist()
    assert model.layers[0].bias is None
    assert nn.init(model, 7).layers[1].weight.tolist() == want.tolist()
    assert nn.init(model, 8).layers[1].weight.tolist() != want.tolist()


def test_gradients_leave_state_alone():
    model = nn.init(Mlp([4, 8, 3]), 0)

    def loss(model):
        context = nn.Context(1)
        return kn.mean(model(X, context) ** 2), context.commit(model)

    gradient, after = kn.grad(loss, has_aux=True)(model)
    assert gradient.seen is None and gradient.norm.mean is None
    assert after.seen.item() == 6 and model.seen.item() == 0
    jitted, later = kn.jit(kn.grad(loss, has_aux=True))(after)
    assert later.seen.item() == 12
    step = kn.jit(kn.grad(loss, has_aux=True))
    for _ in range(3):
        _, after = step(after)
    assert step.traces() == 1 and after.seen.item() == 24


def test_ensembles_and_gradients_of_each_example():
    plain = nn.Sequential(nn.Linear(4, 8), kn.tanh, nn.Linear(8, 1))
    keys = kn.random.split(kn.random.key(0), 5)
    ensemble = kn.vmap(lambda key: nn.init(plain, key))(keys)
    all_of_them = kn.vmap(lambda model, x: model(x), in_axes=(0, None))(ensemble, X)
    second = nn.init(plain, keys[1])
    np.testing.assert_allclose(np.asarray(all_of_them[1]), np.asarray(second(X)), rtol=1e-5)
    each = kn.vmap(kn.grad(lambda model, x: kn.sum(model(x))), in_axes=(None, 0))(second, X)
    assert each.layers[0].weight.shape == (6, 4, 8)
    whole = kn.grad(lambda model: kn.sum(model(X)))(second)
    np.testing.assert_allclose(np.asarray(each.layers[0].weight.sum(axis=0)), np.asarray(whole.layers[0].weight), atol=1e-5)


def test_a_jitted_model_follows_its_parameters():
    model = nn.init(nn.Linear(4, 2), 0)
    call = kn.jit(model)
    before = call(X)
    model.weight = model.weight * 2
    np.testing.assert_allclose(np.asarray(call(X) - model.bias), 2 * np.asarray(before - model.bias), rtol=1e-5)
    assert call.traces() == 1


def test_training_differs_by_the_context_alone():
    model = nn.init(nn.Sequential(nn.Linear(4, 64), nn.Dropout(0.5)), 0)
    assert (model(X) == model(X, nn.Context())).all()
    dropped = model(X, nn.Context(5))
    assert (dropped == 0).sum().item() > 50
    assert (dropped == model(X, nn.Context(5))).all()
    assert (dropped != model(X, nn.Context(6))).any()


def test_layers_without_parameters_and_standardised_inputs():
    x = kn.random.normal(kn.random.key(0), (6, 4, 4, 3)) * 5 + 2
    model = nn.init(nn.Sequential(nn.Standardize.of(x), nn.Upsample((2, 1)), nn.Channels(1, 3), nn.Flatten(), nn.Reshape([8, 4, 2]),
                                  nn.Cast(kn.float16)), 0)
    assert model(x).shape == (6, 8, 4, 2) and model(x).dtype is kn.float16
    fitted = nn.Standardize.of(x)
    np.testing.assert_allclose(np.asarray(fitted(x).mean(axis=(0, 1, 2))), 0, atol=1e-5)
    np.testing.assert_allclose(np.asarray(kn.std(fitted(x), axis=(0, 1, 2))), 1, atol=1e-4)
    assert kn.grad(lambda m: kn.sum(m(x)))(fitted).mean is None and fitted._layer is nn.Standardize(3)._layer


def test_every_layer_of_cpp_is_here():
    """But those that are templates or take lists: Sequential and Residual are classes of Python, Join a function, Stack and
    Model are for configs."""
    headers = pathlib.Path(__file__).resolve().parents[2].glob("include/koine/nn/*.h")
    text = "\n".join(path.read_text() for path in headers)
    declared = set(re.findall(r"^(?:struct|class) (\w+) \{(?=(?:(?!^\};).)*operator\(\))", text, re.M | re.S))
    assert len(declared) > 20
    assert declared - set(kn._core.nn.kinds) <= {"Sequential", "Residual", "Join", "Recurrent"}, declared


def test_it_prints_as_a_tree():
    text = repr(Mlp([4, 8, 3]))
    assert text.splitlines()[0] == "Mlp  (86 parameters)"
    assert "  layers.1: Linear(in=8, out=3)  (27 parameters)" in text
    assert "  seen: state float32[]" in text
    assert "attention: MultiHeadAttention(size=8, heads=2" in repr(nn.TransformerBlock(8, 2))


def test_a_summary_has_shapes_and_parameters():
    summary = Mlp([4, 8, 3]).summary(X)
    rows = {row.path: (row.layer, row.output, row.parameters) for row in summary.rows}
    assert rows["layers.1"] == ("Linear(in=8, out=3)", (6, 3), 27)
    assert rows[""] == ("Mlp", (6, 3), 86)
    assert summary.parameters == 86 and summary.state == 17 and summary.bytes == 4 * (86 + 17)
    assert re.search(r"\n  layers\.1 +Linear\(in=8, out=3\) +\(6, 3\) +27", str(summary))
    inside = nn.Sequential(nn.Sequential(nn.Linear(4, 2)), kn.tanh).summary(X)
    assert [row.path for row in inside.rows] == ["", "layers.0", "layers.0.layers.0"]


def test_models_are_copied_and_pickled():
    model = nn.init(Mlp([4, 8, 3]), 0)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert (other(X) == model(X)).all()
        assert kn.tree.structure(other) == kn.tree.structure(model)
        other.layers[0].weight = other.layers[0].weight * 0
        assert (other(X) != model(X)).any()


def test_wrong_uses_say_what_is_wrong():
    with pytest.raises(TypeError, match=r"Linear\(\) needs 'out'"):
        nn.Linear(4)
    with pytest.raises(TypeError, match="Linear\\(\\) has no option 'width'; it has in_, out, use_bias"):
        nn.Linear(4, 2, width=3)
    with pytest.raises(TypeError, match="takes 3 options, not 4"):
        nn.Linear(1, 2, True, 3)
    with pytest.raises(kn.errors.ValueError, match="make the model with nn::init|nn.init"):
        nn.Linear(4, 2)(X)
    with pytest.raises(AttributeError, match="has no 'wieght'; it has in, out, use_bias, weight, bias"):
        nn.Linear(4, 2).wieght
    with pytest.raises(AttributeError, match="make another layer"):
        nn.Linear(4, 2).out = 3
    with pytest.raises(TypeError, match="is called with x and a context, not with 'mask'"):
        nn.init(nn.Linear(4, 2), 0)(X, mask=X)
    with pytest.raises(kn.errors.ValueError, match="no function is called 'rleu'"):
        nn.Activation("rleu")
    block = nn.init(nn.TransformerBlock(8, 2), 0)
    block.in_ = nn.Linear(8, 9)
    with pytest.raises(kn.errors.ValueError, match="'in' was replaced"):
        block(kn.zeros((1, 2, 8)))
    with pytest.raises(kn.errors.ValueError, match="cannot be hashed"):
        kn.jit(lambda model, x, context: model(x, context))(nn.init(nn.Linear(4, 2), 0), X, nn.Context(0))


def test_an_error_says_where_in_the_model():
    class Outer(nn.Module):
        def __init__(self):
            self.blocks = [nn.Linear(4, 8), nn.Sequential(kn.tanh, nn.Linear(9, 2))]

        def __call__(self, x):
            for block in self.blocks:
                x = block(x)
            return x

    model = nn.init(Outer(), 0)
    with pytest.raises(kn.errors.ShapeError) as raised:
        model(X)
    text = str(raised.value)
    assert "\n  in Outer > blocks.1: Sequential > layers.1: Linear(in=9, out=2)\n  at " in text
    assert "test_nn.py" in text
