"""compile, fit, evaluate and predict; loaders; what a training has seen."""

import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

import koine as kn
from koine import data, nn, optim, train

RANDOM = np.random.RandomState(0)
X = RANDOM.randn(200, 4).astype("float32")
Y = (X[:, 0] + X[:, 1] > 0).astype("int64")


def make(dropout=0.0):
    model = nn.Sequential(nn.Linear(4, 16), kn.relu, nn.Dropout(dropout) if dropout else kn.tanh, nn.Linear(16, 2))
    model.compile(optim.Adam(0.02), "cross_entropy", ["accuracy"])
    return model


def test_fit_learns(capsys):
    model = make()
    history = model.fit(X, Y, epochs=8, validation_split=0.25)
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"} and len(history) == 8
    assert history["loss"][-1] < history["loss"][0] / 2 and history["val_accuracy"][-1] > 0.9
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 8 and re.match(r"epoch 8/8  [\d.]+ s  loss 0\.\d+  accuracy [\d.]+  val_loss", lines[-1])
    found = model.evaluate(X, Y)
    assert found["accuracy"] > 0.9
    scores = model.predict(X, batch_size=33)
    assert scores.shape == (200, 2) and (np.asarray(scores).argmax(1) == Y).mean() == pytest.approx(found["accuracy"])
    assert set(kn.tree.paths(model)) == {"layers.0.weight", "layers.0.bias", "layers.3.weight", "layers.3.bias"}


SLOW = """
import sys, time
sys.stdout.isatty = lambda: True  # not every machine has terminals to give
if sys.argv[1] == "text":
    sys.modules["rich"] = None  # as where it is not installed
import koine as kn
model = kn.nn.Sequential(kn.nn.Linear(4, 2))
model.compile(kn.optim.Sgd(0.1), "cross_entropy", ["accuracy"])
class Wait(kn.train.Callback):
    def on_batch_end(self, batch, logs):
        time.sleep(0.15)
model.fit(kn.ones((20, 4)), kn.zeros(20, dtype=kn.int64), batch_size=5, epochs=2, callbacks=[Wait()])
"""


@pytest.mark.parametrize("look", ["rich", "text"])
def test_a_terminal_has_a_bar(look):
    if look == "rich":
        pytest.importorskip("rich")
    done = subprocess.run([sys.executable, "-c", SLOW, look], capture_output=True, encoding="utf-8", check=False,
                          env=dict(os.environ, TERM="xterm", COLUMNS="120", PYTHONIOENCODING="utf-8"))
    shown = done.stdout
    assert done.returncode == 0, done.stderr
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "\r", shown)
    lasting = [line.rpartition("\r")[2] for line in plain.split("\n")]
    lines = [line for line in lasting if re.match(r"epoch [12]/2  [\d.]+ s  loss 0\.\d+  accuracy", line)]
    assert len(lines) == 2, shown
    assert ("\u2501" if look == "rich" else "[======") in shown, shown
    assert re.search(r"\b[23]/4\b", plain) and "loss 0." in plain, shown


def test_the_same_seed_gives_the_same_bits():
    def weights(seed):
        model = make(dropout=0.3)
        model.fit(X, Y, epochs=2, verbose=0, seed=seed)
        return np.asarray(model.layers[0].weight).tobytes()

    assert weights(1) == weights(1) != weights(2)


def test_fit_goes_on_where_it_was():
    model = make()
    model.fit(X, Y, epochs=2, verbose=0)
    steps = train.compiled(model).optimizer.steps.item()
    before = model.evaluate(X, Y)["loss"]
    model.fit(X, Y, epochs=2, verbose=0, seed=5)
    assert train.compiled(model).optimizer.steps.item() == 2 * steps == 28
    assert model.evaluate(X, Y)["loss"] < before


def test_it_is_the_loop_that_one_would_write():
    """One epoch without shuffling beside an explicit loop."""
    model = make()
    model.fit(X, Y, epochs=1, shuffle=False, batch_size=50, verbose=0, seed=3)
    other = nn.init(make(), kn.random.fold_in(kn.random.key(3), 1))
    adam = optim.Adam(0.02)
    for start in range(0, 200, 50):
        x, y = kn.asarray(X[start:start + 50]), kn.asarray(Y[start:start + 50])
        adam.step(other, kn.grad(lambda m: nn.cross_entropy_loss(m(x), y))(other))
    np.testing.assert_allclose(np.asarray(model.layers[0].weight), np.asarray(other.layers[0].weight), rtol=1e-5, atol=1e-6)


class TwoInputs(nn.Module):
    def __init__(self):
        self.first, self.second = nn.Linear(4, 8), nn.Linear(2, 8)
        self.norm, self.out = nn.BatchNorm(8), nn.Linear(8, 1)

    def __call__(self, a, b, context=None):
        return self.out(kn.tanh(self.norm(self.first(a) + self.second(b), context)))[:, 0]


def test_several_inputs_state_and_own_losses():
    model = TwoInputs()
    model.compile("adam", lambda p, t: kn.mean((p - t) ** 2), {"off": lambda p, t: kn.mean(kn.abs(p - t)), "mae": "mae"})
    b = RANDOM.randn(200, 2)
    target = X[:, 0] * 2 + b[:, 1].astype("float32")
    history = model.fit((X, b), target, epochs=3, verbose=0)
    assert history["off"] == pytest.approx(history["mae"]) and history["loss"][-1] < history["loss"][0]
    assert float(kn.abs(model.norm.mean).sum()) > 0
    assert model.predict((X, b)).shape == (200,)


def test_callbacks(tmp_path):
    seen = []

    class Seen(train.Callback):
        def on_train_begin(self):
            seen.append("begin")

        def on_batch_end(self, batch, logs):
            seen.append((batch, sorted(logs)))

        def on_epoch_end(self, epoch, logs):
            seen.append((epoch, len(logs), self.training.optimizer.lr))
            self.training.optimizer.lr = 0.01

        def on_train_end(self, history):
            seen.append(len(history))

    model = make()
    model.fit(X, Y, epochs=2, batch_size=100, verbose=0, callbacks=[Seen(), train.CsvLog(tmp_path / "log.csv")])
    batches = [(0, ["accuracy", "loss"]), (1, ["accuracy", "loss"])]
    assert seen == ["begin", *batches, (0, 2, 0.02), *batches, (1, 2, 0.01), 2]
    lines = (tmp_path / "log.csv").read_text().splitlines()
    assert lines[0] == "epoch,loss,accuracy" and len(lines) == 3


def test_early_stopping_gives_the_best_back(tmp_path):
    model = make()
    model.fit(X, Y, epochs=3, verbose=0)
    best = model.evaluate(X, Y)["loss"]

    class Worse(train.Callback):
        def on_epoch_end(self, epoch, logs):
            self.training.optimizer.lr = 5.0

    history = model.fit(X, Y, epochs=30, verbose=0, validation_data=(X, Y), callbacks=[
        train.EarlyStopping(patience=3), train.ModelCheckpoint(tmp_path / "best-{epoch}.npz"), Worse(),
        train.ReduceRate(patience=0, factor=0.5)])
    assert len(history) < 30
    assert model.evaluate(X, Y)["loss"] == pytest.approx(min(history["val_loss"]), rel=1e-5) and min(history["val_loss"]) <= best
    name = f"best-{1 + int(np.argmin(history['val_loss']))}.npz"
    assert kn.load(tmp_path / name)["layers.0.weight"].tolist() == model.layers[0].weight.tolist()
    with pytest.raises(kn.errors.ValueError, match="no 'val_loss' to look at; there are loss, accuracy"):
        model.fit(X, Y, verbose=0, callbacks=[train.EarlyStopping()])


def test_wrong_uses():
    model = make()
    with pytest.raises(kn.errors.ValueError, match="model.compile"):
        nn.Linear(1, 1).fit(X, Y)
    with pytest.raises(kn.errors.ValueError, match="no loss is called 'mes'; there are cross_entropy"):
        model.compile("adam", "mes")
    with pytest.raises(kn.errors.ValueError, match="no optimiser is called 'adan'"):
        model.compile("adan")
    with pytest.raises(kn.errors.ShapeError, match="different numbers of examples"):
        model.fit(X, Y[:7])
    with pytest.raises(kn.errors.ShapeError, match="in Sequential > layers.0: Linear"):
        model.fit(X[:, :3], Y, verbose=0)
    with pytest.raises(kn.errors.ValueError, match="leaves nothing"):
        model.fit(X[:3], Y[:3], validation_split=0.1)
    assert make().fit(X, Y, epochs=1, verbose=0)["loss"][0] > 0


def test_an_interrupted_training_keeps_what_it_learnt():
    class Interrupt(train.Callback):
        def on_batch_end(self, batch, logs):
            if batch == 3:
                raise KeyboardInterrupt

    model = make()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, epochs=1, verbose=0, callbacks=[Interrupt()])
    assert train.compiled(model).optimizer.steps.item() == 4
    assert model.predict(X).shape == (200, 2)


def test_history_draws_itself(tmp_path, capsys):
    history = make().fit(X, Y, epochs=4, verbose=0, validation_split=0.2)
    history.plot()
    text = capsys.readouterr().out
    assert "loss:  * loss  o val_loss" in text and "accuracy:  * accuracy" in text and text.count("*") > 60
    history.plot(tmp_path / "curves.svg")
    import xml.etree.ElementTree as xml
    root = xml.parse(tmp_path / "curves.svg").getroot()
    assert len(root.findall("{http://www.w3.org/2000/svg}polyline")) == 4
    assert repr(history).startswith("History(4 epochs: loss 0.")


class Squares:
    """A data set that is no array."""

    def __len__(self):
        return 23

    def __getitem__(self, place):
        return {"x": np.float32(place), "y": np.full((2,), place * place)}


@pytest.mark.parametrize("workers", [0, 2])
def test_loaders_come_in_one_order_and_go_on(workers):
    def values(loader):
        return [batch["x"].tolist() for batch in loader]

    plain = data.Loader(Squares(), 5, shuffle=7)
    first, second = values(plain), values(plain)
    assert first != second and sorted(sum(first, [])) == list(range(23)) and len(plain) == 5 == len(first)
    with data.Loader(Squares(), 5, shuffle=7, workers=workers) as loader:
        walk = iter(loader)
        begun = [next(walk)["x"].tolist(), next(walk)["x"].tolist()]
        state = loader.state()
        assert state == {"epoch": 0, "batch": 2} and begun == first[:2]
    with data.Loader(Squares(), 5, shuffle=7, workers=workers) as again:
        again.restore(state)
        assert values(again) == first[2:] and values(again) == second
    assert len(values(data.Loader(Squares(), 5, drop_last=True))) == 4


def test_fit_from_a_loader():
    loader = data.Loader(data.Dataset(X, Y), 32, shuffle=0)
    model = make()
    history = model.fit(loader, epochs=6, verbose=0, validation_data=data.Loader(data.Dataset(X, Y), 50))
    assert history["val_accuracy"][-1] > 0.85 and loader.state() == {"epoch": 6, "batch": 0}
    with pytest.raises(kn.errors.ValueError, match="pairs of inputs and targets"):
        model.fit(data.Loader(data.Dataset(X), 32), verbose=0)
    assert pathlib.Path(train.__file__).name == "train.py"


def test_tensorboard_reads_what_is_written(tmp_path):
    make().fit(X, Y, epochs=2, verbose=0, callbacks=[train.TensorBoard(tmp_path)])
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert written.count(b"accuracy") == 2 and written.count(b"brain.Event:2") == 1
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator", reason="tensorboard is not installed")
    events = reader.EventAccumulator(str(tmp_path)).Reload()
    assert [event.step for event in events.Scalars("loss")] == [1, 2]


def weights_of(model):
    return np.concatenate([np.asarray(leaf).ravel() for leaf in kn.tree.leaves(model)])


def test_a_second_fit_draws_other_orders_and_masks():
    """With a rate of 0 the loss of a batch tells its examples and its mask, and nothing else changes."""
    class Losses(train.Callback):
        def on_train_begin(self):
            self.seen = []

        def on_batch_end(self, batch, logs):
            self.seen.append(logs["loss"])

    def losses(model, **how):
        seen = Losses()
        model.fit(X, Y, batch_size=50, verbose=0, callbacks=[seen], **how)
        return seen.seen

    def fresh(dropout):
        model = nn.Sequential(nn.Linear(4, 16), nn.Dropout(dropout), nn.Linear(16, 2))
        model.compile(optim.Sgd(0.0), "cross_entropy")
        return model

    for dropout, shuffle in ((0.5, False), (0.0, True)):
        model, whole = fresh(dropout), fresh(dropout)
        first, second = losses(model, shuffle=shuffle), losses(model, shuffle=shuffle)
        assert first != second
        # Two fits of one epoch see what one of two epochs sees; a model that begins anew sees the same again.
        assert losses(whole, shuffle=shuffle, epochs=2) == first + second
        model.compile(optim.Sgd(0.0), "cross_entropy")
        assert losses(model, shuffle=shuffle) not in (first, second)
        assert losses(fresh(dropout), shuffle=shuffle) == first


def test_weights_of_examples_are_those_of_keras():
    """The sum of the weighted losses over the number of examples."""
    weights = RANDOM.rand(200).astype("float32")
    model = make()
    model.compile(optim.Sgd(0.0), "cross_entropy", ["accuracy"])
    loss = model.fit(X, Y, batch_size=48, verbose=0, sample_weight=weights)["loss"][0]
    scores = np.asarray(model.predict(X), "float64")
    each = np.log(np.exp(scores).sum(1)) - scores[np.arange(200), Y]
    assert loss == pytest.approx((each * weights).sum() / 200, rel=1e-5)
    found = model.evaluate(X, Y, sample_weight=weights, batch_size=64)
    assert found["loss"] == pytest.approx(loss, rel=1e-5) and found["accuracy"] == pytest.approx((scores.argmax(1) == Y).mean())
    by_class = model.fit(X, Y, verbose=0, class_weight={0: 1.0, 1: 3.0})["loss"][0]
    assert by_class == pytest.approx((each * np.where(Y == 1, 3.0, 1.0)).sum() / 200, rel=1e-5)
    both = model.fit(X, np.eye(2, dtype="float32")[Y], verbose=0, class_weight={1: 3.0}, sample_weight=weights)["loss"][0]
    assert both == pytest.approx((each * np.where(Y == 1, 3.0, 1.0) * weights).sum() / 200, rel=1e-5)
    balanced = model.fit(X, Y, verbose=0, class_weight="balanced")["loss"][0]
    counts = np.bincount(Y)
    assert balanced == pytest.approx((each * (200 / (2 * counts))[Y]).sum() / 200, rel=1e-5)
    history = model.fit(X, Y, verbose=0, validation_data=(X, Y, weights))
    assert history["val_loss"][0] == pytest.approx(loss, rel=1e-5)
    loaded = model.fit([(X[:90], Y[:90], weights[:90]), (X[90:], Y[90:], weights[90:])].__iter__(), verbose=0)
    assert loaded["loss"][0] == pytest.approx(loss, rel=1e-5)


def test_an_example_of_weight_0_is_one_that_is_not_there():
    keep = RANDOM.rand(200) < 0.5
    one, other = make(), make()
    one.fit(X, Y, batch_size=200, shuffle=False, verbose=0, sample_weight=keep.astype("float32") * (200 / keep.sum()))
    other.fit(X[keep], Y[keep], batch_size=200, shuffle=False, verbose=0)
    np.testing.assert_allclose(weights_of(one), weights_of(other), rtol=1e-4, atol=1e-6)
    mean = nn.Sequential(nn.Linear(4, 1))
    mean.compile("sgd", lambda p, t: kn.mean((p[:, 0] - t) ** 2))
    with pytest.raises(kn.errors.ShapeError, match="leave out the mean"):
        mean.fit(X, X[:, 0], verbose=0, sample_weight=np.ones(200))
    mean.compile("sgd", lambda p, t: (p[:, 0] - t) ** 2)
    assert mean.fit(X, X[:, 0], verbose=0, sample_weight=np.ones(200))["loss"][0] > 0
    for wrong in (np.ones(199), np.ones((200, 1)), 1.0):
        with pytest.raises(kn.errors.ShapeError, match="sample_weight has a number for each of 200"):
            one.fit(X, Y, verbose=0, sample_weight=wrong)


def test_the_last_small_batch():
    model = make()
    model.fit(X, Y, batch_size=64, verbose=0, drop_last=True)
    assert train.compiled(model).optimizer.steps.item() == 3
    with pytest.raises(kn.errors.ValueError, match="200 examples are fewer than a batch of 256, and drop_last"):
        model.fit(X, Y, batch_size=256, verbose=0, drop_last=True)
    norm = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm(8), nn.Linear(8, 2))
    norm.compile("adam", "cross_entropy")
    with pytest.raises(kn.errors.ShapeError, match=r"\[BatchNorm\] .*drop_last"):
        norm.fit(X[:65], Y[:65], batch_size=64, verbose=0)
    assert train.compiled(norm).epochs == 0  # before the first step
    assert norm.fit(X[:65], Y[:65], batch_size=64, verbose=0, drop_last=True)["loss"][0] > 0


def test_metrics_of_all_examples_together():
    model = make()
    model.compile(optim.Sgd(0.0), "cross_entropy", ["accuracy", "auc", "f1", "precision", "recall", "perplexity"])
    history = model.fit(X, Y, batch_size=7, shuffle=False, verbose=0, validation_data=(X, Y))
    scores = model.predict(X)
    for name in ("accuracy", "auc", "f1", "precision", "recall", "perplexity"):
        wanted = getattr(kn.metrics, name)(scores, Y)
        assert history[name][0] == pytest.approx(wanted, rel=1e-5) and history["val_" + name][0] == pytest.approx(wanted, rel=1e-5)
    line = nn.Sequential(nn.Linear(4, 1))
    line.compile("sgd", "mse", ["r2", "rmse", "mae"])
    line.fit(X, X[:, :1], verbose=0)
    found = line.evaluate(X, X[:, :1], batch_size=32)
    assert found["r2"] == pytest.approx(kn.metrics.r2(line.predict(X), X[:, :1])) and found["rmse"] == pytest.approx(found["loss"] ** 0.5)


def test_labels_with_an_axis_of_their_own_do_not_broadcast():
    model = nn.Sequential(nn.Linear(4, 1))
    model.compile(optim.Sgd(0.1), "binary_cross_entropy", ["accuracy"])
    labels = Y.astype("float32")[:, None]
    history = model.fit(X, labels, epochs=5, verbose=0)
    found = model.evaluate(X, labels)["accuracy"]
    assert found == pytest.approx(((np.asarray(model.predict(X)) > 0) == labels).mean()) and history["accuracy"][-1] > 0.8


def test_sums_of_few_bits_do_not_stand_still():
    """512 batches of loss 1 in bfloat16, whose sums end at 256."""
    model = nn.Linear(1, 1)
    model.compile(optim.Sgd(0.0), lambda p, t: kn.mean(kn.ones_like(p) + 0 * p).astype(kn.bfloat16))
    assert model.fit(np.ones((512, 1)), np.ones(512), batch_size=1, verbose=0)["loss"][0] == 1.0


def test_probabilities_in_place_of_scores_are_noticed():
    model = nn.Sequential(nn.Linear(4, 2), kn.softmax)
    model.compile("adam", "cross_entropy")
    with pytest.warns(UserWarning, match="takes scores before the softmax"):
        model.fit(X, Y, verbose=0)
    model = nn.Sequential(nn.Linear(4, 1), kn.sigmoid)
    model.compile("adam", "binary_cross_entropy")
    with pytest.warns(UserWarning, match="takes scores before the sigmoid"):
        model.fit(X, Y.astype("float32")[:, None], verbose=0)
