"""Copies an episode with other facts or further columns; what an episode's identity is when it was copied so. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from sim_suite.episodes.store.columns import Array, Column, current
from sim_suite.episodes.store.dataset import Dataset, is_dataset
from sim_suite.episodes.store.facts import Head
from sim_suite.episodes.store.folder import Recording
from sim_suite.episodes.store.index import Entry
from sim_suite.episodes.store.reading import Episode
from sim_suite.errors import SuiteError

BLOCK: Final = 64
"""Steps that are written together, as the recorder does."""
EPISODE: Final = "episode"
"""In `Head.origin`: the digest of the episode as it was recorded."""


def identity(head: Head, digest: str) -> str:
    """What an episode and its thinned copies have in common: the digest it had when it was recorded."""
    return str(head.origin.get(EPISODE, digest))


def refuse_filled(folder: Path) -> None:
    """Raise `SuiteError` for a folder of episodes that is not empty: what is made out of others stands by itself."""
    if is_dataset(folder) and len(Dataset(folder)):
        raise SuiteError(f"{folder} holds episodes already. Name a new folder.")


def copy_with(
    episode: Episode, recording: Recording, added: Mapping[Column, Array], origin: Mapping[str, Any]
) -> Entry:
    """Write `episode` into another folder with steps' columns `added` (replacing those of the same names), rows as they were.

    origin: added to the head's.
    """
    names = {column.name for column in added}
    kept = tuple(current(column) for column in episode.head.columns if column.name not in names)
    told = {**episode.head.origin, **origin, EPISODE: identity(episode.head, episode.seal.digest)}
    file = recording.begin(replace(episode.head, columns=(*kept, *added), origin=told), is_copy=True)
    try:
        for start in range(0, len(episode), BLOCK):
            stop = min(start + BLOCK, len(episode))
            rows = episode.read_many([column.name for column in kept], start, stop)
            file.append([*rows.values(), *(values[start:stop] for values in added.values())])
        if episode.has_last:
            observed = [column.name for column in kept if column.observed]
            file.last(list(episode.read_many(observed, len(episode), len(episode) + 1).values()))
        seal = episode.seal
        return recording.seal(file, seal.end, seconds=seal.seconds, metrics=dict(seal.metrics), tags=seal.tags)
    except BaseException:
        file.discard()
        raise
