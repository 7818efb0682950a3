"""Every registered game keeps the contract of `Game`: whoever registers one has these tests."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.boards.game import ONGOING
from sim_suite.boards.random_play import random_games
from sim_suite.boards.registry import GAMES, game_named
from sim_suite.errors import SuiteError, UnknownNameError

ALL = list(GAMES.values())
SEEDS = st.integers(0, 2**64 - 1)
FEW = settings(max_examples=25, deadline=None)


def named(game):
    return game.name


def replayed(game, seed):
    """All positions of a random game, the beginning first, and its moves."""
    _, moves = random_games(game, np.array([seed], np.uint64))
    positions, played = [game.start()], [int(move) for move in moves[0] if move >= 0]
    for move in played:
        position = positions[-1].copy()
        game.play(position, move)
        positions.append(position)
    return positions, played


def planes_of(game, position):
    planes = np.full((game.planes, *game.shape), np.nan, np.float32)
    game.write_planes(position, planes)
    assert not np.isnan(planes).any(), "a plane that is not filled"
    return planes


@pytest.mark.parametrize("game", ALL, ids=named)
def test_a_beginning(game):
    position = game.start()
    assert game.outcome(position) == ONGOING
    assert game.mover(position) == 0
    assert len(game.legal_moves(position)) > 0
    dirty = np.full(game.words, 7, np.int64)
    game.begin(dirty)
    assert np.array_equal(dirty, position), "begin leaves nothing of what was there"


@pytest.mark.parametrize("game", ALL, ids=named)
@FEW
@given(seed=SEEDS)
def test_a_random_game_keeps_the_contract(game, seed):
    positions, played = replayed(game, seed)
    assert len(played) <= game.most_plies
    for ply, position in enumerate(positions):
        over = ply == len(played)
        kept = position.copy()
        mask = np.ones(game.actions, np.bool_)
        assert game.legal(position, mask) == mask.sum()
        assert (mask.sum() == 0) == over
        assert (game.outcome(position) != ONGOING) == over
        planes = planes_of(game, position)
        assert planes.dtype == np.float32
        assert set(np.unique(planes[:2])) <= {0.0, 1.0}
        assert not (planes[0] * planes[1]).any(), "a cell of both players"
        assert game.mover(position) in (0, 1)
        assert np.array_equal(position, kept), "looking changes nothing"
        if not over:
            assert mask[played[ply]]
    assert game.outcome(positions[-1]) in (-1, 0, 1)


@pytest.mark.parametrize("game", ALL, ids=named)
@FEW
@given(seed=SEEDS, data=st.data())
def test_symmetries_commute_with_play(game, seed, data):
    """The image of a game is a game: the same outcome, its masks and planes the images of the game's."""
    g = data.draw(st.integers(0, len(game.moves) - 1))
    back = np.argsort(game.moves[g])
    positions, played = replayed(game, seed)
    image = game.start()
    for ply, position in enumerate(positions):
        mask, image_mask = np.zeros((2, game.actions), np.bool_)
        game.legal(position, mask)
        game.legal(image, image_mask)
        assert np.array_equal(image_mask, mask[game.moves[g]])
        planes = planes_of(game, position).reshape(game.planes, -1)[:, game.cells[g]]
        assert np.array_equal(planes_of(game, image).reshape(game.planes, -1), planes)
        assert game.outcome(image) == game.outcome(position)
        assert game.mover(image) == game.mover(position)
        if ply < len(played):
            game.play(image, int(back[played[ply]]))


@pytest.mark.parametrize("game", ALL, ids=named)
def test_symmetries_are_a_group(game):
    assert game.cells.shape == (len(game.cells), game.shape[0] * game.shape[1])
    assert game.moves.shape == (len(game.cells), game.actions)
    both = {(*cells, *moves) for cells, moves in zip(game.cells.tolist(), game.moves.tolist(), strict=True)}
    assert len(both) == len(game.cells), "no symmetry twice"
    for table in (game.cells, game.moves):
        assert np.array_equal(table[0], np.arange(table.shape[1])), "the identity first"
        assert {tuple(a[b]) for a in table for b in table} == {tuple(row) for row in table}


@pytest.mark.parametrize("game", ALL, ids=named)
@FEW
@given(seed=SEEDS)
def test_text_tells_what_the_planes_tell(game, seed):
    positions, _ = replayed(game, seed)
    for position in positions[:: max(1, len(positions) // 6)]:
        rows = [line[3:].split(" ") for line in game.text(position).splitlines()[:-1]]
        seen = np.array([[game.symbols.index(symbol) for symbol in row] for row in rows])
        planes, mover = planes_of(game, position), game.mover(position)
        assert np.array_equal(seen == mover + 1, planes[0] > 0)
        assert np.array_equal(seen == 2 - mover, planes[1] > 0)


@pytest.mark.parametrize("game", ALL, ids=named)
@FEW
@given(seed=SEEDS)
def test_a_copy_takes_a_move_back(game, seed):
    """Every move of a copy leaves the position as it was, and equal moves lead to equal positions."""
    positions, played = replayed(game, seed)
    position = positions[len(played) // 2]
    kept = position.copy()
    for move in game.legal_moves(position):
        assert np.array_equal(game.after(position, move), game.after(kept, game.move_names[move]))
        assert np.array_equal(position, kept)


@pytest.mark.parametrize("game", ALL, ids=named)
def test_move_names_name_moves(game):
    assert len(set(game.move_names)) == game.actions
    for number, name in enumerate(game.move_names):
        assert game.parse_move(f" {name.upper()} ") == number
    with pytest.raises(UnknownNameError, match=f"unknown move of {game.title} 'q99'"):
        game.parse_move("q99")


@pytest.mark.parametrize("game", ALL, ids=named)
def test_a_named_move_stands_where_the_text_shows_it(game):
    position = game.start()
    for move in game.legal_moves(position)[:4]:
        new = (game.stones(game.after(position, move)) == 1) & (game.stones(position) == 0)
        row, column = (int(axis[0]) for axis in np.nonzero(new))
        name = game.move_names[move]
        assert game.text(position).splitlines()[-1].split()[column] == name[0]
        if name[1:]:
            assert game.text(position).splitlines()[row].split()[0] == name[1:]


@pytest.mark.parametrize("game", ALL, ids=named)
def test_illegal_moves_are_refused_with_the_legal_ones(game):
    ended = replayed(game, 1)[0][-1]
    with pytest.raises(SuiteError, match="Legal: none: the game is over"):
        game.after(ended, 0)
    with pytest.raises(SuiteError, match=f"number -1 is not a legal move of {game.title} here"):
        game.after(game.start(), -1)


@pytest.mark.parametrize("game", ALL, ids=named)
def test_a_game_of_a_batch_is_the_game_of_its_seed_alone(game):
    seeds = np.random.default_rng(0).integers(0, 2**63, 130).astype(np.uint64)
    positions, moves = random_games(game, seeds)
    for i in (0, 64, 129):
        alone, alone_moves = random_games(game, seeds[i : i + 1])
        assert np.array_equal(positions[i], alone[0])
        assert np.array_equal(moves[i], alone_moves[0])
    assert len({tuple(row) for row in moves.tolist()}) > 100
    short, few = random_games(game, seeds, plies=3)
    assert np.array_equal(few[:, :3], moves[:, :3])
    assert (few[:, 3:] == -1).all()
    assert np.array_equal(short[5], game.after(game.start(), *(int(move) for move in moves[5, :3])))


def test_an_unknown_game_suggests_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'connect_four'"):
        game_named("conect_four")
