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
