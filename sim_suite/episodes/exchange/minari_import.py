"""Reads a Minari dataset (HDF5) as episodes. What was exported from here comes back as it was, to the last bit. Source: ours, in the
layout of `minari_layout`.

Of other datasets is kept: observations, actions, rewards, ends, seed and options. Pictures that Minari stored as JPEG have lost detail on
their way: `Head.origin["lossy"]` names them. What stands in `infos` has no fixed meaning and is left out; `origin["left_out"]` names it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
from gymnasium import spaces

from sim_suite.envs.space_json import space_to_json
from sim_suite.episodes.exchange import minari_layout as layout
from sim_suite.episodes.recording.capture import OBSERVATION
from sim_suite.episodes.store.columns import Array, Column, column_for
from sim_suite.episodes.store.facts import Actor, End, EnvRecord, Head, Player, Seal, StepFlag
from sim_suite.episodes.store.file import EpisodeFile
from sim_suite.episodes.store.folder import Recording
from sim_suite.episodes.store.index import Entry
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import read_json
from sim_suite.version import SIM_VERSION

BLOCK: Final = 64
Source = Callable[[int, int], Array]
"""Rows [start, stop)."""


@dataclass(frozen=True)
class Foreign:
    """What a dataset says of itself."""

    file: Path
    name: str
    version: str
    env: EnvRecord
    observation: spaces.Space[Any]
    action: spaces.Space[Any]
    jpeg: bool
    agent: Player | None
    """None where a person acted."""
    actor: Actor
    episodes: int


def load(
    path: Path,
    out: Path,
    actor: Actor = Actor.AGENT,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Entry]:
    """Write all episodes of the dataset at `path` into the folder `out`, new or to be added to.

    actor: who acted in a dataset that was not exported from here. Raises `SuiteError` for a dataset that cannot be stored, and
    `DamagedFileError` at the first episode that cannot be read; those before it stay.
    """
    found = describe(path, actor)
    made = []
    try:
        with h5py.File(found.file, "r") as file, Recording(out) as recording:
            for number in range(found.episodes):
                made.append(_episode(file[f"episode_{number}"], number, found, recording))
                progress(number + 1, found.episodes)
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise DamagedFileError(
            f"{found.file} cannot be read as a Minari dataset, at episode {len(made)}: {error}. Restore it from a copy, or download "
            f"it again."
        ) from error
    return made


def describe(path: Path, actor: Actor = Actor.AGENT) -> Foreign:
    """What stands in the metadata. Raises `SuiteError` for a dataset that cannot be stored."""
    folder = layout.data_folder(path)
    where, data = str(folder / layout.METADATA), read_json(folder / layout.METADATA)
    if not isinstance(data, dict) or "dataset_id" not in data or "total_episodes" not in data:
        raise DamagedFileError(f"{where} does not describe a Minari dataset. Restore it from a copy.")
    if data.get("data_format", "hdf5") != "hdf5":
        raise SuiteError(
            f"{path} is stored as {data['data_format']!r}; only hdf5 is read. Write it again by Minari with data_format='hdf5'."
        )
    if not (folder / layout.MAIN).is_file():
        raise DamagedFileError(f"{folder / layout.MAIN} does not exist. Restore it from a copy, or download it again.")
    env = _env(data.get("env_spec"), str(data["dataset_id"]), where)
    seen, acted = (_space(data.get(f"{kind}_space"), env, kind, where) for kind in ("observation", "action"))
    name = str(data.get("algorithm_name") or data["dataset_id"])
    player = None
    if actor is not Actor.HUMAN:
        player = Player(name, f"minari:{data['dataset_id']}", expert=actor is Actor.EXPERT)
    return Foreign(
        folder / layout.MAIN, str(data["dataset_id"]), str(data.get("minari_version", "unknown")), env, seen, acted,
        bool(data.get("jpeg_encoding", True)), player, actor, int(data["total_episodes"]),
    )  # fmt: skip


def _env(text: str | None, name: str, where: str) -> EnvRecord:
    """The environment, by its own spec; datasets that have none are known by their name."""
    if text is None:
        return EnvRecord(name)
    try:
        spec = json.loads(text)
        return EnvRecord(str(spec["id"]), dict(spec.get("kwargs") or {}), spec.get("max_episode_steps"))
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedFileError(f"{where} has an env_spec that is none ({error}). Restore it from a copy.") from error


def _space(text: Any, env: EnvRecord, kind: str, where: str) -> spaces.Space[Any]:
    if text is not None:
        return layout.space_from_minari(text, where)
    from sim_suite.envs.making import make

    with make(env.id, kwargs=env.kwargs) as made:  # Minari leaves spaces out where they are the environment's own
        found: spaces.Space[Any] = getattr(made, f"{kind}_space")
    return found


def _episode(group: h5py.Group, number: int, found: Foreign, recording: Recording) -> Entry:
    ours = group.get(layout.OURS)
    return _foreign(group, number, found, recording) if ours is None else _own(group, ours, found, recording)


def _own(group: h5py.Group, ours: h5py.Group, found: Foreign, recording: Recording) -> Entry:
    """As it was before the export: equal rows in equal records."""
    where = f"{found.file} ({group.name})"
    head, seal = Head.from_json(_json(ours["head"]), where), Seal.from_json(_json(ours["seal"]), where)
    single = any(column.name == OBSERVATION for column in head.columns)
    named = {"action": group["actions"], "reward": group["rewards"]}
    sources: list[Source] = []
    for column in head.columns:
        if column.observed:
            own = group["observations"]
            data = own if single else own[column.name.removeprefix(f"{OBSERVATION}.")]
        else:
            data = named[column.name] if column.name in named else group["infos"][column.name]
        sources.append(_rows(data, column))
    blocks, seen = [*ours["blocks"][()].tolist(), seal.steps], layout.Fingerprint()
    file = recording.begin(head, is_copy=True)
    _fill(file, head.columns, [_watched(*one, seen) for one in zip(head.columns, sources, strict=True)], blocks)
    if seen.hexdigest() != layout.plain(ours["sha256"][()]):
        file.discard()
        raise ValueError(f"{group.name} was altered since it was exported")
    return recording.seal(file, seal.end, seconds=seal.seconds, metrics=dict(seal.metrics), tags=seal.tags)


def _watched(column: Column, source: Source, seen: layout.Fingerprint) -> Source:
    def rows(start: int, stop: int) -> Array:
        found = source(start, stop)
        seen.add(column.name, found)
        return found

    return rows


def _foreign(group: h5py.Group, number: int, found: Foreign, recording: Recording) -> Entry:
    steps = len(group["rewards"])
    observed = list(_observed(group["observations"], found, steps, str(found.file)))
    acted, actions = _acted(group["actions"], found, steps)
    flags = StepFlag.TERMINATED * group["terminations"][()].astype(np.uint8)
    flags |= StepFlag.TRUNCATED * group["truncations"][()].astype(np.uint8)
    if not steps or len(flags) != steps:
        raise ValueError(f"{group.name} has {steps} rewards and {len(flags)} ends")
    columns = (*(column for column, _ in observed), acted, Column("reward", "float64", (), "chunk"),
               Column("actor", "uint8", (), "chunk"), Column("flags", "uint8", (), "chunk"))  # fmt: skip
    rewards = group["rewards"][()].astype(np.float64)
    sources: list[Source] = [
        *(source for _, source in observed), actions, lambda start, stop: rewards[start:stop],
        lambda start, stop: np.full(stop - start, found.actor, np.uint8), lambda start, stop: flags[start:stop],
    ]  # fmt: skip
    file = recording.begin(_head(group, number, found, columns), is_copy=True)
    _fill(file, columns, sources, [*range(0, steps, BLOCK), steps])
    end: End = "terminated" if flags[-1] & StepFlag.TERMINATED else "truncated" if flags[-1] else "stopped"
    return recording.seal(file, end)


def _head(group: h5py.Group, number: int, found: Foreign, columns: tuple[Column, ...]) -> Head:
    seed = group.attrs.get("seed")
    lossy = [name for name, space in _parts(found.observation).items() if found.jpeg and layout.is_picture(space)]
    origin = {
        "format": "minari", "dataset": found.name, "version": found.version, "number": number,
        "lossy": lossy, "left_out": [f"infos/{name}" for name in group.get("infos", {})],
    }  # fmt: skip
    if isinstance(found.observation, spaces.Dict):
        told: dict[str, Any] = {
            "kind": "Dict", "spaces": {name: space_to_json(part) for name, part in found.observation.spaces.items()},
        }  # fmt: skip
    else:
        told = space_to_json(found.observation)
    return Head(
        found.env, columns, space_to_json(found.action), told, SIM_VERSION, None if seed is None else int(seed), 0,
        layout.nested_options(group.attrs), (), None, found.agent, None, {"minari": found.version}, {}, origin,
    )  # fmt: skip


def _parts(space: spaces.Space[Any]) -> dict[str, spaces.Space[Any]]:
    """By the column's name."""
    if isinstance(space, spaces.Dict):
        return {f"{OBSERVATION}.{name}": part for name, part in space.spaces.items()}
    return {OBSERVATION: space}


def _observed(data: Any, found: Foreign, steps: int, where: str) -> Iterator[tuple[Column, Source]]:
    for name, space in _parts(found.observation).items():
        own = data[name.removeprefix(f"{OBSERVATION}.")] if isinstance(found.observation, spaces.Dict) else data
        column = _column(name, space, observed=True)
        if len(own) != steps + 1:
            raise ValueError(f"{own.name} has {len(own)} rows for {steps} steps")
        if found.jpeg and layout.is_picture(space):
            yield column, _pictures(own, where)
        else:
            yield column, _rows(own, column)


def _acted(data: Any, found: Foreign, steps: int) -> tuple[Column, Source]:
    if isinstance(found.action, spaces.Dict) or (found.jpeg and layout.is_picture(found.action)):
        raise SuiteError(f"{found.file} has actions of the space {found.action}, which cannot be stored.")
    column = _column("action", found.action)
    if len(data) != steps:
        raise ValueError(f"{data.name} has {len(data)} rows for {steps} steps")
    return column, _rows(data, column)


def _column(name: str, space: spaces.Space[Any], *, observed: bool = False) -> Column:
    if space.shape is None or space.dtype is None:
        raise SuiteError(f"{name} is of the space {space}, which cannot be stored: it is nested.")
    return column_for(name, space.dtype, space.shape, observed=observed)


def _rows(data: Any, column: Column) -> Source:
    if not isinstance(data, h5py.Dataset) or data.shape[1:] != column.shape:
        raise ValueError(f"{getattr(data, 'name', data)} does not hold rows of {column.dtype} {list(column.shape)}")
    return lambda start, stop: np.asarray(data[start:stop], column.dtype)


def _pictures(data: Any, where: str) -> Source:
    return lambda start, stop: np.stack([layout.decode_picture(one, where) for one in data[start:stop]])


def _fill(file: EpisodeFile, columns: Sequence[Column], sources: Sequence[Source], blocks: Sequence[int]) -> None:
    """Write all steps, a record from each of `blocks` to the next, and what the last one led to. Nothing stays where it fails."""
    try:
        for start, stop in pairwise(blocks):
            file.append([source(start, stop) for source in sources])
        pairs = zip(columns, sources, strict=True)
        file.last([source(blocks[-1], blocks[-1] + 1) for column, source in pairs if column.observed])
    except BaseException:
        file.discard()
        raise


def _json(data: h5py.Dataset) -> dict[str, Any]:
    found = json.loads(data[()])
    if not isinstance(found, dict):
        raise ValueError(f"{data.name} is no object")
    return found
