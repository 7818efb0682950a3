"""The garbage collector is paused, and left as it was."""

from __future__ import annotations

import gc

import pytest

from sim_suite.driving.roads.collecting import collection_paused


def test_it_is_paused_within_and_as_before_afterwards():
    assert gc.isenabled()
    with collection_paused():
        assert not gc.isenabled()
        with collection_paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_is_left_as_it_was_by_errors_and_by_decorated_functions():
    @collection_paused()
    def fails():
        assert not gc.isenabled()
        raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError):  # noqa: PT011 - the one raised above
            fails()
        assert gc.isenabled()


def test_what_was_made_within_is_old_afterwards_and_still_collected():
    with collection_paused():
        ring: list[object] = []
        ring.append(ring)
        identity = id(ring)
    assert not any(id(one) == identity for generation in (0, 1) for one in gc.get_objects(generation))
    assert any(id(one) == identity for one in gc.get_objects(2))
    assert gc.get_freeze_count() == 0


def test_what_others_froze_stays_frozen():
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        with collection_paused():
            pass
        assert gc.get_freeze_count() == frozen > 0
    finally:
        gc.unfreeze()
