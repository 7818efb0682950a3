"""The kernels' folder on disk: nothing stale can be found in it."""

from __future__ import annotations

import os
import subprocess
import sys

import sim_suite.compiling as compiling


def test_the_folder_changes_with_what_the_file_uses_and_with_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setenv("SIM_SUITE_CACHE", str(tmp_path))
    folder = tmp_path / "tree" / "agents"
    folder.mkdir(parents=True)
    monkeypatch.setattr(compiling, "_ROOT", tmp_path / "tree")
    texts = {
        "kernel.py": "from agents.near import (\n    f,\n)\n",
        "near.py": "def g():\n    import agents.far\n",
        "far.py": "X = 1\n",
        "other.py": "Y = 1\n",
        "named.py": "from agents import other\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)

    def place(name="kernel.py"):
        compiling._imported.cache_clear()
        return compiling.cache_folder(folder / name)

    first = place()
    assert first.parent == tmp_path / "kernels"
    assert place() == first
    for name in ("kernel.py", "near.py", "far.py"):
        (folder / name).write_text(texts[name] + "Z = 2\n")
        assert place() != first, name
        (folder / name).write_text(texts[name])
        assert place() == first
    (folder / "other.py").write_text("Y = 2\n")
    assert place() == first, "what is not used does not count"
    named = place("named.py")
    (folder / "other.py").write_text("Y = 3\n")
    assert place("named.py") != named


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
    for name, days in (("old", 40), ("recent", 5)):
        (tmp_path / "kernels" / name).mkdir(parents=True)
        past = compiling.time.time() - days * 86400
        os.utime(tmp_path / "kernels" / name, (past, past))
    compiling._remove_old()
    assert {path.name for path in (tmp_path / "kernels").iterdir()} == {"recent"}


def test_a_forked_process_uses_no_threads():
    code = (
        "import os; from sim_suite.compiling import may_use_threads; assert may_use_threads();"
        "child = os.fork(); child or os._exit(int(may_use_threads())); assert os.waitpid(child, 0)[1] == 0"
    )
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "NUMBA_NUM_THREADS": "2"}, check=True)
    alone = "from sim_suite.compiling import may_use_threads; assert not may_use_threads()"
    subprocess.run([sys.executable, "-c", alone], env={**os.environ, "NUMBA_NUM_THREADS": "1"}, check=True)
