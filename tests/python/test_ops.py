"""Every op of the table as a function of Python."""

import inspect

import numpy as np
import pytest

import koine as kn

FACTS = kn._core.op_facts()


@pytest.mark.parametrize("name", sorted(FACTS))
def test_signature_and_text(name):
    op, facts = kn._core.ops[name], FACTS[name]
    parameters = list(inspect.signature(op).parameters)
    assert parameters == [one.rstrip("?.") for one in facts["operands"]] + [one[0] for one in facts["attributes"]]
    assert op.__name__ == name and facts["doc"] in op.__doc__
    for attribute in facts["attributes"]:
        assert attribute[3] in op.__doc__


def test_operands_and_attributes_by_position_and_keyword():
    x = kn.asarray([[1.0, 2.0], [3.0, 4.0]])
    for found in (kn.softmax(x, 0), kn.softmax(x, axis=0), kn.softmax(x=x, axis=0), x.softmax(0), x.softmax(axis=-2)):
        assert found.tolist() == kn.softmax(x, axis=0).tolist()
    assert x.reshape(4).shape == x.reshape((4,)).shape == x.reshape(-1).shape == (4,)
    assert x.reshape(1, 4).shape == (1, 4) and x.transpose(1, 0).tolist() == x.T.tolist()
    assert kn.add(x1=1.0, x2=x).tolist() == kn.add(x, 1.0).tolist()


def test_variadic_optional_and_several_results():
    x = kn.asarray([[1.0, 5.0, 2.0]])
    values, places = kn.top_k(x, k=2)
    assert values.tolist() == [[5.0, 2.0]] and places.tolist() == [[1, 2]]
    assert kn.concatenate((x, x)).shape == (2, 3)
    bare, scaled = kn.layer_norm(x), kn.layer_norm(x, None, None) + kn.layer_norm(x, scale=kn.ones(3)) * 2
    np.testing.assert_allclose(np.asarray(scaled), np.asarray(bare) * 3, rtol=1e-6)
    with pytest.raises(TypeError, match="scale"):
        kn.layer_norm(x, bias=kn.ones(3))


@pytest.mark.parametrize("call, words", [
    (lambda x: kn.tanh(), "needs the argument 'x'"),
    (lambda x: kn.tanh(x, x), "at most 1"),
    (lambda x: kn.softmax(x, axsi=0), "axis"),
    (lambda x: kn.tanh(x, x=x), "twice"),
    (lambda x: kn.softmax(x, axis="a"), "axis"),
    (lambda x: kn.tanh([1.0]), "asarray"),
    (lambda x: kn.tanh("a"), "str"),
    (lambda x: kn._core.ops["concatenate"](x), "list or tuple"),
])
def test_wrong_calls_say_what_is_wrong(call, words):
    with pytest.raises(TypeError, match=words):
        call(kn.asarray([1.0]))


def test_numpy_arrays_are_operands():
    x = np.array([1.0, 2.0], "float64")
    assert kn.tanh(x).dtype is kn.float64 and kn.add(x, kn.asarray([1.0, 1.0])).tolist() == [2.0, 3.0]
    assert kn.tanh(np.float32(0.5)).dtype is kn.float32
