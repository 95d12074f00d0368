"""NumPy, DLPack with every library that is there, pickles, threads."""

import pickle
import threading

import numpy as np
import pytest

import koine as kn

DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64",
          "complex64", "complex128"]


def address(x):
    return np.asarray(x).__array_interface__["data"][0]


@pytest.mark.parametrize("dtype", DTYPES)
def test_numpy_both_ways(dtype):
    values = np.array([[0, 1, 2], [3, 4, 5]]).astype(dtype)
    x = kn.asarray(values)
    assert x.dtype.name == dtype and np.asarray(x).dtype == values.dtype
    assert np.array_equal(np.asarray(x), values) and np.array_equal(np.from_dlpack(x), values)
    assert kn.asarray(values.T).tolist() == values.T.tolist() and kn.asarray(values[:, ::-2]).tolist() == values[:, ::-2].tolist()


@pytest.mark.parametrize("dtype", DTYPES)
def test_numpy_scalars_keep_their_dtype(dtype):
    assert kn.asarray(np.ones((), dtype)[()]).dtype.name == dtype


def test_views_share_memory():
    x = kn.asarray([1.0, 2.0, 3.0])
    assert address(x) == address(x) == np.from_dlpack(x).__array_interface__["data"][0]
    assert not np.asarray(x).flags.writeable and np.array(x).flags.writeable
    source = np.arange(8.0)
    shared = kn.from_dlpack(source)
    assert address(shared) == source.__array_interface__["data"][0]
    assert address(kn.asarray(source, copy=False)) == address(source) != address(kn.asarray(source))
    with pytest.raises(ValueError):
        kn.asarray(source[::2], copy=False)


def test_shared_memory_is_never_written_to():
    source = np.arange(8.0)
    x = kn.from_dlpack(source)
    x = x + 1
    x = x * 2
    x[0] = -1.0
    assert x.tolist()[:2] == [-1.0, 4.0] and source.tolist() == list(range(8))


def test_a_view_outlives_its_array():
    x = kn.ones(1000) * 3
    view = np.asarray(x)
    x[0] = 5.0
    del x
    for _ in range(20):
        (kn.ones(1000) * 7).tolist()
    assert (view == 3).all()
    source = np.ones(100000)
    shared = kn.from_dlpack(source)
    del source
    assert shared.sum().item() == 100000


@pytest.mark.parametrize("library", ["torch", "jax", "mlx"])
def test_other_libraries(library):
    if library == "torch":
        torch = pytest.importorskip("torch")
        make, back, where = torch.tensor, torch.from_dlpack, lambda x: x.data_ptr()
    elif library == "jax":
        pytest.importorskip("jax")
        import jax.numpy as jnp
        make, back, where = jnp.asarray, jnp.from_dlpack, lambda x: x.unsafe_buffer_pointer()
    else:
        mx = pytest.importorskip("mlx.core")
        make, back, where = mx.array, mx.array, None
    theirs = make(np.arange(6, dtype="float32").reshape(2, 3))
    ours = kn.from_dlpack(theirs)
    assert ours.tolist() == [[0, 1, 2], [3, 4, 5]]
    again = back(ours + 1)
    assert np.array_equal(np.asarray(again), np.asarray(ours) + 1)
    if where:
        assert address(ours) == where(theirs)


def test_dlpack_arguments():
    x = kn.asarray([1.0])
    assert x.__dlpack_device__() == (1, 0)
    for wrong in ({"stream": 1}, {"dl_device": (2, 0)}):
        with pytest.raises((ValueError, BufferError)):
            x.__dlpack__(**wrong)
    assert address(x) != np.from_dlpack(x, copy=True).__array_interface__["data"][0]


def test_buffer_protocol():
    view = memoryview(kn.asarray([[1, 2], [3, 4]]))
    assert view.shape == (2, 2) and view.tolist() == [[1, 2], [3, 4]] and view.readonly
    with pytest.raises(BufferError):
        memoryview(kn.asarray([1.0], dtype=kn.bfloat16))
    assert np.asarray(kn.asarray([1.5], dtype=kn.bfloat16)).tolist() == [1.5]


@pytest.mark.parametrize("dtype", DTYPES + ["bfloat16"])
def test_pickles(dtype):
    x = kn.asarray([[0.0, 1.0]]).astype("complex64" if dtype.startswith("c") else "float32").astype(dtype)
    y = pickle.loads(pickle.dumps({"x": x, "dtype": x.dtype, "op": kn.tanh}))
    assert y["x"].tolist() == x.tolist() and y["x"].dtype is x.dtype and y["dtype"] is x.dtype and y["op"] is kn.tanh


def test_what_is_no_array():
    for wrong in ("abc", b"abc", object(), {"a": 1}, [1, "a"]):
        with pytest.raises(TypeError):
            kn.asarray(wrong)
    with pytest.raises(kn.ShapeError):
        kn.asarray([[1, 2], [3]])
    with pytest.raises((TypeError, kn.DTypeError)):
        kn.asarray(np.array(["a", "b"]))


def test_nested_arrays_are_stacked():
    x = kn.asarray([kn.asarray([1, 2]), [3, 4], np.array([5, 6])])
    assert x.tolist() == [[1, 2], [3, 4], [5, 6]]


def test_threads_may_call_in():
    x = kn.asarray(np.random.RandomState(0).rand(64, 64).astype("float32"))
    expected = kn.sum(kn.tanh(x @ x)).item()
    found, errors = [], []

    def work():
        try:
            for _ in range(20):
                found.append(kn.sum(kn.tanh(x @ x)).item())
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors and set(found) == {expected}


def test_others_run_while_a_program_runs():
    """A counter in another thread goes on while one long program is computed."""
    a = kn.asarray(np.random.RandomState(0).rand(900, 900).astype("float32"))
    count, done = [0], threading.Event()

    def tick():
        while not done.is_set():
            count[0] += 1

    thread = threading.Thread(target=tick)
    b = a
    for _ in range(12):
        b = b @ a / 900
    thread.start()
    before = count[0]
    kn.evaluate(b)
    after = count[0]
    done.set()
    thread.join()
    assert after - before > 100
