"""Files of MNIST, CIFAR-10 and SVHN, written here as they are published: what is read, and what is refused, in one line."""

from __future__ import annotations

import contextlib
import gzip
import pickle
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.io import savemat

from perception.classification.datasets.cifar import RECORD, read_cifar10
from perception.classification.datasets.idx import read_idx, read_mnist
from perception.classification.datasets.matlab import read_matrices
from perception.classification.datasets.source import FileSource
from perception.classification.datasets.svhn import read_svhn
from sim_suite.errors import DamagedFileError, SuiteError

QUICK = settings(max_examples=40, deadline=None)


def idx_bytes(array):
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def a_file(tmp_path_factory, name, data):
    path = tmp_path_factory.mktemp("files") / name
    path.write_bytes(data)
    return path


def bytes_of(*shape, seed=0, most=256):
    return np.random.default_rng(seed).integers(0, most, shape, dtype=np.uint8)


def write_mnist(folder, count=6, gz=False, dotted=False):
    folder.mkdir(exist_ok=True)
    for part, seed in (("train", 1), ("t10k", 2)):
        for kind, array in (
            ("images", bytes_of(count, 28, 28, seed=seed)),
            ("labels", bytes_of(count, seed=seed, most=10)),
        ):
            name = f"{part}-{kind}{'.' if dotted else '-'}idx{array.ndim}-ubyte"
            data = idx_bytes(array)
            (folder / (name + ".gz" if gz else name)).write_bytes(gzip.compress(data) if gz else data)
    return folder


def write_cifar10(folder, count=4):
    folder.mkdir(exist_ok=True)
    for number, name in enumerate([*(f"data_batch_{one}.bin" for one in range(1, 6)), "test_batch.bin"]):
        rows = bytes_of(count, RECORD, seed=number)
        rows[:, 0] %= 10
        (folder / name).write_bytes(rows.tobytes())
    return folder


def write_svhn(folder, count=5):
    folder.mkdir(exist_ok=True)
    for part, seed in (("train", 1), ("test", 2)):
        labels = (bytes_of(count, 1, seed=seed, most=10) + 1).astype(np.uint8)
        savemat(folder / f"{part}_32x32.mat", {"X": bytes_of(32, 32, 3, count, seed=seed), "y": labels})
    return folder


WRITERS = {"mnist": write_mnist, "cifar10": write_cifar10, "svhn": write_svhn}


@QUICK
@given(array=arrays(np.uint8, st.tuples(*[st.integers(0, 5)] * 3)), is_zipped=st.booleans())
def test_any_array_is_read_as_it_was_written(tmp_path_factory, array, is_zipped):
    data = idx_bytes(array)
    path = a_file(tmp_path_factory, "one.gz" if is_zipped else "one", gzip.compress(data) if is_zipped else data)
    read = read_idx(path, 3)
    assert read.shape == array.shape
    assert np.array_equal(read, array)


@QUICK
@given(data=st.data(), is_zipped=st.booleans())
def test_a_file_cut_short_anywhere_or_too_long_is_refused(tmp_path_factory, data, is_zipped):
    whole = idx_bytes(bytes_of(3, 4, 5))
    packed = gzip.compress(whole) if is_zipped else whole
    end = data.draw(st.integers(0, len(packed) - 1))
    for broken in (packed[:end], gzip.compress(whole + b"0") if is_zipped else whole + b"0"):
        with pytest.raises(DamagedFileError) as refused:
            read_idx(a_file(tmp_path_factory, "one.gz" if is_zipped else "one", broken), 3)
        assert "\n" not in str(refused.value)


@QUICK
@given(noise=st.binary(max_size=200), name=st.sampled_from(["one", "one.gz"]))
def test_noise_is_refused(tmp_path_factory, noise, name):
    with pytest.raises(DamagedFileError):
        read_idx(a_file(tmp_path_factory, name, noise), 3)


def test_a_header_that_promises_the_world_takes_no_memory(tmp_path):
    (tmp_path / "one").write_bytes(bytes([0, 0, 8, 3]) + struct.pack(">3I", 2**32 - 1, 2**32 - 1, 2**32 - 1))
    with pytest.raises(DamagedFileError, match="promises"):
        read_idx(tmp_path / "one", 3)


@pytest.mark.parametrize(("gz", "dotted"), [(False, False), (True, False), (False, True)])
def test_mnist_by_hand(tmp_path, gz, dotted):
    folder = write_mnist(tmp_path, gz=gz, dotted=dotted)
    for training, seed in ((True, 1), (False, 2)):
        pictures, labels = read_mnist(folder, training)
        assert pictures.shape == (6, 32, 32, 3)
        digits = bytes_of(6, 28, 28, seed=seed)
        for colour in range(3):
            assert np.array_equal(pictures[:, 2:30, 2:30, colour], digits)
        assert pictures.astype(int).sum() == 3 * digits.astype(int).sum()  # the border is black
        assert np.array_equal(labels, bytes_of(6, seed=seed, most=10))


def test_cifar10_by_hand(tmp_path):
    folder = write_cifar10(tmp_path / "cifar-10-batches-bin")
    for named in (folder, tmp_path):  # itself, or the folder that holds it
        pictures, labels = read_cifar10(named, True)
        assert pictures.shape == (20, 32, 32, 3)
        rows = bytes_of(4, RECORD, seed=2)  # of the third file
        assert labels[8:12].tolist() == (rows[:, 0] % 10).tolist()
        assert pictures[9, 5, 7].tolist() == [int(rows[1, 1 + plane * 1024 + 5 * 32 + 7]) for plane in range(3)]
    assert len(read_cifar10(folder, False).labels) == 4


@QUICK
@given(rows=arrays(np.uint8, st.tuples(st.integers(1, 3), st.just(RECORD))), cut=st.integers(1, RECORD - 1))
def test_records_are_whole_and_labels_are_classes(tmp_path_factory, rows, cut):
    rows[:, 0] %= 10
    path = a_file(tmp_path_factory, "test_batch.bin", rows.tobytes())
    pictures, labels = read_cifar10(path.parent, False)
    assert np.array_equal(pictures.transpose(0, 3, 1, 2).reshape(len(rows), -1), rows[:, 1:])
    assert np.array_equal(labels, rows[:, 0])
    for broken in (rows.tobytes()[:-cut], bytes([10]) + rows.tobytes()[1:]):
        path.write_bytes(broken)
        with pytest.raises(DamagedFileError, match=r"records of 3073|a label is 10"):
            read_cifar10(path.parent, False)


@pytest.mark.parametrize("name", ["data_batch_1", "cifar-10-batches-py/data_batch_1"])
def test_the_pickled_version_is_refused_and_never_opened(tmp_path, name):
    class Trap:
        def __reduce__(self):
            return (exec, (f"open({str(tmp_path / 'sprung')!r}, 'w')",))

    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(pickle.dumps(Trap()))
    with pytest.raises(SuiteError, match=r"is pickled.*Take the binary version"):
        read_cifar10(tmp_path, True)
    assert not (tmp_path / "sprung").exists()


def test_svhn_by_hand(tmp_path):
    pictures, labels = read_svhn(write_svhn(tmp_path), True)
    written = bytes_of(32, 32, 3, 5, seed=1)
    assert np.array_equal(pictures[3], written[..., 3])
    ones = (bytes_of(5, 1, seed=1, most=10) + 1).ravel()
    assert labels.tolist() == [0 if one == 10 else one for one in ones.tolist()]


@QUICK
@given(data=st.data())
def test_matlab_files_cut_short_or_altered_are_refused_or_read_whole(tmp_path_factory, data):
    folder = write_svhn(tmp_path_factory.mktemp("svhn"), count=1)
    path = folder / "test_32x32.mat"
    whole = bytearray(path.read_bytes())
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 100))])
    with pytest.raises(SuiteError) as refused:
        read_svhn(folder, False)
    assert "\n" not in str(refused.value)
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(whole)
    with contextlib.suppress(SuiteError):  # or it is a flipped bit of a pixel or of a comment
        pictures, labels = read_svhn(folder, False)
        assert pictures.shape == (1, 32, 32, 3)
        assert labels.max() < 10


@QUICK
@given(
    array=st.sampled_from(["u1", "i2", "i4", "u4", "f4", "f8", "i8"]).flatmap(
        lambda kind: arrays(
            kind, st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(2, 3)), elements=st.integers(0, 9)
        )
    ),
    is_packed=st.booleans(),
)
def test_matlab_arrays_are_read_as_scipy_writes_them(tmp_path_factory, array, is_packed):
    path = tmp_path_factory.mktemp("matlab") / "one.mat"
    savemat(path, {"a": array, "name": "text", "cells": np.array([1, "x"], object)}, do_compression=is_packed)
    found = read_matrices(path)
    assert list(found) == ["a"]
    assert np.array_equal(found["a"], array)
    assert found["a"].dtype == array.dtype


@pytest.mark.parametrize(
    ("held", "message"),
    [
        ({"X": bytes_of(32, 32, 3, 2)}, r"y \[0\]"),
        ({"X": bytes_of(32, 32, 3, 2), "y": np.array([[1], [11]], np.uint8)}, "labels are not 1 to 10"),
        ({"X": bytes_of(32, 32, 3, 2), "y": np.array([[1], [2], [3]], np.uint8)}, "X is uint8"),
        ({"X": bytes_of(32, 32, 3, 2).astype(float), "y": np.array([[1], [2]], np.uint8)}, "X is float64"),
    ],
)
def test_matlab_files_of_something_else_are_refused(tmp_path, held, message):
    savemat(tmp_path / "test_32x32.mat", held)
    with pytest.raises(DamagedFileError, match=message):
        read_svhn(tmp_path, False)


def test_mnist_files_that_do_not_belong_together_are_refused(tmp_path):
    folder = write_mnist(tmp_path)
    labels = folder / "t10k-labels-idx1-ubyte"
    for array, message in (
        (bytes_of(5, most=10), "6 pictures of 28 x 28 for 5 labels"),
        (np.full(6, 10, np.uint8), "a label is 10"),
    ):
        labels.write_bytes(idx_bytes(array))
        with pytest.raises(DamagedFileError, match=message):
            read_mnist(folder, False)
    labels.write_bytes(idx_bytes(bytes_of(6, 2)))
    with pytest.raises(DamagedFileError, match="with 1 axes does, but with 00000802"):
        read_mnist(folder, False)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("mnist:NOWHERE", "has no train-images-idx3-ubyte"),
        ("cifar10:NOWHERE", "has no data_batch_1.bin"),
        ("svhn:NOWHERE", "has no train_32x32.mat"),
        ("cifar100:NOWHERE", "unknown data 'cifar100:.*cifar10:DIR"),
        ("mnist", "unknown data 'mnist'"),
    ],
)
def test_what_is_not_there_is_told_and_nothing_is_downloaded(tmp_path, spec, message):
    with pytest.raises(SuiteError, match=message):
        FileSource(spec.replace("NOWHERE", str(tmp_path)), 0).batch(0, 2)


@pytest.mark.parametrize("name", WRITERS)
def test_an_epoch_shows_every_picture_once_whatever_the_batches(tmp_path, name):
    WRITERS[name](tmp_path)
    spec = f"{name}:{tmp_path}"
    count = {"mnist": 6, "cifar10": 20, "svhn": 5}[name]
    source = FileSource(spec, 3)
    assert len(source.classes) == 10
    epochs = [source.batch(number, count).pictures.reshape(count, -1).tolist() for number in (0, 1)]
    assert sorted(epochs[0]) == sorted(epochs[1])
    assert epochs[0] != epochs[1]
    again = FileSource(spec, 3)
    pairs = [again.batch(number, 2) for number in (2, 0, 1)]  # in any order, over the end of an epoch
    shown = [*pairs[1].pictures, *pairs[2].pictures, *pairs[0].pictures]
    whole = [*source.batch(0, count).pictures, *source.batch(1, count).pictures]
    assert all(np.array_equal(one, other) for one, other in zip(shown, whole, strict=False))
    assert not np.array_equal(FileSource(spec, 4).batch(0, count).pictures, source.batch(0, count).pictures)


def test_test_pictures_are_spread_over_the_file(tmp_path):
    write_mnist(tmp_path)
    (held_out,) = FileSource(f"mnist:{tmp_path}", 0).held_out(3)
    assert held_out.style == "mnist"
    whole = read_mnist(tmp_path, False)
    assert np.array_equal(held_out.shown.pictures, whole.pictures[[0, 2, 5]])
    assert len(next(FileSource(f"mnist:{tmp_path}", 0).held_out(100)).shown.labels) == 6
