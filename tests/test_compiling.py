"""The kernels' folder on disk: nothing stale can be found in it."""

from __future__ import annotations

import os
import subprocess
import sys

import sim_suite.compiling as compiling


def test_the_folder_changes_with_any_kernel_source(tmp_path, monkeypatch):
    monkeypatch.setenv("SIM_SUITE_CACHE", str(tmp_path))
    for package in ("sim_suite", "agents"):
        (tmp_path / "tree" / package).mkdir(parents=True)
    source = tmp_path / "tree" / "agents" / "a.py"
    monkeypatch.setattr(compiling, "_ROOT", tmp_path / "tree")
    source.write_text("from sim_suite.compiling import compiled\nX = 1\n")
    first = compiling.cache_folder()
    assert first.parent == tmp_path
    assert compiling.cache_folder() == first
    source.write_text("from sim_suite.compiling import compiled\nX = 2\n")
    assert compiling.cache_folder() != first
    source.write_text("X = 3\n")
    without = compiling.cache_folder()
    source.write_text("X = 4\n")
    assert compiling.cache_folder() == without, "a file without kernels does not count"


def test_kernels_are_kept_and_a_read_only_place_is_survived(tmp_path):
    code = (
        "from sim_suite.leaderboard.statistics import location; import numpy as np;"
        "print(location(np.array([1.0, 2.0, 6.0]), 'mean'))"
    )

    def run(place):
        environment = {**os.environ, "SIM_SUITE_CACHE": str(place)}
        return subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        ).stdout

    assert run(tmp_path / "cache") == "3.0\n"
    kept = sorted(path.name for path in (tmp_path / "cache").rglob("*.nbc"))
    assert kept
    run(tmp_path / "cache")
    assert sorted(path.name for path in (tmp_path / "cache").rglob("*.nbc")) == kept
    assert run("/proc/nowhere") == "3.0\n"


def test_folders_that_nothing_uses_are_removed(tmp_path, monkeypatch):
    monkeypatch.setenv("SIM_SUITE_CACHE", str(tmp_path))
    monkeypatch.setattr(compiling.numba.config, "CACHE_DIR", compiling.numba.config.CACHE_DIR)
    for name, days in (("kernels-old", 40), ("kernels-recent", 5), ("else", 90)):
        (tmp_path / name).mkdir()
        past = compiling.time.time() - days * 86400
        os.utime(tmp_path / name, (past, past))
    compiling._use_cache_folder()
    assert {path.name for path in tmp_path.iterdir()} == {"kernels-recent", "else", compiling.cache_folder().name}


def test_a_forked_process_uses_no_threads():
    code = (
        "import os; from sim_suite.compiling import may_use_threads; assert may_use_threads();"
        "child = os.fork(); child or os._exit(int(may_use_threads())); assert os.waitpid(child, 0)[1] == 0"
    )
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "NUMBA_NUM_THREADS": "2"}, check=True)
    alone = "from sim_suite.compiling import may_use_threads; assert not may_use_threads()"
    subprocess.run([sys.executable, "-c", alone], env={**os.environ, "NUMBA_NUM_THREADS": "1"}, check=True)
