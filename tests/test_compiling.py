"""Kernels are kept on disk where nothing stale can be found, and their parts are compiled once."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np

from sim_suite.compiling import compiled, folders, kernel


def test_the_folder_changes_with_what_the_file_uses_and_with_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setenv("SIM_SUITE_CACHE", str(tmp_path))
    folder = tmp_path / "tree" / "agents"
    folder.mkdir(parents=True)
    monkeypatch.setattr(folders, "ROOT", tmp_path / "tree")
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
        folders._imported.cache_clear()
        return folders.cache_folder(folder / name)

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
        past = folders.time.time() - days * 86400
        os.utime(tmp_path / "kernels" / name, (past, past))
    folders._remove_old()
    assert {path.name for path in (tmp_path / "kernels").iterdir()} == {"recent"}


def test_a_part_is_compiled_once_whatever_constants_it_is_given():
    @compiled
    def part(x, n):
        return x + n

    @compiled
    def whole(x):
        return part(x, 1) * part(x, 2) + part(x, n=3)

    assert whole(2.0) == 17.0
    assert len(part._part.overloads) == 1
    assert not part.overloads, "nothing but a part, so far"
    assert part(2, 3) == 5
    assert len(part.overloads) == 1


def test_declared_types_hold_where_another_kernel_calls():
    @kernel("int64(uint64, int64)", "a test")
    def upper(bits, bound):
        return int(((bits >> np.uint64(32)) * np.uint64(bound)) >> np.uint64(32))

    @compiled
    def pick(values, bits):
        return values[upper(bits, len(values))]

    assert pick(np.arange(8.0), np.uint64(2**63 + 2**61)) == 5.0


def test_functions_of_one_name_from_different_processes_are_not_mistaken_for_each_other(tmp_path):
    """Each compiles one of two in a process of its own; a third loads both. The part is too long to be inlined."""
    script = tmp_path / "adding.py"
    lines = "".join(
        f"            x = (x ^ {k + 2}) * 3 + number\n            x ^= x >> {k % 7 + 1}\n" for k in range(150)
    )
    script.write_text(
        f"""import sys
from sim_suite.boards.compiling_for import compiled_for
from sim_suite.boards.registry import game_named

def kernel_of(number):
    @compiled_for(game_named("tic_tac_toe"))
    def part(x):
        for _ in range(x):
{lines}        return x

    @compiled_for(game_named("tic_tac_toe"))
    def whole(x):
        return part(x) + part(x + 1)

    return whole

made = [kernel_of(int(word)) for word in sys.argv[1:]]
print([whole(2) for whole in made])
print([sum(whole.stats.cache_hits.values()) for whole in made])
"""
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}

    def said(*numbers):
        command = [sys.executable, str(script), *numbers]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    three, five = said("3")[0][0], said("5")[0][0]
    assert three != five
    assert said("3", "5") == [[three, five], [1, 1]]


def test_symbols_are_numbered_from_another_place_in_each_process():
    code = (
        "import sim_suite.compiling; from numba.core.bytecode import FunctionIdentity as f; print(next(f._unique_ids))"
    )
    first, second = (
        int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(2)
    )
    assert first != second
    assert min(first, second) > 1000
