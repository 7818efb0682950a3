"""Driving logs of recorded episodes, driven by people, experts or networks; recorded_laps.py has those of CarRacing. Source: ours."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from agents.imitation.chauffeurnet.data.driving_log import DrivingLog
from agents.imitation.chauffeurnet.data.log import ROW_TICKS, Log
from agents.imitation.loading import EVALUATION_SEEDS, LEARNED_FROM
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.driving.world.layout import TICK, State
from sim_suite.envs.driving.population import driving_map
from sim_suite.episodes.selection import selected
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor
from sim_suite.episodes.store.reading import Episode
from sim_suite.episodes.viewing.states import States, has_states, map_of
from sim_suite.errors import DamagedFileError, SuiteError

AnyLog = TypeVar("AnyLog", bound=Log)
_DEALING: Final = 11
"""What random numbers are for, beside those of feeding.py, experience.py, learner.py and judging.py."""


class _Kept(NamedTuple):
    """What is taken of one episode."""

    map: str
    state: State
    learned: NDArray[np.bool_]
    staged: bool
    digest: str


def recorded_logs(folders: Sequence[Path], actors: Collection[Actor] = LEARNED_FROM) -> list[DrivingLog]:
    """A log for the episodes of each map and size; folders: of episodes, or sample:NAME.

    Learned from are steps that are `selected` and by one of the `actors`; episodes with seeds of the evaluation are left out. Raises
    SuiteError where nothing is left, for episodes of no driving world and for steps that do not meet every 0.2 s.
    """
    kept: dict[tuple[Any, ...], list[_Kept]] = {}
    for episode, digest in lessons_in(folders):
        one = _kept(episode, digest, actors)
        sizes = one.state.body.shape[1], one.state.legs.shape[2], one.state.lights.shape[1]
        kept.setdefault((one.map, *sizes), []).append(one)
    if not any(one.learned.any() for parts in kept.values() for one in parts):
        raise nothing_to_learn(folders, actors, "sim_suite/Driving-v0")
    return [_joined(parts) for parts in kept.values()]


def lessons_in(folders: Sequence[Path]) -> Iterator[tuple[Episode, str]]:
    """(an episode, open until the next is asked for, its digest), without those of the evaluation's seeds. Raises DamagedFileError."""
    for folder in folders:
        dataset = Dataset(folder)
        for reason in dataset.damaged.values():
            raise DamagedFileError(f"{reason} Or move the file away to learn without it.")
        for entry in dataset.entries:
            if entry.seed not in EVALUATION_SEEDS:
                with dataset.open(entry) as episode:
                    yield episode, entry.digest


def learned_steps(episode: Episode, actors: Collection[Actor]) -> NDArray[np.bool_]:
    """[steps] Which are by one of the actors, and selected."""
    steps: NDArray[np.bool_] = np.isin(episode.read("actor"), [int(actor) for actor in actors]) & selected(episode)
    return steps


def nothing_to_learn(folders: Sequence[Path], actors: Collection[Actor], env_id: str) -> SuiteError:
    """What is said where no step is left."""
    by = ", ".join(Actor(actor).name.lower() for actor in actors)
    named = ", ".join(map(str, folders)) or "no folder"
    return SuiteError(f"{named} has no steps by {by} to learn from. Record some: `sim-suite drive {env_id}`.")


def deal(logs: Sequence[AnyLog], waypoints: int, share: float, seed: int) -> tuple[list[AnyLog], list[AnyLog]]:
    """Whole drives dealt into two, (about 1 - share of the moments, about share), as (seed, the drives) say. Both are views of the
    same rows.

    Nothing is kept apart where share is 0 or one episode alone has moments. Raises SuiteError where none has.
    """
    drives = [int(log.drive.max(initial=-1)) + 1 for log in logs]
    counts = np.concatenate(
        [
            np.bincount(log.drive[log.episode_of(log.moments(waypoints))], minlength=number)
            for log, number in zip(logs, drives, strict=True)
        ]
    )
    able = np.flatnonzero(counts)
    if not len(able):
        raise SuiteError(
            f"the episodes have no {ROW_TICKS * TICK_S * waypoints:g} s in one piece, as far as the waypoints reach, to learn from. "
            f"Drive for longer."
        )
    order = np.random.default_rng([seed, _DEALING]).permutation(able)
    reached = np.searchsorted(np.cumsum(counts[order]), share * counts.sum()) + 1
    is_apart = np.zeros(len(counts), np.bool_)
    is_apart[order[: min(reached, len(able) - 1) if share > 0.0 else 0]] = True
    parts = np.split(is_apart, np.cumsum(drives)[:-1])
    rows = [part[log.drive[log.episode_of(np.arange(len(log.learned)))]] for log, part in zip(logs, parts, strict=True)]
    return (
        [log.of_which(~apart) for log, apart in zip(logs, rows, strict=True)],
        [log.of_which(apart) for log, apart in zip(logs, rows, strict=True) if apart.any()],
    )


def identity_of(logs: Sequence[Log]) -> str:
    """SHA-256 of which episodes they are, and which of their rows are learned from."""
    digest = hashlib.sha256()
    for log in logs:
        digest.update("".join(log.digests).encode())
        digest.update(np.packbits(log.learned).tobytes())
    return digest.hexdigest()


def _kept(episode: Episode, digest: str, actors: Collection[Actor]) -> _Kept:
    """Every row at which the worlds keep poses."""
    if not has_states(episode):
        raise SuiteError(
            f"{episode.path} ({episode.head.env.id}) holds no states of driving worlds; name folders that do."
        )
    states = States(episode)
    ticks = states.at(np.arange(len(states))).world[:, TICK]
    rows = np.flatnonzero(ticks % ROW_TICKS == 0)
    if len(rows) < 2 or (np.diff(ticks[rows]) != ROW_TICKS).any():
        raise SuiteError(
            f"{episode.path} has no row every {ROW_TICKS} ticks, as waypoints need: record with ticks_per_step=1, 2 or 4."
        )
    driven = np.concatenate([[0], np.cumsum(learned_steps(episode, actors))])
    learned = np.zeros(len(rows), np.bool_)
    learned[:-1] = driven[rows[1:]] - driven[rows[:-1]] == np.diff(rows)
    return _Kept(map_of(episode), states.at(rows), learned, bool(episode.head.world.get("staged", False)), digest)


def _joined(parts: Sequence[_Kept]) -> DrivingLog:
    """One log; of an episode's route, which does not change, one row is kept."""
    ends = np.cumsum([len(part.learned) for part in parts])
    rows = {
        name: np.concatenate([getattr(part.state, name) for part in parts])
        for name in ("body", "mind", "world", "weather", "lights")
    }
    routes = {
        name: np.concatenate([getattr(part.state, name)[:1] for part in parts])
        for name in ("legs", "leg_span", "leg_arc")
    }
    return DrivingLog(
        driving_map(parts[0].map), **rows, **routes, first=np.concatenate([[0], ends[:-1]]).astype(np.int64),
        end=ends.astype(np.int64), staged=np.array([part.staged for part in parts], np.uint8),
        learned=np.concatenate([part.learned for part in parts]), digests=tuple(part.digest for part in parts),
    )  # fmt: skip
