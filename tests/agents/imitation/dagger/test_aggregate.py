"""The aggregate holds each step once, as files do, and a batch is drawn from all of them alike."""

from __future__ import annotations

import numpy as np
import pytest

from agents.imitation.dagger.aggregate import Aggregate
from agents.imitation.loading import StepData
from sim_suite.envs.views import View
from sim_suite.episodes.store.facts import Actor
from sim_suite.errors import SuiteError
from tests.agents.imitation.laps_by_hand import frames, write_laps

VIEWS = [View("pixels"), View("pixels", stack=3), View("pixels", grey=True), View("pixels", grey=True, stack=4)]


@pytest.mark.parametrize("view", VIEWS)
def test_it_holds_what_the_files_hold_in_the_order_of_adding(tmp_path, view):
    by = [[Actor.EXPERT] * 9, [Actor.AGENT] * 3 + [Actor.HUMAN] * 4]
    write_laps(tmp_path / "first", [9, 7], actors=by)
    write_laps(tmp_path / "second", [5], selected=[[True, False, True, True, False]])
    both = Aggregate(view)
    both.add([tmp_path / "first"])
    assert (len(both), both.episodes) == (13, 2)
    both.add([tmp_path / "second"])
    assert (len(both), both.episodes) == (16, 3)
    data = StepData([tmp_path / "first", tmp_path / "second"], view)
    every = np.arange(16)
    for mine, theirs in zip(both.__getitems__(every), data.__getitems__(every), strict=True):
        assert np.array_equal(mine, theirs)
    assert both.lessons.tolist() == [*[k % 5 for k in range(9)], 3, 4, 0, 1, 0, 2, 3]


def test_a_stack_reaches_back_over_steps_that_are_not_learned_from(tmp_path):
    write_laps(tmp_path / "laps", [4], actors=[[Actor.AGENT, Actor.AGENT, Actor.AGENT, Actor.HUMAN]])
    data = Aggregate(View("pixels", stack=3))
    data.add([tmp_path / "laps"])
    assert np.array_equal(data.__getitems__([0])[0][0], frames(0, [1, 2, 3]))


def test_batches_are_drawn_alike_from_all_and_as_the_seed_says(tmp_path):
    write_laps(tmp_path / "laps", [6, 4])
    data = Aggregate(View("pixels"))
    data.add([tmp_path / "laps"])
    seen, learned = data.drawn(20_000, 7, 3)
    places = 6 * seen[:, 0, 0, 0].astype(int) + seen[:, 0, 0, 1]  # (episode, step) are the picture's colours
    assert np.array_equal(learned, seen[:, 0, 0, 1] % 5)
    counts = np.bincount(places, minlength=10)
    assert len(counts) == 10
    assert np.abs(counts - 2000).max() < 180, "4.2 standard deviations"
    assert np.array_equal(data.drawn(50, 7, 3)[1], data.drawn(50, 7, 3)[1])
    assert not np.array_equal(data.drawn(50, 7, 3)[1], data.drawn(50, 7, 4)[1])


def test_other_pictures_are_refused_and_identity_tells_episodes_apart(tmp_path):
    write_laps(tmp_path / "first", [5])
    write_laps(tmp_path / "second", [6])
    write_laps(tmp_path / "large", [5], size=(30, 20))
    one, two = Aggregate(View("pixels")), Aggregate(View("pixels"))
    one.add([tmp_path / "first"])
    two.add([tmp_path / "second"])
    assert one.identity != two.identity
    before = one.identity
    one.add([tmp_path / "second"])
    assert one.identity != before
    with pytest.raises(SuiteError, match="another shape than those before it"):
        one.add([tmp_path / "large"])
