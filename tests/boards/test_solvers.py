"""The perfect players, against searches that look at everything."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.boards.game import ONGOING
from sim_suite.boards.games.connect_four import CONNECT_FOUR, PLIES
from sim_suite.boards.games.tic_tac_toe import TIC_TAC_TOE
from sim_suite.boards.random_play import random_games
from sim_suite.boards.solvers.connect_four import new_table, value, values, winning_cells
from sim_suite.boards.solvers.connect_four_set import BANDS, PER_BAND, by_band, labelled_positions, make_band, save
from sim_suite.boards.solvers.labels import ILLEGAL
from sim_suite.boards.solvers.tic_tac_toe import solved
from sim_suite.errors import SuiteError


def looked_through(game, position, known):
    """The value to the mover, by looking at every game from here on; `known` is filled."""
    key = position.tobytes()
    if key not in known:
        result = game.outcome(position)
        if result != ONGOING:
            known[key] = result if game.mover(position) == 0 else -result
        else:
            known[key] = -min(
                looked_through(game, game.after(position, move), known) for move in game.legal_moves(position)
            )
    return known[key]


def late_positions(plies, count, seed=0):
    positions, _ = random_games(CONNECT_FOUR, np.arange(seed, seed + 20 * count, dtype=np.uint64), plies)
    return [one for one in positions if CONNECT_FOUR.outcome(one) == ONGOING][:count]


@pytest.mark.parametrize("plies", [31, 34, 38, 41])
def test_values_are_those_of_looking_at_everything(plies):
    table, known = new_table(12), {}
    for position in late_positions(plies, 12):
        found = values(position, table)
        for move in range(7):
            if move in CONNECT_FOUR.legal_moves(position):
                assert found[move] == -looked_through(CONNECT_FOUR, CONNECT_FOUR.after(position, move), known)
            else:
                assert found[move] == ILLEGAL


def test_values_do_not_hang_on_the_table():
    """A table of sixteen entries forgets nearly all, a fresh one knows nothing, a used one much."""
    tiny, used = new_table(4), new_table(16)
    for position in late_positions(22, 25, seed=500):
        expected = values(position, new_table(16))
        assert np.array_equal(values(position, tiny), expected)
        assert np.array_equal(values(position, used), expected)
        assert np.array_equal(values(position), expected)


def test_values_agree_along_a_game_and_with_mirror_images():
    for position in late_positions(18, 15, seed=900):
        worth = values(position)
        assert value(position) == worth.max()
        best = CONNECT_FOUR.after(position, int(worth.argmax()))
        if CONNECT_FOUR.outcome(best) == ONGOING:
            assert value(best) == -worth.max()
        mirrored = CONNECT_FOUR.start()
        for player in (0, 1):
            for row, column in np.argwhere(CONNECT_FOUR.stones(position) == player + 1).tolist():
                mirrored[player] |= 1 << (7 * (6 - column) + 5 - row)
        mirrored[PLIES] = position[PLIES]
        assert np.array_equal(values(mirrored), worth[::-1])


def test_values_by_hand():
    three = CONNECT_FOUR.after(CONNECT_FOUR.start(), *"aabbccd"[:6])
    assert values(three)[3] == 1, "the fourth stone"
    block = CONNECT_FOUR.after(CONNECT_FOUR.start(), *"aabbc")
    assert values(block).tolist()[3] > -1 or values(block).max() == -1
    ended = CONNECT_FOUR.after(CONNECT_FOUR.start(), *"aabbccd")
    assert values(ended).tolist() == [ILLEGAL] * 7
    with pytest.raises(ValueError, match="the game is over"):
        value(ended)


def test_winning_cells_by_hand():
    """Three along leave a cell on each side, three upwards one on top, two and one the gap between them."""
    a1, b1, c1, d1, e1 = (1 << 7 * column for column in range(5))
    assert winning_cells(b1 | c1 | d1, b1 | c1 | d1) == a1 | e1
    assert winning_cells(b1 | c1 | d1, a1 | b1 | c1 | d1) == e1
    assert winning_cells(0b111, 0b111) == 0b1000
    assert winning_cells(a1 | b1 | d1, a1 | b1 | d1) == c1
    assert winning_cells(0b111000, 0b111111) == 0, "no cell above the sixth"


def test_the_shipped_positions_are_what_they_are_said_to_be():
    labelled = labelled_positions()
    positions, worths = labelled.positions, labelled.values
    assert positions.shape == (PER_BAND * len(BANDS), 3)
    assert worths.shape == (len(positions), 7)
    assert worths.dtype == np.int8
    pictures = set()
    for position, worth in zip(positions, worths, strict=True):
        assert CONNECT_FOUR.outcome(position) == ONGOING
        legal = CONNECT_FOUR.legal_moves(position)
        assert np.flatnonzero(worth != ILLEGAL).tolist() == legal
        assert worth[legal].min() < worth[legal].max(), "the choice matters"
        stones = CONNECT_FOUR.stones(position)
        assert (stones == 1).sum() + (stones == 2).sum() == position[PLIES]
        pictures |= {stones.tobytes(), stones[:, ::-1].tobytes()}
    symmetric = sum(np.array_equal(s, s[:, ::-1]) for s in map(CONNECT_FOUR.stones, positions))
    assert len(pictures) == 2 * len(positions) - symmetric, "no two alike"
    for first, last in BANDS:
        assert ((first <= positions[:, PLIES]) & (positions[:, PLIES] <= last)).sum() == PER_BAND


def test_the_shipped_values_are_the_solvers():
    """All of the later bands, some after twelve plies or more."""
    labelled, table = labelled_positions(), new_table(18)
    plies = labelled.positions[:, PLIES]
    for i in (*np.flatnonzero(plies >= 18).tolist(), *np.flatnonzero((plies >= 13) & (plies < 18))[::40].tolist()):
        assert np.array_equal(values(labelled.positions[i], table), labelled.values[i])


@pytest.mark.slow
def test_all_shipped_values_are_the_solvers():
    labelled, table = labelled_positions(), new_table()
    for position, worth in zip(labelled.positions, labelled.values, strict=True):
        assert np.array_equal(values(position, table), worth)


def test_equal_arguments_make_equal_sets(tmp_path):
    first, second = (make_band(24, 26, 12, seed=5) for _ in range(2))
    assert np.array_equal(first.positions, second.positions)
    assert np.array_equal(first.values, second.values)
    for name in ("a.npz", "b.npz"):
        save(first, tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_shares_of_value_keeping_moves():
    labelled = labelled_positions()
    best, worst = (
        labelled.values.argmax(axis=1),
        np.where(labelled.values == ILLEGAL, 2, labelled.values).argmin(axis=1),
    )
    assert labelled.value_keeping(best) == 1.0
    assert labelled.value_keeping(worst) == 0.0
    assert by_band(best) == {"8-11": 1.0, "12-15": 1.0, "16-19": 1.0, "20-26": 1.0}
    mixed = np.where(np.arange(len(best)) % 2 == 0, best, worst)
    assert labelled.value_keeping(mixed) == 0.5
    assert labelled.where(np.arange(len(best)) < 10).value_keeping(best[:10]) == 1.0
    random = np.random.default_rng(0)
    drawn = [labelled.value_keeping(np.array([random.choice(np.flatnonzero(row > ILLEGAL)) for row in labelled.values]))
             for _ in range(20)]  # fmt: skip
    assert np.mean(drawn) == pytest.approx(labelled.random_share(), abs=0.02)
    with pytest.raises(SuiteError, match="one move a position is needed, 480 in all"):
        labelled.keeps(best[:3])
    illegal = best.copy()
    illegal[7] = 7
    with pytest.raises(SuiteError, match="move 7 is illegal in position 7; mask the illegal moves"):
        labelled.keeps(illegal)


def test_tic_tac_toe_is_solved():
    """5,478 positions, 4,520 of them ongoing, a draw; each value that of looking at everything."""
    game = solved()
    assert len(game.values) == 5478
    assert game.ongoing.positions.shape == (4520, 3)
    assert game.values[tuple(TIC_TAC_TOE.start().tolist())] == 0
    known = {}
    assert looked_through(TIC_TAC_TOE, TIC_TAC_TOE.start(), known) == 0
    assert {key: game.values[tuple(np.frombuffer(key, np.int64).tolist())] for key in known} == known
    assert len(known) == 5478
    assert game.ongoing.value_keeping(game.ongoing.values.argmax(axis=1)) == 1.0


def test_tic_tac_toe_by_hand():
    """After a corner only the middle draws."""
    position = TIC_TAC_TOE.after(TIC_TAC_TOE.start(), "a1")
    ongoing = solved().ongoing
    row = ongoing.values[(ongoing.positions == position).all(axis=1)][0]
    assert [TIC_TAC_TOE.move_names[move] for move in np.flatnonzero(row == 0)] == ["b2"]
    assert (row == -1).sum() == 7
