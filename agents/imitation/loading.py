"""Steps of recorded episodes as what an agent saw and what was done: a torch dataset. Source: ours.

    data = StepData([Path("data/laps")], View("pixels", size=(96, 96), grey=True, stack=4))
    with loader(data, batch_size=64, seed=0, workers=2) as batches:
        for observation, action in batches.epoch(0):
            ...

Only steps that are `selected` (sim_suite/episodes/selection.py) and by one of the `actors` are among them; the frames of a stack
are the episode's own all the same. Where an expert has labelled the steps (sim_suite/episodes/labels.py), all are the expert's.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Dataset as TorchDataset

from agents.imitation.batches import Batches
from sim_suite.envs.space_json import space_from_json
from sim_suite.envs.views import View
from sim_suite.episodes.labels import has_labels, lessons
from sim_suite.episodes.selection import has_selection, selected
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor
from sim_suite.episodes.store.index import Entry
from sim_suite.episodes.store.reading import Episode
from sim_suite.episodes.viewing.views import Shown, shown
from sim_suite.errors import DamagedFileError, SuiteError

Array = NDArray[Any]
LEARNED_FROM: Final = (Actor.HUMAN, Actor.EXPERT)
"""Whose steps are learned from by default."""
EVALUATION_SEEDS: Final = range(10_000, 30_000)
"""Episodes of these are for evaluation alone."""
OPEN: Final = 256
"""Episodes that are open at a time, at most: their files are mapped, what is kept of each in memory is small."""
MEMORY: Final = 512 * 2**20
"""Bytes of decoded rows that are kept, at most, by each process that reads; of pictures none are."""


@dataclass(frozen=True)
class Source:
    """One episode that steps are taken from."""

    path: Path
    entry: Entry
    rows: NDArray[np.int32]
    """[n] Its steps."""


@dataclass
class _Open:
    """An episode that is being read."""

    episode: Episode
    shown: Shown
    actions: Array


class StepData(TorchDataset[tuple[Array, Array]]):
    """Steps of episodes in one order: folder by folder, episode by episode, step by step.

    Item i is (observation [...] as the view shows it, action [...] as it was stored, or as the expert labelled it). It can be sent to
    other processes: each opens the files for itself.
    """

    def __init__(
        self,
        datasets: Sequence[Path],
        view: View,
        *,
        actors: Collection[Actor] = LEARNED_FROM,
        evaluation_seeds: bool = False,
    ) -> None:
        """List the steps. actors: whose; evaluation_seeds: whether those of EVALUATION_SEEDS are among them.

        Raises `SuiteError` where no step is left, where a file is damaged, where episodes are of different environments, and where the
        view cannot be shown.
        """
        self.view, self.actors = view, tuple(Actor(actor) for actor in actors)
        self.kept_out = 0
        """Episodes that were left out for their seeds."""
        self._opened: OrderedDict[int, _Open] = OrderedDict()
        self.pool = 1
        """Episodes that are open at a time, and whose steps are mixed."""
        sources: list[Source] = []
        for folder in datasets:
            dataset = Dataset(folder)
            for reason in dataset.damaged.values():
                raise DamagedFileError(f"{reason} Or move the file away to learn without it.")
            for entry in dataset.entries:
                if not evaluation_seeds and entry.seed in EVALUATION_SEEDS:
                    self.kept_out += 1
                    continue
                rows = self._rows_of(dataset, entry)
                if len(rows):
                    sources.append(Source(dataset.path(entry), entry, rows))
        self._take(sources)
        if not sources:
            by = ", ".join(actor.name.lower() for actor in self.actors)
            raise SuiteError(
                f"{', '.join(map(str, datasets)) or 'no folder'} has no steps by {by} to learn from"
                f"{f' ({self.kept_out} episodes have evaluation seeds)' if self.kept_out else ''}. Record some: `sim-suite drive`."
            )
        first = self._open(0)
        head = first.episode.head
        self.env = head.env
        """The environment that the first episode was recorded in."""
        self.action_space: gym.Space[Any] = space_from_json(dict(head.action_space))
        self.shape, self.dtype = first.shown.shape, first.shown.dtype
        """Of one observation."""
        longest = max(source.entry.steps for source in sources) + 1
        self.pool = max(min(OPEN, MEMORY // max(longest * first.shown.row_bytes, 1)), 1)
        for source in sources:
            if source.entry.env != head.env.id:
                raise SuiteError(
                    f"{source.path} was recorded in {source.entry.env}, {sources[0].path} in {head.env.id}: learn from one "
                    f"environment at a time."
                )

    def __len__(self) -> int:
        """Steps."""
        return int(self._ends[-1])

    @property
    def episodes(self) -> int:
        """How many episodes the steps are from."""
        return len(self.sources)

    def __getitem__(self, index: int) -> tuple[Array, Array]:
        """(observation, action) of one step."""
        observation, action = self.__getitems__([index])
        return observation[0], action[0]

    def __getitems__(self, indices: Sequence[int] | NDArray[np.int64]) -> tuple[Array, Array]:
        """(observations [n, ...], actions [n, ...]) of steps in any order; what they share is read once."""
        wanted = np.asarray(indices, np.int64)
        if len(wanted) and not (-len(self) <= wanted.min() and wanted.max() < len(self)):
            raise IndexError(f"there are {len(self)} steps, not {wanted.min()} to {wanted.max()}")
        wanted = np.where(wanted < 0, wanted + len(self), wanted)
        numbers = np.searchsorted(self._ends, wanted, side="right")
        observations = np.empty((len(wanted), *self.shape), self.dtype)
        actions = np.empty((len(wanted), *(self.action_space.shape or ())), self.action_space.dtype)
        for number in np.unique(numbers).tolist():
            places = np.flatnonzero(numbers == number)
            source, one = self.sources[number], self._open(number)
            begin = int(self._ends[number]) - len(source.rows)
            rows = source.rows[wanted[places] - begin].astype(np.int64)
            observations[places], actions[places] = one.shown.at(rows), one.actions[rows]
        return observations, actions

    @property
    def identity(self) -> str:
        """SHA-256 of which steps they are and how they are looked at."""
        digest = hashlib.sha256(str(self.view).encode())
        for source in self.sources:
            digest.update(source.entry.digest.encode())
            digest.update(source.rows.tobytes())
        return digest.hexdigest()

    def actions(self) -> Array:
        """All actions, [len(self), ...], for weights of classes and histograms."""
        found = np.empty((len(self), *(self.action_space.shape or ())), self.action_space.dtype)
        for number, (source, end) in enumerate(zip(self.sources, self._ends.tolist(), strict=True)):
            found[end - len(source.rows) : end] = self._open(number).actions[source.rows]
        return found

    def split(self, share: float, seed: int) -> tuple[StepData, StepData]:
        """Whole episodes dealt into two: (about 1 - share of the steps, about share), at least an episode each.

        Raises `SuiteError` where there is only one episode, or for a share outside (0, 1).
        """
        if self.episodes < 2 or not 0.0 < share < 1.0:
            raise SuiteError(
                f"{self.episodes} episodes cannot be split with a share of {share}: give two or more, 0 < share < 1."
            )
        order = np.random.default_rng([seed, 0x5B117]).permutation(self.episodes)
        steps = np.cumsum([len(self.sources[number].rows) for number in order])
        count = int(np.clip(np.searchsorted(steps, share * len(self)) + 1, 1, self.episodes - 1))
        return self._with(sorted(order[count:].tolist())), self._with(sorted(order[:count].tolist()))

    def close(self) -> None:
        """Let go of all files. They are opened again when steps are asked for."""
        while self._opened:
            self._opened.popitem()[1].episode.close()

    def __getstate__(self) -> dict[str, Any]:
        """Without open files."""
        return {**self.__dict__, "_opened": OrderedDict()}

    def _with(self, numbers: Sequence[int]) -> StepData:
        other = object.__new__(StepData)
        other.__dict__.update(self.__getstate__())
        other._take([self.sources[number] for number in numbers])
        return other

    def _take(self, sources: list[Source]) -> None:
        self.sources = sources
        self._ends = np.cumsum([len(source.rows) for source in sources], dtype=np.int64)

    def _rows_of(self, dataset: Dataset, entry: Entry) -> NDArray[np.int32]:
        chosen = sum(entry.by[actor] for actor in self.actors)
        with dataset.open(entry) as episode:
            if Actor.EXPERT in self.actors and has_labels(episode):
                return np.flatnonzero(selected(episode)).astype(np.int32)
            if not chosen:
                return np.empty(0, np.int32)
            if chosen == entry.steps and not has_selection(episode):  # no need to read the whole file
                return np.arange(chosen, dtype=np.int32)
            return np.flatnonzero(np.isin(episode.read("actor"), self.actors) & selected(episode)).astype(np.int32)

    def _open(self, number: int) -> _Open:
        if number in self._opened:
            self._opened.move_to_end(number)
            return self._opened[number]
        while len(self._opened) >= self.pool:
            self._opened.popitem(last=False)[1].episode.close()
        episode = Episode(self.sources[number].path)
        one = _Open(episode, shown(episode, self.view), lessons(episode))
        if hasattr(self, "action_space"):
            self._compare(one)
        self._opened[number] = one
        return one

    def _compare(self, one: _Open) -> None:
        head = one.episode.head
        if one.shown.shape != self.shape or space_from_json(dict(head.action_space)) != self.action_space:
            raise SuiteError(
                f"{one.episode.path} has observations of {one.shown.shape} and actions of {head.action_space}, the first episode "
                f"{self.shape} and {self.action_space}: learn from one environment at a time."
            )


def class_weights(labels: NDArray[np.integer[Any]], classes: int) -> NDArray[np.float32]:
    """Weights that make all classes count alike: n / (k * count), k the number of classes that occur. [classes] float32.

    As scikit-learn's `class_weight="balanced"`; a class that does not occur has weight 0. labels: [n] from 0 to classes - 1.
    Raises `SuiteError` for others, and for none.
    """
    if not len(labels) or labels.min() < 0 or labels.max() >= classes:
        seen = f"{labels.min()} to {labels.max()}" if len(labels) else "none"
        raise SuiteError(f"labels are {seen}; give numbers from 0 to {classes - 1}.")
    counts = np.bincount(labels.reshape(-1), minlength=classes)
    there = counts > 0
    weights = np.zeros(classes, np.float64)
    weights[there] = len(labels) / (there.sum() * counts[there])
    return weights.astype(np.float32)


def loader(data: StepData, batch_size: int, seed: int, workers: int = 0) -> Batches:
    """Batches of steps, shuffled anew each epoch as (seed, epoch) say, read by so many processes; see `Batches.epoch`."""
    counts = [len(source.rows) for source in data.sources]
    return Batches(data, counts, data.pool, batch_size, seed, workers, data.identity)
