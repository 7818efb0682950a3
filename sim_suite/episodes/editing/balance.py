"""The textbook recipe against constant throttle: classes of actions that occur too often are thinned out. Source: the recipe of imitation
learning courses (drop steps of the majority class at random before training); the bound below is ours.

A class may occur at most `ratio` times as often as the middle one (the median over classes that occur). Which of its steps stay is
drawn by a seed. Nothing is deleted: a step that does not stay has False in the column `selected`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.episodes.actions import Actions, actions_of
from sim_suite.episodes.editing.copying import copy_with, refuse_filled
from sim_suite.episodes.selection import SELECTED_COLUMN, selected
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor
from sim_suite.episodes.store.folder import Recording
from sim_suite.episodes.store.index import Entry
from sim_suite.errors import SuiteError

Bools = NDArray[np.bool_]
LEARNED_FROM: Final = (Actor.HUMAN, Actor.EXPERT)


@dataclass(frozen=True)
class Balance:
    """What is to be learned from in a folder, after thinning out."""

    about: Actions
    before: NDArray[np.int64]
    """[C] Steps by class that were selected before, of the actors that are learned from."""
    after: NDArray[np.int64]
    """[C]"""
    cap: int
    """Steps that a class may have."""
    chosen: tuple[Bools, ...]
    """For each episode [steps]: learn from it."""
    told: dict[str, Any]
    """The recipe, for the copies' heads."""


def thin(classes: NDArray[np.int64], eligible: Bools, cap: int, random: np.random.Generator) -> Bools:
    """[n] which of the eligible steps stay: of each class at most `cap`, drawn at random. classes: [n]."""
    stays = eligible.copy()
    for kind in np.unique(classes[eligible]):
        steps = np.flatnonzero(eligible & (classes == kind))
        if len(steps) > cap:
            stays[random.choice(steps, len(steps) - cap, replace=False)] = False
    return stays


def cap_of(counts: NDArray[np.int64], ratio: float) -> int:
    """`ratio` times the median of the classes that occur, at least 1. counts: [C]."""
    occurring = counts[counts > 0]
    return max(1, math.floor(ratio * float(np.median(occurring)))) if len(occurring) else 1


def balance(
    dataset: Dataset,
    entries: Sequence[Entry],
    *,
    ratio: float = 1.0,
    seed: int = 0,
    actors: Collection[Actor] = LEARNED_FROM,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Balance:
    """Decide, without writing anything. Steps by others than `actors`, and those thinned out before, stay what they are.

    Raises `SuiteError` for episodes of different environments, actions that fall into no classes, and where no step is left.
    """
    if not ratio > 0:
        raise SuiteError(f"the ratio must be more than 0, not {ratio:g}.")
    kinds, before, eligible = [], [], []
    about: Actions | None = None
    for number, entry in enumerate(entries):
        with dataset.open(entry) as episode:
            own = actions_of(episode.head)
            if about is not None and (own, entry.env) != (about, entries[0].env):
                raise SuiteError(
                    f"{dataset.path(entry)} ({entry.env}) has other actions than {dataset.path(entries[0])} ({entries[0].env}): "
                    f"balance one environment at a time."
                )
            about = own
            kinds.append(about.classify(episode.read("action")))
            before.append(selected(episode))
            eligible.append(before[-1] & np.isin(episode.read("actor"), [int(actor) for actor in actors]))
        progress(number + 1, len(entries))
    classes, open_ = np.concatenate([*kinds, np.zeros(0, np.int64)]), np.concatenate([*eligible, np.zeros(0, np.bool_)])
    if about is None or not open_.any():
        by = ", ".join(actor.name.lower() for actor in actors)
        raise SuiteError(f"{dataset.folder} has no steps by {by} to choose from. Name others with --actors.")
    counts = np.bincount(classes[open_], minlength=len(about.classes))
    cap = cap_of(counts, ratio)
    stays = thin(classes, open_, cap, np.random.default_rng(seed))
    after = np.bincount(classes[stays], minlength=len(about.classes))
    kept = np.where(open_, stays, np.concatenate(before))
    ends = np.cumsum([len(one) for one in kinds])[:-1]
    told = {"recipe": "thinned", "ratio": ratio, "seed": seed, "actors": [actor.name.lower() for actor in actors]}
    return Balance(about, counts, after, cap, tuple(np.split(kept, ends)), told)


def write_balanced(
    dataset: Dataset,
    entries: Sequence[Entry],
    found: Balance,
    out: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Entry]:
    """Copies of the episodes with the column `selected`, in a new folder. Raises `SuiteError` where `out` is none."""
    refuse_filled(out)
    made = []
    with Recording(out) as recording:
        for number, (entry, chosen) in enumerate(zip(entries, found.chosen, strict=True)):
            with dataset.open(entry) as episode:
                made.append(copy_with(episode, recording, {SELECTED_COLUMN: chosen}, {"selection": found.told}))
            progress(number + 1, len(entries))
    return made
