"""A board game in the terminal, as a person would play it: lines in, text out."""

import io
import json

import pytest
import torch

from agents.advice import advise
from agents.alphazero.agent import BoardAgent
from agents.alphazero.networks import ResidualNetwork, Sizes
from agents.alphazero.spec import BoardSpec
from agents.naming import build, find
from sim_suite.boards.registry import GAMES, game_named
from sim_suite.boards.search.rules import GumbelRule
from sim_suite.cli.board_game.drawing import board_text
from sim_suite.cli.main import main
from sim_suite.envs.boards.names import board_game_of, env_of
from sim_suite.errors import SuiteError

FOUR, TIC = game_named("connect_four"), game_named("tic_tac_toe")
OWN = '''
import numpy as np
from agents.advice import MoveAdvice
from agents.interface import Interface
from sim_suite.envs.views import View

class First:
    """The legal move of the lowest number."""
    interface = Interface(View("board"), "discrete")
    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        return np.array([np.flatnonzero(one["action_mask"])[0] for one in observation]), state

class Talks(First):
    def advise(self, position):
        return [MoveAdvice(4, 0.5, -0.25, 7)]
'''


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "own.py"
    path.write_text(OWN)
    return lambda name: f"{path}:{name}"


def play(capsys, monkeypatch, said, *words):
    """Status, what was answered, and what was noted beside it."""
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(said) + "\n" if said else ""))
    status = main(["play", *map(str, words)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_a_whole_game_is_won(capsys, monkeypatch, own):
    """The agent fills the upper row from the left; the middle row is full before."""
    said = ["b2", "a2", "c2"]
    status, out, _ = play(capsys, monkeypatch, said, "tic_tac_toe", "--agent", own("First"))
    assert status == 0
    assert "you are X and move first" in out
    assert "First: a3" in out
    assert out.rstrip().endswith("you won after 5 plies")
    assert " 2  X  X [X]" in out


def test_the_agent_may_move_first_and_win(capsys, monkeypatch, own):
    said = ["a1", "b1", "a2", "b2"]
    status, out, _ = play(capsys, monkeypatch, said, "tic_tac_toe", "--agent", own("First"), "--first", "agent")
    assert status == 0
    assert "you are O and move second" in out
    assert "First won after 5 plies" in out


def test_taking_back_undoes_both_moves(capsys, monkeypatch, own):
    said = ["b2", "back", "c1", "quit"]
    status, out, err = play(capsys, monkeypatch, said, "tic_tac_toe", "--agent", own("First"), "--json")
    assert status == 0
    assert json.loads(out) == [
        {"seed": 0, "first": "you", "second": own("First"), "moves": ["c1", "a3"], "result": None}
    ]
    assert "left after 2 plies" in err


def test_before_the_first_move_there_is_nothing_to_take_back(capsys, monkeypatch, own):
    for first, moves in (("me", []), ("agent", ["a3"])):
        said = ["back", "quit"]
        words = ("tic_tac_toe", "--agent", own("First"), "--first", first, "--json")
        _, out, err = play(capsys, monkeypatch, said, *words)
        assert "nothing to take back" in err
        assert json.loads(out)[0]["moves"] == moves


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a3", "a3 is not a legal move of Tic-tac-toe here. Legal: b3"),
        ("z9", "'z9' is no move of Tic-tac-toe and no command"),
        ("moves", "b3 c3 a2 c2 a1 b1 c1"),
        ("help", "hint   what the agent holds of your moves"),
        ("HINT", "does not say what it holds"),
        ("board", " 3 [O] .  . "),
    ],
)
def test_what_is_no_move_is_answered_in_one_line_and_the_game_goes_on(capsys, monkeypatch, own, line, words):
    said = ["b2", line, "c1", "quit"]
    status, out, err = play(capsys, monkeypatch, said, "tic_tac_toe", "--agent", own("First"))
    assert status == 0
    assert words in out
    assert "left after 4 plies" in err


@pytest.mark.parametrize("said", [[], ["b2"], [""]])
def test_the_end_of_the_input_ends_the_game(capsys, monkeypatch, own, said):
    status, _, err = play(capsys, monkeypatch, said, "tic_tac_toe", "--agent", own("First"))
    assert status == 0
    assert f"left after {2 if 'b2' in said else 0} plies" in err


def test_ctrl_c_ends_the_command(capsys, monkeypatch, own):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin", type("Stdin", (), {"isatty": lambda self: False, "readline": interrupted})())
    monkeypatch.setattr("sys.stdin.readline", interrupted)
    assert main(["play", "tic_tac_toe", "--agent", own("First")]) == 130
    assert "stopped." in capsys.readouterr().err


def test_hints_of_a_search(capsys, monkeypatch):
    said = ["b2", "hint", "quit"]
    status, out, _ = play(capsys, monkeypatch, said, "tic_tac_toe", "--agent", "mcts")
    assert status == 0
    table = out[out.index("move  policy") :].splitlines()
    assert table[0].split() == ["move", "policy", "value", "visits"]
    assert 1 <= len(table[1:6]) <= 5
    assert all(line.split()[1] == "–" for line in table[1:6])


def test_hints_of_an_agent_of_ones_own(capsys, monkeypatch, own):
    _, out, _ = play(capsys, monkeypatch, ["hint", "quit"], "tic_tac_toe", "--agent", own("Talks"))
    assert "b2    50.0 %  -0.25       7" in out


def test_a_game_of_two_agents_is_filmed_and_told(capsys, monkeypatch, own, tmp_path):
    film = tmp_path / "game.webm"
    words = ("connect_four", "--agent", "random", "--against", own("First"), "--out", film, "--seed", 4, "--json")
    status, out, err = play(capsys, monkeypatch, [], *words)
    assert status == 0
    [row] = json.loads(out)
    assert row["first"] == "random"
    assert FOUR.outcome(FOUR.after(FOUR.start(), *row["moves"])) == row["result"]
    assert film.read_bytes()[:4] == b"\x1aE\xdf\xa3", "an EBML header, as WebM begins"
    assert "clip:" in err
    assert json.loads(play(capsys, monkeypatch, [], *words)[1]) == [row], "the same seed plays the same game"


def test_who_begins_is_drawn_by_the_seed(capsys, monkeypatch, own):
    words = ("tic_tac_toe", "--agent", own("First"), "--first", "random", "--episodes", 8, "--json")
    rows = json.loads(play(capsys, monkeypatch, ["c1", "c2", "c3", "b1", "b2", "b3", "a1", "a2"] * 30, *words)[1])
    assert {row["first"] for row in rows} == {"you", own("First")}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("connect_fuor",), "Did you mean 'connect_four'"),
        (("connect_four", "--out", "x.webm"), "--against"),
        (("connect_four", "--agent", "idm"), "offers the views board"),
        (("connect_four", "--against", "random", "--first", "me"), "wants a person"),
        (("connect_four", "--values", "--out", "x.webm", "--agent", "random"), "hint"),
        (("CartPole-v1", "--first", "me"), "for board games"),
        (("connect_four", "--agent", "mcts-0"), "unknown agent 'mcts-0'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(capsys, monkeypatch, words, said):
    status, out, err = play(capsys, monkeypatch, [], *words)
    assert status == 2
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("name", GAMES)
def test_every_game_is_known_by_both_names_and_drawn(name):
    game = GAMES[name]
    assert board_game_of(name) is game
    assert board_game_of(env_of(name)) is game
    position, move = game.start(), game.legal_moves(game.start())[0]
    after = game.after(position, move)
    text = board_text(game, after, move).plain
    assert text.count(f"[{game.symbols[1 + game.mover(position)]}]") == 1
    stones = game.stones(after)
    assert sum(text.count(symbol) for symbol in game.symbols[1:]) == int((stones > 0).sum())
    assert len({len(line) for line in text.splitlines()}) == 1


def test_a_pass_marks_nothing():
    go = game_named("go_5x5")
    assert "[" not in board_text(go, go.after(go.start(), "pass"), go.parse_move("pass")).plain


def untrained(simulations):
    torch.manual_seed(0)
    spec = BoardSpec("connect_four", FOUR.version, Sizes(8, 1, 4, 8), simulations, GumbelRule())
    return BoardAgent(spec, ResidualNetwork(FOUR.planes, FOUR.shape, FOUR.actions, spec.sizes).eval())


@pytest.mark.parametrize("simulations", [0, 16])
def test_a_network_advises_what_it_plays(simulations):
    from sim_suite.leaderboard.arena.seat import Seat

    agent = untrained(simulations)
    position = FOUR.after(FOUR.start(), "d", "d", "c")
    found = advise(agent, FOUR, position)
    seat = Seat(FOUR, agent)
    seat.begin(0)
    assert found[0].move == seat.move(position)
    assert sum(one.policy for one in found) == pytest.approx(1.0, abs=1e-5)
    assert sum(one.visits for one in found) == simulations
    assert all(-1 <= one.value <= 1 for one in found if one.value is not None)


def test_a_search_that_proves_tells_exact_values():
    """X to move with two in the middle row and column: c2 wins at once."""
    agent = build(find("mcts"), env_of("tic_tac_toe"), {}, 0)
    position = TIC.after(TIC.start(), "b2", "a3", "a2", "b3")
    found = advise(agent, TIC, position)
    assert TIC.move_names[found[0].move] in ("c2", "c3")
    assert {TIC.move_names[one.move]: one.value for one in found}["c2"] == 1.0


def test_the_solver_tells_what_moves_are_worth():
    agent = build(find("solver"), env_of("tic_tac_toe"), {}, 0)
    found = advise(agent, TIC, TIC.after(TIC.start(), "b2", "b3"))
    assert all(one.value == 1.0 for one in found[:4]), "an edge answers the centre wrongly: most moves win now"
    with pytest.raises(SuiteError, match="early"):
        advise(build(find("solver"), env_of("connect_four"), {}, 0), FOUR, FOUR.start())
    with pytest.raises(SuiteError, match="over"):
        advise(agent, TIC, TIC.after(TIC.start(), "a1", "a2", "b1", "b2", "c1"))
