"""Actions as they run: who does what since when, and the three questions that each kind of action answers. Source: ours.

`acting.py` and `pacing.py` answer them for all actions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any

import numpy as np

from sim_suite.driving.storyboard.elements import actions as a
from sim_suite.driving.storyboard.staging import cast as c
from sim_suite.driving.storyboard.staging.view import Bools, Floats, View


@dataclass
class Run:
    """One start of an action by an actor."""

    number: int
    """1 or more, its own."""
    action: a.Action
    actor: str
    """ "" for what concerns nobody."""
    memory: dict[str, Floats] = field(default_factory=dict)
    """What it has to remember, [W] each."""


@singledispatch
def begin_one(action: Any, run: Run, mask: Bools, view: View) -> None:
    """Start an action in some worlds."""
    raise TypeError(f"{type(action).__name__} is no action.")


@singledispatch
def look_after_one(action: Any, run: Run, mask: Bools, view: View) -> None:
    """What it has to do every tick, in the worlds in which it runs. Most actions are carried on by the kernel that moves the actors."""


@singledispatch
def is_done_one(action: Any, run: Run, view: View) -> Bools:
    """[W] Whether it is over, where it runs. Most actions are over at once."""
    return np.ones(view.num_worlds, np.bool_)


def stop(run: Run, mask: Bools, view: View) -> None:
    """Let what it set going come to rest where it is, in the worlds in which nothing has taken over."""
    if not run.actor:
        return
    slot = view.slot(run.actor)
    number, integer = view.cast.number[:, slot], view.cast.integer[:, slot]
    for column, needed in ((c.PACE_RUN, c.PACE_NEEDED), (c.ASIDE_RUN, c.ASIDE_NEEDED)):
        own = mask & (integer[:, column] == run.number)
        number[own, needed] = 0.0
        integer[own, column] = 0
    on_track = mask & (integer[:, c.PATH_RUN] == run.number) & (integer[:, c.MODE] == c.ON_TRACK)
    integer[on_track, c.MODE] = c.STRAIGHT
    sent = mask & (integer[:, c.ROUTE_RUN] == run.number)
    integer[sent, c.ROUTE], integer[sent, c.ROUTE_RUN] = -1, 0


def is_taken(view: View, run: Run, column: int) -> Bools:
    """[W] Whether another action has taken over what a column of `Cast.integer` says who moves."""
    return np.asarray(view.cast.integer[:, view.slot(run.actor), column] != run.number)


def remember(run: Run, name: str, mask: Bools, values: Floats) -> None:
    """Keep values for later, in the worlds of a mask."""
    known = run.memory.setdefault(name, np.zeros(len(mask)))
    known[mask] = values[mask]
