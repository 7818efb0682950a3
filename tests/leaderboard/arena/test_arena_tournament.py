"""Tournaments: who meets whom, faults, resuming, verifying. Source of the rules of play: sim_suite/leaderboard/arena."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from sim_suite.boards.games.tic_tac_toe import TIC_TAC_TOE
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import journal_line, read_journal, read_json
from sim_suite.leaderboard import records as episode_records
from sim_suite.leaderboard.arena.jobs import MatchJob
from sim_suite.leaderboard.arena.playing import result_of
from sim_suite.leaderboard.arena.records import GameRow, Pairing, holds_arena, read
from sim_suite.leaderboard.arena.standings import score_of
from sim_suite.leaderboard.arena.suite import load
from sim_suite.leaderboard.arena.tournament import hold
from sim_suite.leaderboard.arena.verify import verify
from sim_suite.leaderboard.compare import Options
from sim_suite.leaderboard.results import PAGE, RESULTS, SCORES

SUITE = """
name = "little"
version = 1
[[games]]
name = "tic_tac_toe"
openings = 4
"""
OWN = '''
import numpy as np
from agents.interface import Interface
from sim_suite.envs.views import View

class LastLegal:
    """Deterministic: the legal move of the highest number."""
    interface = Interface(View("board"), "discrete")
    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        return np.array([np.flatnonzero(one["action_mask"])[-1] for one in observation]), state

class Cheat(LastLegal):
    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        return np.zeros(len(observation), np.int64), state

class Falls(LastLegal):
    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        raise ValueError("a bad day")

class Dies(LastLegal):
    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        import os
        os._exit(7)
'''
HERE = Options(workers=0, clips=False)


@pytest.fixture
def little(tmp_path):
    path = tmp_path / "little.toml"
    path.write_text(SUITE)
    return load(str(path))


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "own.py"
    path.write_text(OWN)
    return lambda name: f"{name.lower()}={path}:{name}"


def test_every_two_meet_from_every_opening_on_both_sides(little, own, tmp_path):
    hold(little, ["random", "mcts-20", own("LastLegal")], tmp_path / "out", HERE)
    records = read(tmp_path / "out")
    assert len(records.games) == 3 * 8
    for pairing in {row.pairing for row in records.games.values()}:
        rows = [records.games[pairing, number] for number in range(8)]
        assert [row.sides for row in rows] == [(pairing.one, pairing.other), (pairing.other, pairing.one)] * 4
        openings = [row.moves[: row.opening_plies] for row in rows]
        assert openings[0::2] == openings[1::2]
        assert len(set(openings)) == 4
    for row in records.games.values():
        assert row.result == result_of(TIC_TAC_TOE, row.moves)
    with (tmp_path / "out" / RESULTS).open() as file:
        assert len(list(csv.DictReader(file))) == 24


def test_deterministic_agents_repeat_no_game(little, own, tmp_path):
    again = own("LastLegal").replace("lastlegal=", "twin=")
    hold(little, [own("LastLegal"), again], tmp_path / "out", HERE)
    even = [row.moves for (_, number), row in read(tmp_path / "out").games.items() if number % 2 == 0]
    assert len(set(even)) == 4


def test_equal_seeds_give_equal_bytes_in_one_process_or_two(little, tmp_path):
    agents = ["random", "mcts-20"]
    hold(little, agents, tmp_path / "one", HERE)
    hold(little, agents[::-1], tmp_path / "two", Options(workers=2, clips=False))
    for name in (RESULTS, SCORES):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize("kept", [1, 3, 9, 15, 20])
def test_going_on_after_a_kill_gives_equal_bytes(little, tmp_path, kept):
    """The journal is cut after so many records, with a torn line behind them, as a killed process leaves it."""
    agents = ["random", "mcts-20"]
    whole = tmp_path / "whole"
    hold(little, agents, whole, HERE)
    lines = (whole / "journal.jsonl").read_bytes().splitlines(keepends=True)
    assert len(lines) == 1 + 2 + 8 + 2
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "journal.jsonl").write_bytes(b"".join(lines[:kept]) + lines[kept % len(lines)][:20])
    hold(little, agents, broken, Options(workers=0, clips=False, resume=True))
    for name in (RESULTS, SCORES, PAGE):
        assert (broken / name).read_bytes() == (whole / name).read_bytes()


def test_agents_are_added_to_a_folder_and_unplayed_pairs_are_missing_not_zero(little, own, tmp_path):
    out = tmp_path / "out"
    hold(little, ["random", "mcts-20"], out, HERE)
    with pytest.raises(SuiteError, match="holds a leaderboard already"):
        hold(little, ["random", own("LastLegal")], out, HERE)
    [table] = hold(little, ["random", own("LastLegal")], out, Options(workers=0, clips=False, resume=True))
    place = {one.label: at for at, one in enumerate(table.standings)}
    unplayed = table.cells[place["mcts-20"]][place["lastlegal"]]
    assert unplayed.games == 0
    assert unplayed.share is None
    assert all(one.elo is not None for one in table.standings), "games against random connect all of them"
    agents = read_json(out / SCORES)["games"]["tic_tac_toe"]["agents"]
    assert set(agents[place["mcts-20"]]["against"]) == {"random"}


@pytest.mark.parametrize(("name", "words"), [("Cheat", "not a legal move"), ("Falls", "ValueError: a bad day")])
def test_a_fault_is_nobodys_point(little, own, tmp_path, name, words):
    [table] = hold(little, ["random", "mcts-20", own(name)], tmp_path / "out", HERE)
    faulty = next(one for one in table.standings if one.label == name.lower())
    broken = [row for row in read(tmp_path / "out").games.values() if row.outcome == "agent_error"]
    assert broken
    assert all(row.faulty == name.lower() and words in row.message and row.result is None for row in broken)
    assert faulty.faults == len(broken)
    assert faulty.score.games == 16 - len(broken)
    assert faulty.judged["all"] is None
    if name == "Falls":
        assert faulty.elo is None
        assert "a bad day" in faulty.judge_fault


def test_a_dying_process_takes_one_game_along(little, own, tmp_path):
    little = replace(little, games=(replace(little.games[0], openings=1),))
    [table] = hold(little, ["random", own("Dies")], tmp_path / "out", Options(workers=1, clips=False))
    rows = read(tmp_path / "out").games.values()
    assert {row.outcome for row in rows} == {"worker_died"}
    assert len(rows) == 2
    assert [one.lost_processes for one in table.standings] == [2, 2]
    assert all(one.elo is None and one.score.share is None for one in table.standings)
    with pytest.raises(SuiteError, match="no game that could be checked"):
        verify(tmp_path / "out", 3, seed=0, workers=0, trust=False)


def test_what_a_dead_process_left_begins_with_its_own_openings(little):
    pairing = Pairing("tic_tac_toe", "a", "b")
    job = MatchJob(little.games[0], pairing, ("random", "random"), False, (0, 1, 2, 3), ((0,), (0,), (4,), (4,)))
    assert [row.moves[0] for row in job.rest((2, 3)).results()] == [4, 4]


@pytest.mark.parametrize(
    ("agents", "words"),
    [
        (["random", "mcts-2x"], "unknown agent 'mcts-2x'"),
        (["random", "cart-pole-lqr"], "fits no task"),
        (["random"], "nobody meets anybody"),
        (["x=random", "x=mcts-20"], "stands for 2 agents"),
        (["random", "alphazero"], "has to be trained first"),
    ],
)
def test_wrong_agents_are_refused_before_the_first_game_in_one_line(little, tmp_path, agents, words):
    with pytest.raises(SuiteError, match=words) as refused:
        hold(little, agents, tmp_path / "out", HERE)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_verify_plays_again_and_finds_what_was_altered(little, tmp_path):
    out = tmp_path / "out"
    hold(little, ["random", "mcts-20"], out, HERE)
    verdict = verify(out, 3, seed=0, workers=0, trust=False)
    assert (verdict.ruled, verdict.checked, verdict.mismatches) == (8, 3, [])
    alter(out, lambda row: {**row, "result": 1 if row["result"] != 1 else -1}, number=2)
    found = verify(out, 8, seed=0, workers=0, trust=False).mismatches
    assert {(one.row.number, one.field) for one in found} == {(2, "result")}
    assert "game 2: result is" in str(found[0])


def test_verify_finds_moves_that_nobody_made(little, tmp_path):
    out = tmp_path / "out"
    hold(little, ["random", "mcts-20"], out, HERE)
    alter(out, lambda row: {**row, "moves": row["moves"][:-1]}, number=3)
    found = {(one.row.number, one.field) for one in verify(out, 8, seed=0, workers=0, trust=False).mismatches}
    assert found == {(3, "result"), (3, "moves")}


def alter(out, change, number):
    path = out / "journal.jsonl"
    records = read_journal(path)
    changed = [change(one) if one["kind"] == "game" and one["number"] == number else one for one in records]
    path.write_bytes(b"".join(map(journal_line, changed)))


def test_folders_are_told_from_those_of_episodes(little, tmp_path):
    out = tmp_path / "out"
    hold(little, ["random", "mcts-20"], out, HERE)
    assert holds_arena(out)
    with pytest.raises(SuiteError, match="cannot be merged"):
        episode_records.read(out)
    (out / "journal.jsonl").write_bytes(journal_line({"kind": "header", "format": 1, "suite": {}}))
    assert not holds_arena(out)
    with pytest.raises(DamagedFileError, match="header of an arena"):
        read(out)


def test_points_follow_sides():
    row = GameRow("tic_tac_toe", "a", "b", 3, "ok", 1, 0, ())
    assert row.sides == ("b", "a")
    assert (row.points("b"), row.points("a")) == (1.0, 0.0)
    drawn = GameRow("tic_tac_toe", "a", "b", 2, "ok", 0, 0, ())
    score = score_of([row, drawn], "a")
    assert (score.wins, score.draws, score.losses) == (0, 1, 1)
    assert score.share.point == 0.25
    assert Pairing("g", "a", "b").sides(0) == ("a", "b")


@pytest.mark.slow
def test_killed_and_resumed_equals_uninterrupted(tmp_path):
    """kill -9 at random moments, workers included."""
    suite = tmp_path / "little.toml"
    suite.write_text(SUITE.replace("openings = 4", "openings = 20"))
    kills = int(os.environ.get("SIM_SUITE_KILLS", "10"))

    def command(out):
        agents = ["--agents", "random", "mcts-300", "mcts-100"]
        words = ["-m", "sim_suite.cli.main", "leaderboard", suite, *agents, "--resume", "--no-clips"]
        return [sys.executable, *words, "--out", out]

    subprocess.run(command(tmp_path / "first"), check=True, capture_output=True)
    begun = time.monotonic()
    subprocess.run(command(tmp_path / "whole"), check=True, capture_output=True)
    seconds = time.monotonic() - begun
    rng = np.random.default_rng(0)
    cut = 0
    for attempt in range(kills):
        out = tmp_path / f"broken-{attempt}"
        process = subprocess.Popen(
            command(out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(rng.uniform(0.2, 1.0) * seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        cut += out.exists() and not (out / SCORES).exists()
        subprocess.run(command(out), check=True, capture_output=True)
        for name in (RESULTS, SCORES):
            assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), f"kill {attempt}: {name}"
    assert cut >= kills // 3, "too few kills fell into the middle of a run to prove anything"


def test_scores_hold_no_clock_time(little, tmp_path):
    hold(little, ["random", "mcts-20"], tmp_path / "out", HERE)
    text = json.dumps(read_json(tmp_path / "out" / SCORES))
    assert "seconds" not in text
    assert "seconds" in (tmp_path / "out" / "timing.jsonl").read_text()
