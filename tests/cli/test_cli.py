"""The command line: what it says, what it returns, and that a mistake is one line that helps."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from importlib import import_module
from typing import get_args

import pytest

from sim_suite.cli.main import GROUPS, gathered, main
from sim_suite.leaderboard.records import JOURNAL, read

MODULES = {name: command.module for group in GROUPS.values() for name, command in group.items()}
COMMANDS = list(MODULES)


def ask(capsys, *words):
    status = main([str(word) for word in words])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_the_help_names_every_command_with_examples(capsys):
    status, out, _ = ask(capsys, "--help")
    assert status == 0
    assert all(f"  {name} " in out for name in COMMANDS)
    assert "examples:" in out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples_and_json(name, capsys):
    with pytest.raises(SystemExit) as info:
        main([name, "--help"])
    out = capsys.readouterr().out
    assert info.value.code == 0
    assert "examples:" in out
    assert f"sim-suite {name}" in out
    assert "--json" in out


def subcommands(name):
    """The words that may follow a command, for those that have some."""
    arguments = getattr(import_module(f"sim_suite.cli.{MODULES[name]}"), "Arguments", None)
    return [configuration.name for kind in get_args(arguments) for configuration in get_args(kind)[1:]]


@pytest.mark.parametrize(("name", "word"), [(name, word) for name in COMMANDS for word in subcommands(name)])
def test_every_subcommand_has_help_with_examples_and_json(name, word, capsys):
    with pytest.raises(SystemExit) as info:
        main([name, word, "--help"])
    out = capsys.readouterr().out
    assert info.value.code == 0
    assert "examples:" in out
    assert f"sim-suite {name} {word}" in out
    assert "--json" in out


@pytest.mark.parametrize("what", ["envs", "agents", "suites", "recipes", "zoo", "bench"])
def test_every_list_is_a_table_and_json(what, capsys):
    status, out, _ = ask(capsys, "list", what, "--json")
    rows = json.loads(out)
    assert status == 0
    assert rows
    status, table, _ = ask(capsys, "list", what)
    assert status == 0
    assert all(str(next(iter(row.values()))) in table for row in rows)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["study", "augmentatoin"], "unknown study 'augmentatoin'. Did you mean 'augmentation'?"),
        (["trian"], "unknown command 'trian'. Did you mean 'train'?"),
        (["leaderboard", "clasic", "--agents", "random"], "unknown suite 'clasic'. Did you mean 'classic'?"),
        (["leaderboard", "classic", "--agents", "randon"], "unknown agent 'randon'. Did you mean 'random'?"),
        (["train", "q-learning"], "say what to train it on"),
        (["train"], "name a recipe"),
        (["train", "q-learning", "--env", "CartPole-v1"], "tabular methods need numbered states"),
        (["train", "q-learning", "--env", "FrozenLake-v1", "--seed", "-1"], "--seed must be 0 or more, not -1"),
        (["train", "--resume", "nowhere"], "holds no run"),
        (["play", "CartPol-v1"], "Did you mean 'CartPole-v1'"),
        (["play", "CartPole-v1", "--agent", "cart-pole-lqr", "--out", "x.mp4"], "--out must end in .webm"),
        (["play", "CartPole-v1", "--agent", "cart-pole-lqr", "--video", "x.avi"], "--video must end in .webm"),
        (["play", "CartPole-v1", "--agent", "random", "--video", "x.webm", "--out", "y.webm"], "give one of them"),
        (["play", "CartPole-v1", "--video", "x.webm"], "film an agent: name one with --agent"),
        (["verify", "nowhere"], "holds no journal.jsonl"),
        (["export", "random", "--out", "x.onnx"], "is not trained"),
        (["export", "random", "--out", "x.txt"], "--out must end in .onnx"),
        (["bench", "nothing"], "unknown benchmark 'nothing'"),
        (["doctor", "--carla", "here"], "is not HOST:PORT"),
        (["maps", "show", "crossrods"], "unknown map 'crossrods'. Did you mean 'crossroads'?"),
        (["maps", "show", "crossroads", "--out", "x.gif"], "--out must end in .png, .svg or .html"),
        (["maps", "show", "crossroads", "--out", "x.png", "--size", "big"], "--size is not understood: 'big'"),
        (["maps", "show", "crossroads", "--out", "x.png", "--size", "99"], "--size must lie between"),
        (["maps", "check", "nowhere.xodr"], "nowhere.xodr does not exist"),
        (["maps", "generate", "--out", "x.html"], "--out must end in .xodr"),
        (["maps", "generate", "--out", "x.xodr", "--seed", "-1"], "--seed must be 0 or more"),
        (["maps", "generate", "--out", "x.xodr", "--size", "5 x 5"], "--size is not understood"),
    ],
)
def test_mistakes_are_one_line_and_status_2(words, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = ask(capsys, *words)
    lines = [line for line in err.splitlines() if line.startswith("error:")]
    assert status == 2
    assert out == ""
    assert len(lines) == 1
    assert message in lines[0]


def test_train_compare_verify_and_film_from_the_command_line(capsys, tmp_path, small_suite):
    run, out = tmp_path / "run", tmp_path / "out"
    status, printed, _ = ask(capsys, "train", "value-iteration", "--env", "FrozenLake-v1", "--out", run, "--json")
    assert status == 0
    assert json.loads(printed)["checkpoint"] == str(run / "checkpoint")
    agents = ["--agents", "random", "do-nothing", f"vi={run}", "cart-pole-lqr"]
    status, printed, err = ask(capsys, "leaderboard", small_suite, *agents, "--out", out, "--workers", "0")
    assert status == 0
    assert "vi enters lake; cart-pole does not fit it" in err
    assert "cart-pole-lqr" in printed
    assert (out / "clips" / "cart-pole--cart-pole-lqr.webm").stat().st_size > 1000
    assert ask(capsys, "verify", out, "--episodes", "4", "--workers", "0")[0] == 0
    status, printed, _ = ask(
        capsys, "play", "CartPole-v1", "--agent", "cart-pole-lqr", "--out", tmp_path / "c.webm", "--json"
    )
    assert json.loads(printed)[0]["return"] == 500.0
    assert (tmp_path / "c.webm").read_bytes()[:4] == b"\x1a\x45\xdf\xa3", "a WebM file begins with EBML's number"


def test_a_foreign_agents_package_is_found_out(tmp_path):
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "__init__.py").write_text("")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}

    def ask_process(*words):
        return subprocess.run(
            [sys.executable, "-m", "sim_suite.cli.main", *words],
            env=environment,
            capture_output=True,
            text=True,
            cwd="/",
        )

    listed = ask_process("list", "agents")
    assert listed.returncode == 2
    assert listed.stderr.startswith(f"error: `import agents` finds {tmp_path}/agents instead of")
    seen = ask_process("doctor", "--json")
    assert seen.returncode == 1
    problems = [finding for finding in json.loads(seen.stdout) if finding["level"] == "problem"]
    assert any("take" in finding["mend"] and str(tmp_path) in finding["what"] for finding in problems)


def test_ctrl_c_ends_cleanly_and_loses_nothing(tmp_path):
    command = [
        sys.executable,
        "-m",
        "sim_suite.cli.main",
        "leaderboard",
        "classic",
        "--agents",
        "random",
        "--no-clips",
        "--out",
    ]
    with subprocess.Popen(
        [*command, tmp_path / "out"], stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        journal = tmp_path / "out" / JOURNAL
        while process.poll() is None and not (journal.exists() and journal.stat().st_size > 6000):
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "stopped" in err
    assert len(read(tmp_path / "out").rows) > 5


def test_progress_is_silent_when_nobody_looks(capsys, tmp_path):
    _, _, err = ask(capsys, "train", "value-iteration", "--env", "FrozenLake-v1", "--out", tmp_path / "run")
    assert err.splitlines()[0].startswith("run folder:")
    assert len(err.splitlines()) <= 3


@pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="mounting a small disk takes root on Linux")
@pytest.mark.parametrize("kilobytes", [16, 40, 120])
@pytest.mark.slow
def test_a_full_disk_is_one_line_and_what_was_written_is_whole(tmp_path, kilobytes):
    """Leaderboard and training on a disk that fills up; then there is room again, and both go on."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", disk], capture_output=True
    ).returncode:
        pytest.skip("this machine does not let us mount a small disk")

    def ask_process(*words):
        done = subprocess.run(
            [sys.executable, "-m", "sim_suite.cli.main", *map(str, words)], capture_output=True, text=True
        )
        errors = [line for line in done.stderr.splitlines() if line.startswith("error:")]
        return done.returncode, errors, done.stderr

    board = ["leaderboard", "classic", "--agents", "random", "--out", disk / "board", "--no-clips"]
    run = ["train", "q-learning", "--env", "FrozenLake8x8-v1", "--set", "steps=150000", "--out", disk / "run"]
    try:
        for words in (board, run):
            status, errors, everything = ask_process(*words)
            assert status == 2, everything
            assert len(errors) == 1
            assert "No space left on device" in errors[0]
            assert "Traceback" not in everything
        subprocess.run(["mount", "-o", "remount,size=8m", disk], check=True)
        assert ask_process(*board, "--resume")[0] == 0
        begun = (disk / "run" / "config.toml").exists()
        assert ask_process(*(["train", "--resume", disk / "run"] if begun else run))[0] == 0
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["x", "--set", "a=1", "--seed", "3", "--set", "b=2"], ["x", "--set", "a=1", "b=2", "--seed", "3"]),
        (["--set=a=1", "--set", "b=2", "c=-3"], ["--set", "a=1", "b=2", "c=-3"]),
        (["--json", "folder", "--seed=3"], ["--json", "folder", "--seed=3"]),
        (["--set", "a=1", "--", "--set", "b"], ["--set", "a=1", "--", "--set", "b"]),
    ],
)
def test_an_option_that_is_named_twice_has_all_its_values(words, meant):
    assert gathered(words) == meant
