"""Merges datasets into one: each episode once, byte for byte. Source: ours.

An episode and its thinned copies are one episode; the first that is met stays. Environments are not mixed, since what learns from a folder
learns one task: episodes of another environment or with other actions are refused before anything is written. Other arguments (maps,
traffic, weather) are the same task and allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim_suite.episodes.editing.copying import identity
from sim_suite.episodes.store.dataset import Dataset, is_dataset
from sim_suite.episodes.store.folder import Recording
from sim_suite.episodes.store.index import Entry
from sim_suite.errors import SuiteError
from sim_suite.files import canonical_json


@dataclass
class Plan:
    """What a merge will copy."""

    copied: list[Path] = field(default_factory=list)
    """Files, in the order of their folders."""
    twice: list[Path] = field(default_factory=list)
    """Files whose episode is there already."""


def plan(
    sources: Sequence[Dataset], out: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> Plan:
    """Decide, without writing anything. Raises `SuiteError` for episodes of different tasks, and an `out` that is a source."""
    for source in sources:
        if source.folder.resolve() == out.resolve():
            raise SuiteError(f"{out} is itself one of the sources. Name another --out.")
    target = [Dataset(out)] if is_dataset(out) else []
    total, done = sum(map(len, [*target, *sources])), 0
    seen: set[str] = set()
    first: tuple[Path, str, str] | None = None
    found = Plan()
    for dataset in [*target, *sources]:
        for entry in dataset.entries:
            path = dataset.path(entry)
            with dataset.open(entry) as episode:
                task = (entry.env, canonical_json(dict(episode.head.action_space)))
                own = identity(episode.head, episode.seal.digest)
            if first is not None and task != first[1:]:
                raise SuiteError(
                    f"{path} ({task[0]}) and {first[0]} ({first[1]}) are of different environments or actions: merge those of one task."
                )
            first = first or (path, *task)
            if dataset not in target:
                (found.twice if own in seen else found.copied).append(path)
            seen.add(own)
            done += 1
            progress(done, total)
    return found


def write_merged(
    chosen: Plan, out: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> list[Entry]:
    """Copy what was planned; `out` may hold episodes already. Raises `DamagedFileError` at an altered file; those before it stay."""
    made = []
    with Recording(out) as recording:
        for number, path in enumerate(chosen.copied):
            made.append(recording.add(path))
            progress(number + 1, len(chosen.copied))
    return made
