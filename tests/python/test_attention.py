"""Attention in both layouts, with masks of both kinds, beside NumPy's plain formula."""

import warnings

import numpy as np
import pytest

import koine as kn
from koine import nn

RANDOM = np.random.RandomState(0)
NAN, INF = float("nan"), float("inf")


def case(batch=2, queries=5, keys=6, heads=4, key_heads=2, dim=3, out=2):
    """In (batch, heads, length, dim), as float64."""
    return (RANDOM.randn(batch, heads, queries, dim), RANDOM.randn(batch, key_heads, keys, dim),
            RANDOM.randn(batch, key_heads, keys, out))


def plain(q, k, v, bias=0.0, scale=None):
    groups = q.shape[1] // k.shape[1]
    k, v = np.repeat(k, groups, axis=1), np.repeat(v, groups, axis=1)
    scores = np.einsum("bhqd,bhkd->bhqk", q, k) * (q.shape[-1] ** -0.5 if scale is None else scale) + bias
    top = scores.max(axis=-1, keepdims=True)
    parts = np.exp(scores - np.where(np.isinf(top), 0, top))
    total = parts.sum(axis=-1, keepdims=True)
    return np.einsum("bhqk,bhkd->bhqd", parts / np.where(total == 0, 1, total), v)


def both(q, k, v, mask=None, **how):
    """The result in PyTorch's layout, by both layouts of the op and by the function of PyTorch's name."""
    turned = [kn.asarray(np.swapaxes(x, 1, 2), dtype=kn.float64) for x in (q, k, v)]
    straight = [kn.asarray(x, dtype=kn.float64) for x in (q, k, v)]
    masks = [] if mask is None else [kn.asarray(mask)]
    first = np.swapaxes(np.asarray(kn.attention(*turned, *masks, layout="blhd", **how)), 1, 2)
    second = np.asarray(kn.attention(*straight, *masks, layout="bhld", **how))
    np.testing.assert_array_equal(first, second)
    third = nn.scaled_dot_product_attention(*straight, mask if mask is None else kn.asarray(mask), is_causal=how.get("causal", False),
                                            scale=how.get("scale"), enable_gqa=True)
    np.testing.assert_array_equal(second, np.asarray(third))
    return second


def test_layouts_masks_and_biases():
    q, k, v = case()
    np.testing.assert_allclose(both(q, k, v), plain(q, k, v), rtol=1e-12)
    np.testing.assert_allclose(both(q, k, v, scale=0.3), plain(q, k, v, scale=0.3), rtol=1e-12)
    causal = np.where(np.arange(6) <= np.arange(5)[:, None], 0, -INF)
    np.testing.assert_allclose(both(q, k, v, causal=True), plain(q, k, v, causal), rtol=1e-12)
    for shape in ((5, 6), (6,), (2, 1, 1, 6), (2, 4, 5, 6), (1, 4, 1, 1)):
        seen = RANDOM.rand(*shape) < 0.7
        np.testing.assert_allclose(both(q, k, v, seen), plain(q, k, v, np.where(seen, 0, -INF)), rtol=1e-12)
        bias = RANDOM.randn(*shape)
        np.testing.assert_allclose(both(q, k, v, bias), plain(q, k, v, bias), rtol=1e-12)
        np.testing.assert_allclose(both(q, k, v, np.where(seen, bias, -INF), causal=True),
                                   plain(q, k, v, np.where(seen, bias, -INF) + causal), rtol=1e-12)


def test_the_bias_has_a_gradient():
    q, k, v = (kn.asarray(x, dtype=kn.float64) for x in case())
    for shape in ((5, 6), (2, 1, 1, 6), (1, 4, 5, 1)):
        bias = RANDOM.randn(*shape)

        def loss(bias):
            return kn.sum(kn.attention(q, k, v, bias, layout="bhld") ** 2)

        slope = np.asarray(kn.grad(loss)(kn.asarray(bias, dtype=kn.float64)))
        wanted = np.zeros(shape)
        for place in np.ndindex(shape):
            step = np.zeros(shape)
            step[place] = 1e-6
            ends = [float((plain(*(np.asarray(x) for x in (q, k, v)), bias + s) ** 2).sum()) for s in (step, -step)]
            wanted[place] = (ends[0] - ends[1]) / 2e-6
        np.testing.assert_allclose(slope, wanted, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("kind", ["bool", "bias"])
@pytest.mark.parametrize("wild", [NAN, INF, -INF])
def test_what_nobody_sees_has_no_influence(kind, wild):
    """Keys that are filled up, and queries that see nothing: neither results nor gradients have their NaN."""
    q, k, v = case(batch=1, queries=4, keys=5)
    seen = np.ones((1, 1, 4, 5), bool)
    seen[..., 3:] = False
    seen[:, :, 1] = False
    mask = kn.asarray(seen if kind == "bool" else np.where(seen, 0.0, -INF))
    spoilt = [x.copy() for x in (q, k, v)]
    spoilt[0][:, :, 1], spoilt[1][:, :, 3:], spoilt[2][:, :, 3:] = wild, wild, wild

    def loss(q, k, v):
        return kn.sum(kn.attention(q, k, v, mask, layout="bhld") ** 2)

    for arrays in ((q, k, v), spoilt):
        given = [kn.asarray(x, dtype=kn.float64) for x in arrays]
        y = np.asarray(kn.attention(*given, mask, layout="bhld"))
        np.testing.assert_allclose(y, plain(q, k, v, np.where(seen, 0, -INF)), rtol=1e-12)
        assert (y[:, :, 1] == 0).all()
        slopes = [np.asarray(x) for x in kn.grad(loss, argnums=(0, 1, 2))(*given)]
        assert all(np.isfinite(x).all() for x in slopes)
        assert (slopes[0][:, :, 1] == 0).all() and (slopes[1][:, :, 3:] == 0).all() and (slopes[2][:, :, 3:] == 0).all()


def test_dropped_weights():
    """The mean over many keys is what nothing dropped gives, and the derivative is that of what is left."""
    q, k, v = (kn.asarray(x, dtype=kn.float64) for x in case(batch=1, queries=2, keys=3, heads=2, dim=2))
    ones = kn.ones((1, 1, 1, 1), dtype=kn.bool)

    def attend(q, k, v, key):
        return kn.attention(q, k, v, ones, key, layout="bhld", dropout=0.4)

    many = kn.vmap(attend, in_axes=(None, None, None, 0))(q, k, v, kn.random.split(kn.random.key(0), 20000))
    np.testing.assert_allclose(np.asarray(many).mean(axis=0), np.asarray(kn.attention(q, k, v, layout="bhld")), atol=0.02)
    key = kn.random.key(5)
    for number in range(3):
        given = [q, k, v]
        slope = np.asarray(kn.grad(lambda x: kn.sum(kn.sin(attend(*given[:number], x, *given[number + 1:], key))))(given[number]))
        for place in list(np.ndindex(slope.shape))[::5]:
            step = np.zeros(slope.shape)
            step[place] = 1e-6
            ends = []
            for sign in (1, -1):
                moved = list(given)
                moved[number] = given[number] + kn.asarray(sign * step, dtype=kn.float64)
                ends.append(float(kn.sum(kn.sin(attend(*moved, key)))))
            assert slope[place] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-4, abs=1e-7)
    assert np.asarray(kn.attention(q, k, v, ones, key, dropout=1.0, layout="bhld")).tolist() == np.zeros((1, 2, 2, 2)).tolist()
    with pytest.raises(kn.errors.ValueError, match="dropout takes a key"):
        kn.attention(q, k, v, dropout=0.5, layout="bhld")


def test_the_function_of_pytorch_name():
    q, k, v = (x[:, 0] for x in case(heads=1, key_heads=1))
    wanted = plain(q[:, None], k[:, None], v[:, None])[:, 0]
    given = [kn.asarray(x, dtype=kn.float64) for x in (q, k, v)]
    np.testing.assert_allclose(np.asarray(nn.scaled_dot_product_attention(*given)), wanted, rtol=1e-12)
    np.testing.assert_allclose(np.asarray(nn.scaled_dot_product_attention(*(x[0] for x in given))), wanted[0], rtol=1e-12)
    seen = RANDOM.rand(2, 5, 6) < 0.7
    masked = plain(q[:, None], k[:, None], v[:, None], np.where(seen, 0, -INF)[:, None])[:, 0]
    np.testing.assert_allclose(np.asarray(nn.scaled_dot_product_attention(*given, attn_mask=kn.asarray(seen))), masked, rtol=1e-12)
    mean = np.asarray(nn.scaled_dot_product_attention(*given, scale=0.0))
    np.testing.assert_allclose(mean, np.broadcast_to(v.mean(axis=1, keepdims=True), mean.shape), rtol=1e-12)
    q, k, v = (kn.asarray(x, dtype=kn.float64) for x in case())
    with pytest.raises(kn.errors.ShapeError, match="4 heads and key 2; enable_gqa=True"):
        nn.scaled_dot_product_attention(q, k, v)
    with pytest.raises(kn.errors.ValueError, match="takes a key"):
        nn.scaled_dot_product_attention(q, k, v, enable_gqa=True, dropout_p=0.1)
    assert nn.scaled_dot_product_attention(q, k, v, None, 0.1, enable_gqa=True, dropout_key=kn.random.key(0)).shape == (2, 4, 5, 2)


def test_half_precision_accumulates_in_float32():
    """4096 keys of equal weight: in float16 their sum would end at 2048."""
    q = kn.zeros((1, 1, 1, 8), dtype=kn.float16)
    k, v = kn.zeros((1, 1, 4096, 8), dtype=kn.float16), kn.ones((1, 1, 4096, 4), dtype=kn.float16) * 3
    assert kn.attention(q, k, v, layout="bhld").tolist() == [[[[3.0] * 4]]]


def test_shapes_that_look_like_the_other_layout_are_noticed():
    like_torch = kn.ones((2, 3, 17, 5))  # (batch, heads, length, dim)
    with pytest.warns(UserWarning, match=r"\[2, 3, 17, 5\] is read as .* layout = \"bhld\""):
        kn.attention(like_torch, like_torch, like_torch)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kn.attention(like_torch, like_torch, like_torch, layout="blhd")
        kn.attention(like_torch, like_torch, like_torch, layout="bhld")
        usual = kn.ones((2, 17, 3, 5))
        kn.attention(usual, usual, usual)
        kn.attention(usual[:, :1], usual, usual)  # one query at a time, of a few heads
        with pytest.raises(UserWarning):
            kn.attention(kn.ones((2, 3, 19, 5)), kn.ones((2, 3, 19, 5)), kn.ones((2, 3, 19, 5)))
    with pytest.raises(kn.errors.ValueError, match='layout is "blhd" or "bhld", got "lbhd"'):
        kn.attention(usual, usual, usual, layout="lbhd")
    with pytest.raises(kn.errors.ShapeError, match=r"\[5, 17\] .*do not broadcast"):
        kn.attention(usual, usual, usual, kn.ones((5, 17), dtype=kn.bool))
    with pytest.raises(kn.errors.DTypeError, match="a bool array, or a floating one"):
        kn.attention(usual, usual, usual, kn.ones((17, 17), dtype=kn.int32))


def test_layers_take_biases_too():
    layer = nn.init(nn.MultiHeadAttention(8, heads=2), 0)
    x = kn.asarray(RANDOM.randn(2, 5, 8), dtype=kn.float32)
    seen = np.tril(np.ones((5, 5), bool))
    np.testing.assert_allclose(np.asarray(layer(x, kn.asarray(seen))), np.asarray(layer(x, kn.asarray(np.where(seen, 0, -INF), dtype=kn.float32))),
                               rtol=1e-6)
    for causal in (True, False):
        other = nn.init(nn.MultiHeadAttention(8, heads=2, causal=causal, dropout=0.5), 0)
        assert other(x, None, None, nn.Context(0)).shape == x.shape


def test_channels_first_is_noticed():
    x = kn.ones((2, 3, 8, 8))
    with pytest.raises(kn.errors.ShapeError, match=r"x looks like \(batch, channels, spatial...\): moveaxis\(x, 1, -1\)"):
        kn.conv(x, kn.ones((3, 3, 3, 16)))
    with pytest.raises(kn.errors.ShapeError, match=r"w looks like \(outputs, channels, window...\)"):
        kn.conv(kn.ones((2, 8, 8, 3)), kn.ones((16, 3, 5, 5)))
    layer = nn.init(nn.BatchNorm(3), 0)
    for context in (None, nn.Context(0)):
        with pytest.raises(kn.errors.ShapeError, match="brings the channels last"):
            layer(x, context)
    with pytest.raises(kn.errors.DTypeError):
        nn.init(nn.Embedding(4, 2), 0)(kn.asarray([0.0, 1.0]))
