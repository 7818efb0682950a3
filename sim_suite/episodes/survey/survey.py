"""Surveys a folder of episodes: how many, how long, by whom, how it went, what was done, where was driven. Source: ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sim_suite.episodes.actions import actions_of
from sim_suite.episodes.replay.redraw import pace
from sim_suite.episodes.selection import selected
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor
from sim_suite.episodes.store.index import Entry
from sim_suite.episodes.store.reading import Episode
from sim_suite.episodes.survey.counting import Deeds, Tally
from sim_suite.episodes.survey.coverage import Coverage, Coverer
from sim_suite.episodes.viewing.states import has_states, map_of
from sim_suite.errors import SuiteError
from sim_suite.files import canonical_json

EVALUATED: Final = range(10_000, 30_000)
"""Seeds that the leaderboard judges by."""


@dataclass(frozen=True)
class Person:
    """A driver, by their pseudonym."""

    name: str
    consents: tuple[str, ...]
    episodes: int
    seconds: float
    """At the wheel."""


@dataclass(frozen=True)
class Survey:
    """A folder, counted."""

    folder: str
    entries: tuple[Entry, ...]
    envs: dict[str, int]
    """Episodes by environment."""
    simulated_s: float
    """Time in the simulation."""
    driven_s: float
    """Real time, of what was recorded in it."""
    by: dict[str, int]
    """Steps by human, agent, expert."""
    persons: tuple[Person, ...]
    agents: dict[str, int]
    """Episodes by agent."""
    maps: dict[str, int]
    """Episodes by map."""
    ends: dict[str, int]
    tags: dict[str, int]
    late: int
    """Steps whose frame came late."""
    selected: int
    """Steps to be learned from."""
    evaluated: int
    """Episodes whose seeds are the leaderboard's."""
    unseeded: int
    """Episodes that cannot be simulated again."""
    deeds: tuple[Deeds, ...]
    coverage: tuple[Coverage, ...]
    unmapped: dict[str, str]
    """Maps that are not found on this machine, with the reason: what was covered of them is not known."""
    damaged: dict[str, str]

    @property
    def steps(self) -> int:
        """Of all episodes."""
        return sum(entry.steps for entry in self.entries)

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(entry.size for entry in self.entries)

    @property
    def returns(self) -> list[float]:
        """Of the episodes that have one."""
        return [entry.episode_return for entry in self.entries if np.isfinite(entry.episode_return)]

    @property
    def lengths(self) -> list[float]:
        """Steps of each episode."""
        return [float(entry.steps) for entry in self.entries]

    def to_json(self) -> dict[str, Any]:
        """Plain data: everything but the lanes' lines."""
        return {
            "folder": self.folder, "episodes": len(self.entries), "steps": self.steps, "bytes": self.size, "envs": self.envs,
            "simulated_s": round(self.simulated_s, 3), "driven_s": round(self.driven_s, 3), "by": self.by,
            "drivers": [vars(person) for person in self.persons], "agents": self.agents, "maps": self.maps,
            "ends": self.ends, "tags": self.tags, "late": self.late, "selected": self.selected,
            "evaluation_seeds": self.evaluated, "unseeded": self.unseeded,
            "return": summary(self.returns), "length": summary(self.lengths),
            "actions": [_deeds_json(one) for one in self.deeds],
            "coverage": [_coverage_json(one) for one in self.coverage],
            "unmapped": self.unmapped, "damaged": self.damaged,
        }  # fmt: skip


def survey(
    dataset: Dataset, entries: Sequence[Entry], progress: Callable[[int, int], None] = lambda done, total: None
) -> Survey:
    """Read what was done in `entries` of a folder. Raises `DamagedFileError` at an altered file."""
    count = _Counter()
    for number, entry in enumerate(entries):
        with dataset.open(entry) as episode:
            count.add(episode)
        progress(number + 1, len(entries))
    by = np.array([entry.by for entry in entries], np.int64).reshape(-1, len(Actor)).sum(axis=0)
    return Survey(
        folder=str(dataset.folder), entries=tuple(entries), envs=_counts(entry.env for entry in entries),
        simulated_s=count.simulated_s, driven_s=sum(entry.seconds or 0.0 for entry in entries),
        by={actor.name.lower(): int(by[actor]) for actor in Actor}, persons=_persons(entries),
        agents=_counts(count.agents), maps=_counts(count.maps), ends=_counts(entry.end for entry in entries),
        tags=_counts(tag for entry in entries for tag in entry.tags), late=sum(entry.late for entry in entries),
        selected=count.selected, evaluated=sum(entry.seed in EVALUATED for entry in entries),
        unseeded=sum(entry.seed is None for entry in entries),
        deeds=tuple(tally.done() for tally in count.tallies.values()),
        coverage=tuple(coverer.done() for coverer in count.coverers.values()),
        unmapped=count.unmapped, damaged=dict(dataset.damaged),
    )  # fmt: skip


def summary(values: Sequence[float]) -> dict[str, float] | None:
    """Least, mean, median and greatest; None of nothing."""
    if not values:
        return None
    numbers = np.array(values, np.float64)
    found = {"min": numbers.min(), "mean": numbers.mean(), "median": np.median(numbers), "max": numbers.max()}
    return {name: round(float(value), 6) for name, value in found.items()}


class _Counter:
    """What only the episodes themselves tell."""

    def __init__(self) -> None:
        self.simulated_s = 0.0
        self.selected = 0
        self.agents: list[str] = []
        self.maps: list[str] = []
        self.tallies: dict[str, Tally] = {}
        self.coverers: dict[str, Coverer] = {}
        self.unmapped: dict[str, str] = {}
        self._paces: dict[str, float] = {}

    def add(self, episode: Episode) -> None:
        head, chosen = episode.head, selected(episode)
        kind = f"{head.env.id} {canonical_json(dict(head.action_space))}"
        if kind not in self.tallies:
            self.tallies[kind] = Tally(head.env.id, actions_of(head))
        self.tallies[kind].add(episode.read("action"), chosen)
        self.selected += int(np.count_nonzero(chosen))
        if head.agent is not None:
            self.agents.append(head.agent.name)
        self._time(episode)
        if has_states(episode):
            self._place(map_of(episode), episode)

    def _place(self, name: str, episode: Episode) -> None:
        self.maps.append(name)
        if name not in self.coverers and name not in self.unmapped:
            try:
                self.coverers[name] = Coverer(name)
            except SuiteError as error:
                self.unmapped[name] = str(error)
        if name in self.coverers:
            self.coverers[name].add(episode)

    def _time(self, episode: Episode) -> None:
        """By the environment's own pace: equal environments are asked once."""
        env = f"{episode.head.env.id} {canonical_json(dict(episode.head.env.kwargs))}"
        if env not in self._paces:
            self._paces[env] = pace(episode, as_driven=False)
        self.simulated_s += len(episode) / self._paces[env]


def _persons(entries: Sequence[Entry]) -> tuple[Person, ...]:
    found = []
    for name in sorted({entry.driver for entry in entries if entry.driver is not None}):
        own = [entry for entry in entries if entry.driver == name]
        consents = tuple(sorted({entry.consent for entry in own if entry.consent is not None}))
        found.append(Person(name, consents, len(own), sum(entry.seconds or 0.0 for entry in own)))
    return tuple(found)


def _counts(values: Any) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def _deeds_json(deeds: Deeds) -> dict[str, Any]:
    names = deeds.about.classes
    return {
        "env": deeds.env,
        "classes": dict(zip(names, deeds.classes.tolist(), strict=True)),
        "selected": dict(zip(names, deeds.selected.tolist(), strict=True)),
        "histograms": [
            {"name": one.name, "edges": one.edges.tolist(), "counts": one.counts.tolist()} for one in deeds.histograms
        ],
    }


def _coverage_json(one: Coverage) -> dict[str, Any]:
    return {"map": one.map, "lane_km": round(one.lane_km, 3), "covered_km": round(one.covered_km, 3)}
