"""Go by hand: chains, suicide, ko and superko, areas, ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.boards.game import ONGOING
from sim_suite.boards.games.go import KOMI, area
from sim_suite.boards.games.go_board import BOARD
from sim_suite.boards.games.go_hash import of_stone
from sim_suite.boards.games.go_points import point
from sim_suite.boards.random_play import random_games
from sim_suite.boards.registry import GAMES, game_named
from sim_suite.errors import SuiteError

FIVE, NINE = game_named("go_5x5"), game_named("go_9x9")
ALL = [game for name, game in GAMES.items() if name.startswith("go_")]


def named(game):
    return game.name


def names(game, position):
    return [game.move_names[move] for move in game.legal_moves(position)]


def test_a_stone_without_liberties_is_taken():
    position = FIVE.after(FIVE.start(), "b1", "a1", "a2")
    assert FIVE.text(position).splitlines()[3:5] == [" 2 X . . . .", " 1 . X . . ."]


def test_a_chain_across_the_two_words_is_taken():
    """On 9 x 9 the points 60..63 and 64.. lie in the row g: rows 3 (from the top 7) hold both."""
    position = NINE.start()
    chain, walls = ["c3", "d3", "e3", "f3", "g3"], ["b3", "h3"]
    walls += [letter + row for letter in "cdefg" for row in "24"]
    for wall, stone in zip(walls, [*chain, *["pass"] * 20], strict=False):
        position = NINE.after(position, wall, stone) if wall != walls[-1] else NINE.after(position, wall)
    assert (NINE.stones(position) == 2).sum() == 0
    assert (NINE.stones(position) == 1).sum() == len(walls)


def test_suicide_is_refused_unless_it_takes():
    position = FIVE.after(FIVE.start(), "a2", "e5", "b1")
    assert "a1" not in names(FIVE, position), "a single stone without liberties"
    assert "a1" in names(FIVE, FIVE.after(position, "e4")), "the first player may fill its own eye"


def test_a_chain_may_not_kill_itself():
    """Second's a1 is in atari with its last liberty b1; b1 gives the two of them no liberty."""
    position = FIVE.after(FIVE.start(), "a2", "a1", "b2", "e5", "c1", "e4", "e1")
    assert "b1" not in names(FIVE, position)
    assert "b1" in names(FIVE, FIVE.after(position, "pass")), "for the first player it takes a1"


def ko():
    """A ko on the first line but one: the first player's b3 was taken by c3's neighbour."""
    return FIVE.after(FIVE.start(), "b1", "c1", "a2", "d2", "b3", "c3", "c2", "b2")


def test_a_ko_may_not_be_taken_back_at_once():
    position = ko()
    assert FIVE.text(position).splitlines()[2:5] == [" 3 . X O . .", " 2 X O . O .", " 1 . X O . ."]
    assert "c2" not in names(FIVE, position)
    later = FIVE.after(position, "e5", "a5")
    assert "c2" in names(FIVE, later), "after a move elsewhere the board is another"
    with pytest.raises(SuiteError, match="c2 is not a legal move of Go 5x5 here"):
        FIVE.after(position, "c2")


def test_two_passes_do_not_lift_a_ko_but_end_the_game():
    position = FIVE.after(ko(), "pass")
    assert FIVE.outcome(position) == ONGOING
    assert FIVE.outcome(FIVE.after(position, "pass")) != ONGOING


@pytest.mark.parametrize("game", ALL, ids=named)
def test_an_empty_board_is_nobodys(game):
    ended = game.after(game.start(), "pass", "pass")
    assert [area(ended, player) for player in (0, 1)] == [0, 0]
    assert game.outcome(ended) == -1, "the komi"
    assert game.legal_moves(ended) == []


@pytest.mark.parametrize("game", ALL, ids=named)
def test_one_stone_has_the_whole_board(game):
    ended = game.after(game.start(), "b2", "pass", "pass")
    assert [area(ended, player) for player in (0, 1)] == [game.shape[0] ** 2, 0]
    assert game.outcome(ended) == 1


def test_areas_are_stones_and_what_only_they_reach():
    """A wall on c, one on d: the first has 15 points, the second 10; with a stone on a3 the left is nobody's but for it."""
    walls = [f"{letter}{row}" for row in range(1, 6) for letter in "cd"]
    ended = FIVE.after(FIVE.start(), *walls)
    assert [area(ended, player) for player in (0, 1)] == [15, 10]
    assert FIVE.outcome(FIVE.after(ended, "pass", "pass")) == 1
    split = FIVE.after(ended, "pass", "a3")
    assert [area(split, player) for player in (0, 1)] == [5, 11]
    assert FIVE.outcome(FIVE.after(split, "pass", "pass")) == -1


@pytest.mark.parametrize("game", ALL, ids=named)
def test_komi_decides_by_half_a_point(game):
    assert KOMI[game.shape[0]] % 1 == 0.5, "no draws"


@pytest.mark.parametrize("game", ALL, ids=named)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**63))
def test_no_board_comes_twice_and_its_number_is_that_of_its_stones(game, seed):
    _, moves = random_games(game, np.array([seed], np.uint64))
    position, seen, last_pass = game.start(), set(), game.actions - 1
    for move in moves[0].tolist():
        if move < 0:
            break
        game.play(position, move)
        stones = game.stones(position)
        number = np.uint64(0)
        for row, column in np.argwhere(stones).tolist():
            number ^= np.uint64(of_stone(int(stones[row, column]) - 1, point(row, column, game.shape[0])))
        assert np.uint64(position[BOARD]) == number
        assert move == last_pass or stones.tobytes() not in seen
        seen.add(stones.tobytes())
        assert every_chain_has_a_liberty(stones)


def every_chain_has_a_liberty(stones):
    side = len(stones)
    for row, column in np.argwhere(stones).tolist():
        chain, waiting, free = {(row, column)}, [(row, column)], False
        while waiting:
            r, c = waiting.pop()
            for near in ((r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)):
                if not (0 <= near[0] < side and 0 <= near[1] < side):
                    continue
                free |= stones[near] == 0
                if stones[near] == stones[row, column] and near not in chain:
                    chain.add(near)
                    waiting.append(near)
        if not free:
            return False
    return True


def test_the_limit_of_plies_ends_a_game():
    _, moves = random_games(FIVE, np.arange(2000, dtype=np.uint64))
    longest = [row for row in moves.tolist() if row[-1] >= 0]
    assert longest, "no random game of 2000 reaches the limit"
    before = FIVE.after(FIVE.start(), *longest[0][:-1])
    assert FIVE.outcome(before) == ONGOING
    assert FIVE.outcome(FIVE.after(before, longest[0][-1])) != ONGOING


def test_planes_tell_what_the_rules_need():
    position = ko()
    planes = np.zeros((6, 5, 5), np.float32)
    FIVE.write_planes(position, planes)
    assert np.argwhere(planes[2]).tolist() == [[3, 2]], "the ko is the only empty point that is forbidden"
    assert planes[3].min() == 1, "the first player is to move"
    assert planes[4].max() == 0
    assert np.allclose(planes[5], 8 / 50)
    FIVE.write_planes(FIVE.after(position, "pass"), planes)
    assert planes[4].min() == 1
    assert planes[3].max() == 0
