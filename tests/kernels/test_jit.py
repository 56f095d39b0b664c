"""The Numba configuration: lazy import, references, disk cache, threads, forks, contracts."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest

from autograd_core.kernels import diskcache, jit, threads
from autograd_core.kernels.contract import FLOATS, INDEX, ContractError, array, contract, flag, integer, number

ROOT = Path(__file__).parents[2]

PROGRAM = """
import sys
import numpy as np
from autograd_core.kernels import jit
from autograd_core.kernels.jit import compiled

@compiled
def twice(v):
    return v * 2

@compiled(parallel=True, reference=lambda x, out: np.multiply(x, 2, out=out))
def double(lo, hi, x, out):
    for i in range(lo, hi):
        for j in range(x.shape[1]):
            out[i, j] = twice(x[i, j])

x = np.arange(40.0).reshape(8, 5)
out = np.empty_like(x)
double(8, x, out)
assert (out == 2 * x).all()
stats = double.dispatcher.stats if jit.enabled() and hasattr(double.dispatcher, "stats") else None
hits = sum(stats.cache_hits.values()) if stats else -1
print("numba" in sys.modules and sys.modules["numba"] is not None, hits)
"""


def start(program, cache, **variables):
    env = {key: value for key, value in os.environ.items() if not key.startswith(("NUMBA_", "AUTOGRAD_CORE_"))}
    env |= {"PYTHONPATH": str(ROOT), "AUTOGRAD_CORE_CACHE_DIR": str(cache), **variables}
    command = [sys.executable, "-W", "error", "-c", program]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process):
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out.strip(), err.strip()


def run(program, cache, **variables):
    return finish(start(program, cache, **variables))


def entries(cache):
    return sorted(cache.glob("kernels-*/*.bin"))


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    cache = tmp_path_factory.mktemp("cache")
    out, err = run(PROGRAM, cache)
    assert out == "True 0" and "cache" not in err
    return cache


def test_importing_every_kernel_leaves_numba_out(tmp_path):
    program = """
import sys, pkgutil, importlib, autograd_core.kernels as kernels
for module in pkgutil.iter_modules(kernels.__path__, kernels.__name__ + "."):
    importlib.import_module(module.name)
print("numba" in sys.modules)
"""
    assert run(program, tmp_path)[0] == "False"
    assert not entries(tmp_path)


def test_second_process_loads_from_a_private_folder(warm):
    assert run(PROGRAM, warm) == ("True 1", "")
    (folder,) = warm.glob("kernels-*")
    assert len(entries(warm)) == 2
    if os.name == "posix":
        assert folder.stat().st_mode & 0o777 == 0o700
        assert all(entry.stat().st_mode & 0o077 == 0 for entry in entries(warm))


@pytest.mark.parametrize(
    ("variables", "expected"),
    [({"AUTOGRAD_CORE_KERNELS": "numpy"}, "False -1"), ({"NUMBA_DISABLE_JIT": "1"}, "True -1")],
    ids=["numpy", "jit disabled"],
)
def test_environment_switches(variables, expected, tmp_path):
    assert run(PROGRAM, tmp_path, **variables) == (expected, "")
    assert not entries(tmp_path)


def test_without_numba_the_reference_runs(tmp_path):
    absent = "import sys; sys.modules['numba'] = None\n"
    assert run(absent + PROGRAM, tmp_path) == ("False -1", "")
    process = start(absent + PROGRAM, tmp_path, AUTOGRAD_CORE_KERNELS="numba")
    assert "ImportError" in process.communicate(timeout=300)[1] or process.returncode != 0
    assert process.returncode != 0


def test_an_unknown_switch_is_refused(tmp_path):
    process = start(PROGRAM, tmp_path, AUTOGRAD_CORE_KERNELS="nunpy")
    assert "expected 'numpy' or 'numba'" in process.communicate(timeout=300)[1]
    assert process.returncode != 0


def damage_truncated(path):
    path.write_bytes(path.read_bytes()[:-100])


def damage_emptied(path):
    path.write_bytes(b"")


def damage_foreign(path):
    path.unlink()
    diskcache.write_entry(path, b"not a pickle")


@pytest.mark.parametrize("damage", [damage_truncated, damage_emptied, damage_foreign])
def test_damaged_entries_are_compiled_again_and_replaced(warm, damage):
    for entry in entries(warm):
        damage(entry)
    out, err = run(PROGRAM, warm)
    assert out == "True 0"
    assert err.count("cannot be used and is compiled again") == 1
    assert run(PROGRAM, warm) == ("True 1", "")


def test_no_cache_folder_is_said_once(tmp_path):
    occupied = tmp_path / "file"
    occupied.write_text("")
    out, err = run(PROGRAM, occupied)
    assert out == "True 0"
    assert err.count("without a disk cache") == 1


@pytest.mark.skipif(os.name != "posix", reason="owners and modes of POSIX")
def test_a_folder_open_to_others_is_closed_and_a_link_refused(warm, tmp_path):
    (folder,) = warm.glob("kernels-*")
    folder.chmod(0o777)
    assert run(PROGRAM, warm) == ("True 1", "")
    assert folder.stat().st_mode & 0o777 == 0o700
    (tmp_path / folder.name).symlink_to(folder, target_is_directory=True)
    out, err = run(PROGRAM, tmp_path)
    assert out == "True 0" and "not a plain folder" in err


def test_processes_that_compile_at_once(tmp_path):
    started = [start(PROGRAM, tmp_path) for _ in range(3)]
    assert all(finish(process)[0].startswith("True") for process in started)
    assert len(entries(tmp_path)) == 2 and not list(tmp_path.glob("kernels-*/*.tmp"))
    assert run(PROGRAM, tmp_path) == ("True 1", "")


def test_code_options_of_numba_have_their_own_folder(warm):
    before = len(list(warm.glob("kernels-*")))
    assert run(PROGRAM, warm, NUMBA_BOUNDSCHECK="1")[0] == "True 0"
    assert len(list(warm.glob("kernels-*"))) == before + 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
def test_a_child_forked_after_use_can_compute(warm):
    program = (
        PROGRAM
        + """
import os
jit.set_num_threads(3)
double(8, x, out)
child = os.fork()
if child == 0:
    out[:] = 0
    double(8, x, out)
    os._exit(0 if (out == 2 * x).all() else 1)
assert os.waitpid(child, 0)[1] == 0
double(8, x, out)
"""
    )
    run(program, warm)


def make_scale(factor):
    @jit.compiled
    def scale(x, out):
        for i in range(len(x)):
            out[i] = x[i] * factor

    return scale


def test_kernels_of_one_name_and_different_constants_are_kept_apart():
    x, out = np.arange(4.0), np.empty(4)
    for factor in (2.0, 3.0, np.array(4.0)):
        kernel = make_scale(factor) if isinstance(factor, float) else make_scale(float(factor))
        kernel(x, out)
        np.testing.assert_array_equal(out, x * factor)
    assert make_scale(2.0).fingerprint == make_scale(2.0).fingerprint != make_scale(3.0).fingerprint


DIFFERENT = {
    "arrays": (np.array([1.0]), np.array([2.0])),
    "types of arrays": (np.array([1], "<i4"), np.array([1], ">i4")),
    "NumPy numbers": (np.float32(1), np.float32(2)),
    "types of numbers": (np.float32(1), np.float64(1), 1.0, 1, True),
    "signs of zero": (np.float32(0), np.float32(-0.0), 0.0, -0.0),
    "types": (np.float32, np.float64, np.dtype("float32"), np.dtype("float64")),
    "long arrays in tuples": ((np.zeros(2000),), (np.arange(2000) == 1000.0,), (np.where(np.arange(2000) == 1000, 1.0, 0.0),)),
    "nested": ((1, (np.float32(2),)), (1, (np.float32(3),))),
    "functions": (lambda x: x + 1, lambda x: x + 2),
}


@pytest.mark.parametrize("constants", DIFFERENT.values(), ids=DIFFERENT)
def test_every_kind_of_constant_is_part_of_the_fingerprint(constants):
    prints = [make_scale(value).fingerprint for value in constants]
    assert len({*prints}) == len(constants)
    assert prints == [make_scale(value).fingerprint for value in constants]


BLOCK = 64


@jit.compiled(parallel=True, fastmath=jit.REASSOCIATE)
def block_sums(lo, hi, x, out):
    for block in range(lo, hi):
        part = x[block * BLOCK : (block + 1) * BLOCK]
        total = 0.0
        for i in range(len(part)):
            total += part[i]
        out[block] = total


@pytest.fixture
def thread_count():
    before = jit.get_num_threads()
    yield
    jit.set_num_threads(before)


def test_values_do_not_depend_on_the_thread_count(thread_count):
    x = np.random.default_rng(0).normal(size=1000)
    results = []
    for n in (1, 2, 5, 64):
        jit.set_num_threads(n)
        out = np.full(16, np.nan)
        block_sums(16, x, out)
        results.append(out.tobytes())
    assert len(set(results)) == 1


def test_python_threads_may_launch_at_once(thread_count):
    jit.set_num_threads(4)
    x = np.arange(64.0 * 16)
    expected = x.reshape(16, 64).sum(axis=1)
    wrong = []

    def work():
        for _ in range(200):
            out = np.empty(16)
            block_sums(16, x, out)
            if not (out == expected).all():
                wrong.append(out)

    crowd = [threading.Thread(target=work) for _ in range(6)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert not wrong


def test_an_error_in_a_worker_reaches_the_caller(thread_count):
    jit.set_num_threads(2)

    def task(lo, hi):
        if hi == 100:
            raise FloatingPointError("from the last range")

    with pytest.raises(FloatingPointError, match="last range"):
        threads.run(100, task)
    threads.run(100, lambda lo, hi: None)


def test_idle_workers_keep_no_arrays(thread_count):
    jit.set_num_threads(3)
    x = np.arange(64.0 * 16)
    watched = weakref.ref(x)
    block_sums(16, x, np.empty(16))
    for _ in range(20):
        threads.run(8, lambda lo, hi: None)
    del x
    gc.collect()
    assert watched() is None


@pytest.mark.parametrize(("blocks", "parts"), [(0, 3), (1, 4), (7, 3), (100, 8)])
def test_cut_covers_everything_once(blocks, parts):
    ranges = threads.cut(blocks, parts)
    assert [i for lo, hi in ranges for i in range(lo, hi)] == list(range(blocks))
    assert len(ranges) <= parts


@pytest.mark.parametrize(("n", "error"), [(0, RuntimeError), (-2, RuntimeError), (1.5, TypeError), ("2", TypeError), (True, TypeError)])
def test_set_num_threads_refuses(n, error):
    with pytest.raises(error, match="expects"):
        jit.set_num_threads(n)


def test_blas_follows_and_is_held_to_one_thread(thread_count):
    blas = threads._blas()
    if blas is None:
        pytest.skip("this NumPy's BLAS cannot be told")
    jit.set_num_threads(2)
    assert blas[1]() == 2
    with threads.one_blas_thread(), threads.one_blas_thread():
        assert blas[1]() == 1
    assert blas[1]() == 2


def test_a_forked_child_does_not_wait_for_threads_that_it_does_not_have(thread_count):
    if threads._blas() is None:
        pytest.skip("this NumPy's BLAS cannot be told")
    jit.set_num_threads(2)
    hold = threads.one_blas_thread()
    hold.__enter__()
    threads._BlasHold.lock.acquire()
    threads._start_anew()
    assert threads._blas()[1]() == 2
    with threads.one_blas_thread():
        assert threads._blas()[1]() == 1
    block_sums(16, np.zeros(64 * 16), np.empty(16))


@pytest.mark.parametrize("flags", ["fast", {"nnan"}, ["ninf", "contract"], "nnan"])
def test_fastmath_that_loses_nan_is_refused(flags):
    with pytest.raises(ValueError, match="not allowed"):
        jit.compiled(fastmath=flags)


def test_numpy_only_takes_the_reference_and_needs_one():
    x, out = np.arange(4.0), np.empty(4)
    with jit.numpy_only():
        assert not jit.enabled()
        with pytest.raises(RuntimeError, match="no NumPy reference"):
            make_scale(2.0)(x, out)
    assert jit.enabled()


def test_a_slow_first_compilation_speaks_while_it_runs(monkeypatch, capfd):
    monkeypatch.setattr(diskcache, "_said", set())
    monkeypatch.setattr(diskcache._Stopwatch, "spent", 0.99)
    for _ in range(2):
        watch = diskcache._Stopwatch()
        watch.timer.join(10)
        watch.stop()
    assert capfd.readouterr().err == "autograd_core: compiling kernels, once\n"


@contract(
    "len_k <= n and 0 <= shift",
    x=array("n m", FLOATS),
    k=array("len_k", same="x"),
    index=array("p", INDEX, at_least="0", below="n * m"),
    out=array("p 2", same="x", contiguous=False, writes=True),
    shift=integer(),
    scale=number(),
    on=flag(),
)
@jit.compiled
def checked(x, k, index, out, shift, scale, on):
    return shift


def arguments(**changes):
    arrays = {"x": np.ones((3, 4)), "k": np.ones(2), "index": np.array([0, 11]), "out": np.ones((2, 2))}
    return [*(arrays | {"shift": 0, "scale": 1.0, "on": True} | changes).values()]


def readonly(x):
    x.flags.writeable = False
    return x


def unaligned():
    return np.frombuffer(b"\0" * (3 * 4 * 8 + 1), np.uint8)[1:].view(np.float64).reshape(3, 4)


BREACHES = [
    ({"x": [[1.0]]}, "ndarray"),
    ({"x": np.ones((3, 4), np.int64)}, "dtype"),
    ({"x": np.ones((3, 4), ">f8")}, "dtype"),
    ({"x": np.ones((3, 4)).view(np.ma.MaskedArray)}, "ndarray"),
    ({"x": np.ones((4, 3)).T}, "C-contiguous"),
    ({"x": unaligned()}, "aligned"),
    ({"x": np.ones(3)}, "shape"),
    ({"k": np.ones(2, np.float32)}, "dtype float64"),
    ({"k": np.ones(4)}, "len_k <= n"),
    ({"index": np.array([0, 12])}, "index < 12"),
    ({"index": np.array([-1, 3])}, "index >= 0"),
    ({"index": np.array([0, 1, 2])}, "p = 3"),
    ({"out": np.ones((2, 3))}, "2 = 2"),
    ({"out": readonly(np.ones((2, 2)))}, "writeable"),
    ({"shift": -1}, "0 <= shift"),
    ({"shift": 2**62}, "2\\*\\*62"),
    ({"shift": True}, "int"),
    ({"shift": 1.0}, "int"),
    ({"scale": "1"}, "number|int"),
    ({"on": 1}, "bool"),
]


def test_contract_lets_the_right_arguments_pass():
    assert checked(*arguments(shift=5)) == 5
    assert checked(*arguments(index=np.empty(0, np.int64), out=np.ones((0, 2)))) == 0
    assert checked(*arguments(out=np.ones((2, 4))[:, ::2])) == 0


@pytest.mark.parametrize(("changes", "message"), BREACHES, ids=[f"{key}-{i}" for i, (changes, _) in enumerate(BREACHES) for key in changes])
def test_contract_stops_the_wrong_arguments(changes, message):
    with pytest.raises(ContractError, match=message):
        checked(*arguments(**changes))


def test_contract_counts_arguments_and_names_all():
    with pytest.raises(ContractError, match="takes 7 arguments"):
        checked(*arguments()[:-1])
    with pytest.raises(TypeError, match="declare each"):
        contract(x=array("n", FLOATS))(make_scale(2.0))
