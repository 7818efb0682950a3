"""Writes episodes as a Minari dataset, without Minari and without loss. Source: ours, in the layout of `minari_layout`.

Driving episodes are exported as they are stored: their observations are the worlds' states, a Dict of arrays. Through a view they are what
an agent sees in place of them, which other learners can use at once; then the way back is lost.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal

import gymnasium as gym
import h5py
import numpy as np
from gymnasium import spaces

from sim_suite.envs.making import make
from sim_suite.envs.space_json import space_from_json, space_to_json
from sim_suite.envs.views import View
from sim_suite.episodes.exchange import minari_layout as layout
from sim_suite.episodes.recording.capture import OBSERVATION
from sim_suite.episodes.store.columns import Array, Column, column_for
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Head, StepFlag
from sim_suite.episodes.store.index import Entry
from sim_suite.episodes.store.reading import Episode
from sim_suite.episodes.viewing.views import shown
from sim_suite.errors import SuiteError
from sim_suite.files import canonical_json, write_json

DrivingView = Literal["vector", "raster"]
BLOCK: Final = 64
_ID: Final = re.compile(r"([-\w][-\w/]*[-\w]+/)?[-\w]+-v\d+")
"""Of datasets, as Minari checks it."""
_COMPRESSED_FROM: Final = 256
"""Rows of at least so many bytes are worth compressing."""


def export(
    dataset: Dataset,
    entries: Sequence[Entry],
    out: Path,
    name: str | None = None,
    view: DrivingView | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> str:
    """Write `entries` to the new folder `out`; the dataset's name by Minari's rules. The folder appears whole or not at all.

    view: what is drawn from the states of driving worlds and written in place of them.

    Raises `SuiteError` for episodes that may not be passed on, are of different spaces, or lack what their last action led to.
    """
    if out.exists() and any(out.iterdir()):
        raise SuiteError(f"{out} is not empty. Name a new folder.")
    known = name or dataset_name(out)
    if not _ID.fullmatch(known):
        raise SuiteError(f"a Minari dataset is named like laps-v0 or anna/laps-v0, not {known!r}.")
    heads = [_seen_through(_checked(dataset, entry), view) for entry in entries]
    _refuse_mixed(dataset, entries, heads)
    out.mkdir(parents=True, exist_ok=True)
    part = out / f".{layout.DATA}.new"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        with h5py.File(part / layout.MAIN, "w", track_order=True) as file:
            for number, entry in enumerate(entries):
                with dataset.open(entry) as episode:
                    episode.check()
                    _write(file.create_group(f"episode_{number}"), number, episode, heads[number])
                progress(number + 1, len(entries))
        size = (part / layout.MAIN).stat().st_size
        write_json(part / layout.METADATA, _metadata(known, entries, heads, size))
        part.rename(out / layout.DATA)
    except OSError as error:
        raise SuiteError(f"could not write {out}: {error}. Free some space or name another folder.") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return known


def dataset_name(out: Path) -> str:
    """A name for the dataset in a folder, from the folder's own."""
    plain = re.sub(r"[^-\w]+", "-", out.resolve().name).strip("-") or "episodes"
    return plain if re.search(r"-v\d+$", plain) else f"{plain}-v0"


def may_be_passed_on(entry: Entry) -> bool:
    """Whether nobody drove the episode, or the driver allowed to share it."""
    return entry.driver is None or entry.consent == "share"


def _checked(dataset: Dataset, entry: Entry) -> Head:
    if not may_be_passed_on(entry):
        raise SuiteError(
            f"{dataset.path(entry)} was driven by {entry.driver}, who keeps it private. Leave such episodes out with --leave-private-out, "
            f"or have them driven again with --consent share."
        )
    with dataset.open(entry) as episode:
        if not episode.has_last:
            raise SuiteError(
                f"{dataset.path(entry)} was cut short when it was recorded: what its last action led to is not known, which Minari asks "
                f"for. Export the others one by one, as in {dataset.folder}#0, or leave it out with --leave-recovered-out."
            )
        return episode.head


def _refuse_mixed(dataset: Dataset, entries: Sequence[Entry], heads: Sequence[Head]) -> None:
    """A Minari dataset has one space of observations and one of actions."""
    for entry, head in zip(entries, heads, strict=True):
        if _spaces(head) != _spaces(heads[0]):
            raise SuiteError(
                f"{dataset.path(entry)} and {dataset.path(entries[0])} observe or act in different spaces (other environments, or "
                f"other maps); a Minari dataset has one. Export them one by one, or driving with --view."
            )


def observation_space(head: Head) -> spaces.Space[Any]:
    """Of what is stored of each moment: the environment's own, or of states a Dict of whatever arrays."""
    observed = [column for column in head.columns if column.observed]
    told = head.observation_space
    if told is None:
        return spaces.Dict({column.name: layout.free_box(column.dtype, column.shape) for column in observed})
    if told["kind"] == "Dict":
        return spaces.Dict({name: space_from_json(part) for name, part in told["spaces"].items()})
    return space_from_json(dict(told))


def _spaces(head: Head) -> tuple[str, str]:
    return (
        canonical_json([column.to_json() for column in head.columns if column.observed]),
        canonical_json(dict(head.action_space)),
    )


def _seen_through(head: Head, view: DrivingView | None) -> Head:
    """The head of an episode whose states are replaced by what an agent sees."""
    if view is None:
        return head
    if head.observation_space is not None:
        raise SuiteError(f"{head.env.id} was not recorded by its states: it has no other view than what was stored.")
    env = replace(head.env, kwargs={**head.env.kwargs, "observation": view})
    with make(env.id, kwargs=env.kwargs) as made:
        space = made.observation_space
    assert space.shape is not None
    observation = column_for(OBSERVATION, space.dtype, space.shape, observed=True)
    steps = tuple(column for column in head.columns if not column.observed)
    return replace(head, env=env, columns=(observation, *steps), observation_space=space_to_json(space))


def _write(group: h5py.Group, number: int, episode: Episode, head: Head) -> None:
    """head: the episode's own, or as it is seen through a view."""
    steps = len(episode)
    group.attrs["id"], group.attrs["total_steps"] = number, steps
    if head.seed is not None:
        group.attrs["seed"] = head.seed
    for name, value in layout.flat_options(head.options).items():
        group.attrs[name] = value
    single = any(column.name == OBSERVATION for column in head.columns)
    infos: h5py.Group | None = None
    seen, lossless = layout.Fingerprint(), head == episode.head
    drawn = None if lossless else shown(episode, View(head.env.kwargs["observation"]))
    for column in head.columns:
        if column.observed and drawn is not None:
            _rows(group, "observations", column, steps + 1, lambda start, stop: drawn.at(np.arange(start, stop)))
        elif column.observed:
            place = group if single else group.require_group("observations")
            _column(
                place, "observations" if single else column.name.removeprefix(f"{OBSERVATION}."), column, episode, seen
            )
        elif column.name == "action":
            _column(group, "actions", column, episode, seen)
        elif column.name == "reward":
            _column(group, "rewards", column, episode, seen)
        else:
            infos = infos or group.create_group("infos")
            _column(infos, column.name, column, episode, seen)
    flags = episode.read("flags")
    truncated = (flags & StepFlag.TRUNCATED) != 0
    terminated = (flags & StepFlag.TERMINATED) != 0
    truncated[-1:] |= ~terminated[-1:]  # what a person stopped goes on no more: to whoever learns it is cut off
    group.create_dataset("terminations", data=terminated)
    group.create_dataset("truncations", data=truncated)
    if not lossless:
        return
    ours = group.create_group(layout.OURS)
    ours["head"], ours["seal"] = canonical_json(head.to_json()), canonical_json(episode.seal.to_json())
    ours["blocks"], ours["sha256"] = np.array(episode.blocks, np.int64), seen.hexdigest()


def _column(group: h5py.Group, name: str, column: Column, episode: Episode, seen: layout.Fingerprint) -> None:
    def read(start: int, stop: int) -> Array:
        found = episode.read(column.name, start, stop)
        seen.add(column.name, found)
        return found

    _rows(group, name, column, episode.rows_of(column.name), read)


def _rows(group: h5py.Group, name: str, column: Column, rows: int, read: Callable[[int, int], Array]) -> None:
    packed: dict[str, Any] = {}
    if column.row_bytes >= _COMPRESSED_FROM and rows:
        packed = {"chunks": (min(BLOCK, rows), *column.shape), "compression": "gzip", "compression_opts": 1}
    data = group.create_dataset(name, (rows, *column.shape), column.dtype, **packed)
    for start in range(0, rows, BLOCK):
        stop = min(start + BLOCK, rows)
        data[start:stop] = read(start, stop)


def _metadata(name: str, entries: Sequence[Entry], heads: Sequence[Head], size: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "dataset_id": name, "minari_version": layout.VERSION, "data_format": "hdf5", "jpeg_encoding": False,
        "total_episodes": len(entries), "total_steps": sum(entry.steps for entry in entries),
        "dataset_size": round(size / 1e6, 1),
        "observation_space": json.dumps(layout.space_to_minari(observation_space(heads[0]))),
        "action_space": json.dumps(layout.space_to_minari(space_from_json(dict(heads[0].action_space)))),
        "author": sorted({entry.driver for entry in entries if entry.driver is not None}),
    }  # fmt: skip
    agents = sorted({head.agent.name for head in heads if head.agent is not None})
    if agents:
        found["algorithm_name"] = ", ".join(agents)
    spec = _env_spec(heads)
    return found if spec is None else found | {"env_spec": spec}


def _env_spec(heads: Sequence[Head]) -> str | None:
    """By which Minari makes the environment again; arguments only where all episodes have the same."""
    env = heads[0].env
    try:
        spec = deepcopy(gym.spec(env.id))  # Gymnasium hands out the one by which it makes environments
    except gym.error.Error:
        return None
    alike = all(head.env == env for head in heads)
    spec.kwargs = dict(env.kwargs) if alike else {}
    spec.max_episode_steps = env.max_episode_steps
    return spec.to_json()
