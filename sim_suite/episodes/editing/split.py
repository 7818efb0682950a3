"""Splits a dataset into one to learn from and one to validate on: whole episodes, whole drivers, whole maps. Source: ours.

What is split by a group (all episodes of one driver, on one map, of one seed) is never in both parts, so that validation asks for
what was not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Literal, get_args

import numpy as np

from sim_suite.episodes.editing.copying import refuse_filled
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.folder import Recording
from sim_suite.episodes.store.index import Entry
from sim_suite.episodes.viewing.states import has_states, map_of
from sim_suite.errors import SuiteError

By = Literal["episode", "seed", "driver", "map"]
WAYS: Final[tuple[By, ...]] = get_args(By)
PARTS: Final = ("train", "validation")


def groups(dataset: Dataset, entries: Sequence[Entry], by: By) -> list[str]:
    """The group of each episode. Raises `SuiteError` where an episode has none."""
    if by == "episode":
        return [entry.file for entry in entries]
    if by == "seed":
        return [f"seed {entry.seed}" if entry.seed is not None else entry.file for entry in entries]
    found = []
    for entry in entries:
        with dataset.open(entry) as episode:
            if by == "driver":
                agent = episode.head.agent
                found.append(entry.driver or (agent.name if agent is not None else "nobody named"))
            elif has_states(episode):
                found.append(map_of(episode))
            else:
                raise SuiteError(f"{dataset.path(entry)} ({entry.env}) has no map: split by {' or '.join(WAYS[:3])}.")
    return found


def choose(names: Sequence[str], steps: Sequence[int], share: float, seed: int) -> list[bool]:
    """Which episodes are for validation: whole groups, drawn by the seed, whose steps come nearest to `share` of all.

    names, steps: of each episode. Both parts get at least one group. Raises `SuiteError` where there is but one.
    """
    if not 0.0 < share < 1.0:
        raise SuiteError(f"the share must lie between 0 and 1, not be {share:g}.")
    distinct = sorted(set(names))
    if len(distinct) < 2:
        raise SuiteError(
            f"all episodes are of one group ({distinct[0] if distinct else 'none'}), which cannot be split: record more, or "
            f"split by another of {', '.join(WAYS)}."
        )
    order = np.random.default_rng(seed).permutation(len(distinct))
    sizes = {name: sum(count for own, count in zip(names, steps, strict=True) if own == name) for name in distinct}
    sums = np.cumsum([sizes[distinct[k]] for k in order])
    taken = 1 + int(np.argmin(np.abs(sums[:-1] - share * sums[-1])))
    chosen = {distinct[k] for k in order[:taken]}
    return [name in chosen for name in names]


def write_split(
    dataset: Dataset,
    entries: Sequence[Entry],
    validated: Sequence[bool],
    out: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, list[Entry]]:
    """Copy the episodes, byte for byte, into out/train and out/validation. Raises `SuiteError` where one of them holds any."""
    for part in PARTS:
        refuse_filled(out / part)
    made: dict[str, list[Entry]] = {part: [] for part in PARTS}
    with Recording(out / PARTS[0]) as train, Recording(out / PARTS[1]) as validation:
        for number, (entry, held) in enumerate(zip(entries, validated, strict=True)):
            made[PARTS[held]].append((validation if held else train).add(dataset.path(entry)))
            progress(number + 1, len(entries))
    return made
