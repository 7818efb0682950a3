"""What the compiled log notes of live arrays is what numpy finds in copies of them."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.episodes.recording.change_log import ChangeLog
from sim_suite.episodes.store.changes import lay, side_by_side

WORLDS, STEPS = 9, 12
SHAPES = {"body": (np.float32, (4, 8)), "odd": (np.int32, (5,)), "lights": (np.int8, (3,)), "still": (np.float32, (8,))}


def live():
    return [np.zeros((WORLDS, *shape), dtype) for dtype, shape in SHAPES.values()]


def move(arrays, rng):
    """Change some of most arrays, in place."""
    for array in arrays[:3]:
        chosen = rng.random(array.shape) < 0.1
        array[chosen] = rng.integers(-100, 100, array.shape)[chosen].astype(array.dtype)


def rows_of(noted, world, first=0, stop=None):
    return np.ascontiguousarray(np.stack(noted)[first:stop, world])


def test_every_world_is_noted_word_for_word():
    rng, arrays = np.random.default_rng(0), live()
    log, noted = ChangeLog(arrays, STEPS), []
    for _ in range(STEPS + 1):
        log.note()
        noted.append(side_by_side(arrays))
        move(arrays, rng)
    for count in (1, 2, STEPS, STEPS + 1):
        alone = log.of(3).lay(np.zeros(1, np.intp), np.array([count]))[0]
        assert alone.tobytes() == lay(rows_of(noted, 3, 0, count))
    for world, laid in enumerate(log.turn().lay(np.arange(WORLDS), np.full(WORLDS, STEPS + 1))):
        assert laid.tobytes() == lay(rows_of(noted, world))


def test_the_log_goes_on_where_it_was_turned():
    rng, arrays = np.random.default_rng(1), live()
    log, noted = ChangeLog(arrays, 4), []
    for _ in range(3):
        for _ in range(4):
            log.note()
            noted.append(side_by_side(arrays))
            move(arrays, rng)
        log.note()
        noted.append(side_by_side(arrays))
        kept = log.turn()
        for world in (0, WORLDS - 1):
            laid = kept.lay(np.array([world]), np.array([4]))[0]
            assert laid.tobytes() == lay(rows_of(noted, world, 0, 4))
        log.done_with(kept)
        noted = noted[-1:]
        move(arrays, rng)
        for _ in range(3):
            log.note()
            noted.append(side_by_side(arrays))
            move(arrays, rng)
        assert log.of(7).lay(np.zeros(1, np.intp), np.array([4]))[0].tobytes() == lay(rows_of(noted, 7, 0, 4))
        for world in range(WORLDS):
            log.begin(world)
        noted = []


def test_a_world_begins_anew_while_others_go_on():
    rng, arrays = np.random.default_rng(2), live()
    log, noted = ChangeLog(arrays, STEPS), []
    for step in range(8):
        if step == 5:
            log.begin(2)
        log.note()
        noted.append(side_by_side(arrays))
        move(arrays, rng)
    assert int(log.of(2).steps[0]) == 2
    assert int(log.of(1).steps[0]) == 7
    kept = log.turn()
    first, second = kept.lay(np.array([2, 1]), np.array([3, 8]))
    assert first.tobytes() == lay(rows_of(noted, 2, 5))
    assert second.tobytes() == lay(rows_of(noted, 1))
    assert np.array_equal(log.now(2), noted[-1][2:3])


def test_only_chosen_worlds_are_noted():
    rng, arrays = np.random.default_rng(3), live()
    log = ChangeLog(arrays, STEPS)
    log.note()
    before = side_by_side(arrays)
    move(arrays, rng)
    which = np.zeros(WORLDS, np.bool_)
    which[4] = True
    log.note(which)
    assert np.array_equal(log.now(4)[0], side_by_side(arrays)[4])
    assert np.array_equal(log.now(5)[0], before[5])
    assert (int(log.of(4).steps[0]), int(log.of(5).steps[0])) == (1, 0)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_it_is_tight_before_words_have_no_room(share):
    """Where all words change, far fewer steps fit than where none does."""
    rng, arrays = np.random.default_rng(4), live()
    log, steps = ChangeLog(arrays, STEPS), 0
    log.note()
    while steps < STEPS and not log.is_tight:
        for array in arrays:
            if share:
                array += rng.integers(1, 3)
        log.note()
        steps += 1
    assert steps == STEPS if not share else 1 <= steps < STEPS
