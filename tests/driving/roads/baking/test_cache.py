"""Baked maps on disk: found again, never stale, and damage does no harm."""

from __future__ import annotations

import os
import subprocess
import sys

import numba
import numpy as np
import pytest

import sim_suite.driving.roads.baking.cache as cache
from sim_suite.driving.roads.baking.bake import bake
from sim_suite.driving.roads.baking.cache import load_or_bake
from tests.driving.roads.lanes_by_hand import Strip, graph_of


@pytest.fixture
def graph():
    return graph_of([Strip(0.0, 0.0, 0.3, 30.0, successors=(1,)), Strip(28.7, 8.9, 0.3, 10.0)])


@pytest.fixture
def bakes(monkeypatch):
    """How often something was baked."""
    made = []

    def counted(*arguments):
        made.append(1)
        return bake(*arguments)

    monkeypatch.setattr(cache, "bake", counted)
    return made


def assert_equal(first, second):
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_what_is_kept_is_what_was_baked(graph, bakes, tmp_path):
    assert_equal(load_or_bake(graph, folder=tmp_path), bake(graph))
    again = load_or_bake(graph, folder=tmp_path)
    assert len(bakes) == 1
    assert_equal(again, bake(graph))
    assert numba.typeof(again) == numba.typeof(bake(graph)), "kernels are compiled once for both"
    assert [type(value) for value in again] == [type(value) for value in bake(graph)]


def test_another_graph_or_resolution_is_another_file(graph, bakes, tmp_path):
    load_or_bake(graph, folder=tmp_path)
    assert load_or_bake(graph, 0.5, tmp_path).texels_per_metre == 2.0
    wider = graph_of([Strip(0.0, 0.0, 0.3, 30.0, width=3.6, successors=(1,)), Strip(28.7, 8.9, 0.3, 10.0)])
    load_or_bake(wider, folder=tmp_path)
    assert len(bakes) == len(list(tmp_path.glob("*.textures"))) == 3


@pytest.mark.parametrize("harm", ["emptied", "truncated", "flipped", "replaced"])
def test_a_damaged_file_is_baked_anew(graph, bakes, tmp_path, harm):
    load_or_bake(graph, folder=tmp_path)
    (path,) = tmp_path.glob("*.textures")
    data = path.read_bytes()
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    path.write_bytes({"emptied": b"", "truncated": data[:-100], "flipped": flipped, "replaced": b"x" * 9999}[harm])
    assert_equal(load_or_bake(graph, folder=tmp_path), bake(graph))
    assert len(bakes) == 2
    assert path.read_bytes() == data


def test_a_folder_that_cannot_be_written_to_is_done_without(graph, bakes, tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert_equal(load_or_bake(graph, folder=tmp_path / "file"), bake(graph))
    assert len(bakes) == 1


def test_the_folder_is_that_of_the_suite(graph, tmp_path, monkeypatch):
    monkeypatch.setenv("SIM_SUITE_CACHE", str(tmp_path))
    load_or_bake(graph)
    assert len(list((tmp_path / "maps").glob("*.textures"))) == 1


def test_old_files_go_and_the_newest_stays(graph, bakes, tmp_path, monkeypatch):
    for name, days in (("old", 40.0), ("recent", 5.0), ("last", 0.1)):
        path = tmp_path / f"{name}.textures"
        path.write_bytes(b"0" * 1000)
        used = cache.time.time() - days * 86400
        os.utime(path, (used, used))
    load_or_bake(graph, folder=tmp_path)
    assert {path.stem for path in tmp_path.glob("*.textures")} >= {"recent", "last"}
    assert not (tmp_path / "old.textures").exists()
    (own,) = (path for path in tmp_path.glob("*.textures") if path.stem not in ("recent", "last"))
    monkeypatch.setattr(cache, "KEPT_BYTES", own.stat().st_size + 1500)
    own.unlink()
    load_or_bake(graph, folder=tmp_path)
    assert {path.name for path in tmp_path.glob("*.textures")} == {own.name, "last.textures"}


@pytest.mark.slow
def test_many_processes_at_once_bake_once(tmp_path):
    code = (
        "from pathlib import Path; import sys; import sim_suite.driving.roads.baking.cache as cache;"
        "from sim_suite.driving.roads.maps import load_map; graph = load_map('crossroads').graph; real = cache.bake;"
        "cache.bake = lambda *a: (print('baked'), real(*a))[1];"
        "assert cache.load_or_bake(graph, folder=Path(sys.argv[1])).num_sets > 100"
    )
    jobs = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = [job.communicate(timeout=240)[0] for job in jobs]
    assert [job.returncode for job in jobs] == [0] * 4
    assert "".join(said).count("baked") == 1
