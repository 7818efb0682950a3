"""What all replay memories share: they write steps of many environments, and draw and rebuild transitions on a device.

Source: Mnih et al. 2015 (Nature 518), algorithm 1; which rows belong together is kept by ring.py, which are drawn by drawing.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from agents.value_based.replay import saving
from agents.value_based.replay.checking import (
    beginning,
    checked_actions,
    checked_flags,
    checked_observations,
    checked_rewards,
)
from agents.value_based.replay.drawing import drawing_for
from agents.value_based.replay.options import ReplayOptions
from agents.value_based.replay.ring import (
    CHANGES,
    DRAWABLE,
    GOING_ON,
    TERMINATED,
    TRUNCATED,
    begin_episode,
    cut_episodes,
    fresh_ring,
    read_stacks,
    read_windows,
    take_step,
)
from agents.value_based.replay.transitions import Transitions
from sim_suite.errors import SuiteError

Array = NDArray[Any]


class Replay:
    """The last rows of E environments, on one device. ArrayReplay and FrameReplay say what an observation is.

    A transition can be drawn once its window is complete: after `n_step` steps or at the episode's end. It is gone when the
    first row that it needs is written anew. Windows neither run past an episode's end nor past what was written last.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        stack: int,
        dtype: np.dtype[Any],
        num_envs: int,
        options: ReplayOptions,
        device: str | torch.device,
    ) -> None:
        """shape: of one observation; stack: frames that lie along its first axis, or 1 for an observation that is kept whole.

        Raises `SuiteError` where the capacity does not hold one window for each environment.
        """
        length, window = options.capacity // num_envs, options.n_step + stack
        if length < window:
            raise SuiteError(
                f"a replay memory of {options.capacity} rows has {length} for each of {num_envs} environments, and a window "
                f"takes {window}: set capacity to {num_envs * window} or more."
            )
        frame = shape[1:] if stack > 1 else shape
        self._shape, self._options, self._device = shape, options, torch.device(device)
        self._ring = fresh_ring(num_envs, length, stack, options.n_step)
        self._drawing = drawing_for(num_envs * length, options)
        self._shown = np.zeros((num_envs, stack, *frame), dtype)
        """[E, stack, *frame] the observations behind the last step: whole where an episode ended, or else the newest frame."""
        # Not zeros: pages of the processor's memory are taken when rows are first written.
        self._frames = torch.empty(
            (num_envs * length + 1, *frame), dtype=torch.from_numpy(self._shown).dtype, device=self._device
        )
        self._frames[-1] = 0  # the black frame

    def __len__(self) -> int:
        """Transitions that can be drawn."""
        return int(self._ring.counters[DRAWABLE])

    @property
    def nbytes(self) -> int:
        """Bytes of the frames when all are written."""
        return self._frames.nbytes

    @property
    def rows(self) -> NDArray[np.int64]:
        """[len(self)] the rows that can be drawn, in ascending order."""
        return np.flatnonzero(self._ring.drawable)

    def add(
        self,
        observations: Array,
        actions: Array,
        rewards: Array,
        terminated: Array,
        truncated: Array,
        next_observations: Array,
    ) -> None:
        """Remember one step of all environments.

        observations, next_observations: [E, ...]; the latter true ones, from before a reset. actions: [E] integers;
        rewards: [E] numbers, kept as float32; terminated, truncated: [E] bool, both is terminated. While an episode goes on,
        an observation is the one that the step before led to; after an end it may be any: of a new episode, or of the same
        game after a lost life.

        Raises `SuiteError` where shapes do not fit, a reward is not finite, an episode does not go on where it was, or
        stacks do not move on by one frame a step.
        """
        num_envs = len(self._shown)
        now = checked_observations("observations", observations, self._shape, self._shown)
        then = checked_observations("next_observations", next_observations, self._shape, self._shown)
        taken, earned = checked_actions(actions, num_envs), checked_rewards(rewards, num_envs)
        ended = checked_flags("terminated", terminated, num_envs), checked_flags("truncated", truncated, num_envs)
        ends = np.where(ended[0], TERMINATED, np.where(ended[1], TRUNCATED, GOING_ON)).astype(np.uint8)
        for env in beginning(self._ring, self._shown, now, then):
            self._begin(env, now[env])
        rows = np.empty(num_envs, np.int64)
        take_step(self._ring, taken, earned, ends, rows)
        self._shown[:, -1] = then[:, -1]
        self._shown[ends != GOING_ON] = then[ends != GOING_ON]
        self._frames[self._on_device(rows)] = self._on_device(self._shown[:, -1])
        self._tell_changes()

    def cut(self) -> None:
        """Truncate the episodes that are under way where they are: all environments begin anew before the next step."""
        cut_episodes(self._ring)
        frames = np.empty(self._shown.shape[:2], np.int64)
        read_stacks(self._ring, frames)
        written = self._ring.heads > 0
        self._shown[written] = self._frames[self._on_device(frames[written])].cpu().numpy()
        self._tell_changes()

    def sample(self, count: int, rng: np.random.Generator, progress: float = 1.0) -> Transitions:
        """Draw `count` transitions, with replacement. progress: share of the run that is done, 0 to 1, for beta.

        Raises `SuiteError` while there is none.
        """
        if not len(self):
            raise SuiteError(
                f"no transition can be drawn yet: a window takes {self._options.n_step} steps or an episode's end. Add steps."
            )
        rows, weights = self._drawing.draw(self._ring, count, rng, self._options.beta_at(progress))
        return self._read(rows, weights)

    def at(self, rows: NDArray[np.int64]) -> Transitions:
        """The transitions at rows [B], with weights 1. Raises `SuiteError` for a row that cannot be drawn."""
        self._refuse_foreign(rows)
        missing = rows[~self._ring.drawable[rows]]
        if len(missing):
            raise SuiteError(f"row {missing[0]} holds no whole transition; `rows` lists those that do.")
        return self._read(rows, np.ones(len(rows), np.float32))

    def update(self, rows: Tensor, td_errors: Tensor) -> None:
        """Set the priorities of rows [B] of a sample by their TD errors [B]; nothing changes where all rows are drawn alike.

        Rows that have been written anew since, and hold no whole transition yet, are passed over. Raises `SuiteError` where
        the shapes differ and for errors that are not finite.
        """
        if rows.dim() != 1 or rows.shape != td_errors.shape:
            raise SuiteError(
                f"update takes rows [B] and as many TD errors, not {list(rows.shape)} and {list(td_errors.shape)}."
            )
        if self._options.prioritised:
            plain = rows.cpu().numpy()
            self._refuse_foreign(plain)
            self._drawing.update(self._ring, plain, td_errors.detach().to("cpu", torch.float64).numpy())

    def save(self, folder: Path) -> None:
        """Write all into an existing, empty folder (saving.py says as what): what loads it draws the same samples from then on."""
        saving.save(folder, self._ring, self._frames, self._arrays())

    def load(self, folder: Path) -> None:
        """Become the memory that `save` wrote. Its environments may go on, or begin anew after `cut`.

        Raises `SuiteError` where that was a memory of another kind, `DamagedFileError` where a file is not whole.
        """
        found = saving.load(folder, self._ring, self._frames, self._arrays())
        self._shown[...] = found["shown"]
        self._drawing.take(found)

    def _arrays(self) -> dict[str, Array]:
        """What is kept besides ring and frames."""
        return {"shown": self._shown, **self._drawing.arrays()}

    def _begin(self, env: int, frames: Array) -> None:
        """Write what an episode shows first: [stack, *frame]. Of frames that are black or repeat the newest, only that one."""
        black = not frames[:-1].any()
        written = frames[-1:] if black or (frames[:-1] == frames[-1]).all() else frames
        ring = self._ring
        first = begin_episode(ring, env, len(written), black)
        rows = env * ring.length + (first + np.arange(len(written))) % ring.length
        self._frames[self._on_device(rows)] = self._on_device(written)

    def _tell_changes(self) -> None:
        """Hand on which rows became drawable or ceased to be."""
        counters = self._ring.counters
        self._drawing.changed(self._ring, self._ring.changed[: counters[CHANGES]])
        counters[CHANGES] = 0

    def _read(self, rows: NDArray[np.int64], weights: NDArray[np.float32]) -> Transitions:
        """The transitions at drawable rows: what is small is read on the host, the frames by one gather on the device."""
        count, stack = len(rows), self._ring.stack
        # Two transfers to the device in place of seven.
        whole, real = np.empty(count * (2 + 2 * stack), np.int64), np.empty((3, count), np.float32)
        whole[count : 2 * count], real[2] = rows, weights
        frames = whole[2 * count :].reshape(2, count, stack)
        read_windows(self._ring, rows, self._options.discount, whole[:count], real[0], real[1], frames)
        numbers, (returns, discounts, weighed) = self._on_device(whole), self._on_device(real)
        gathered = self._frames.index_select(0, numbers[2 * count :]).view(2, count, *self._shape)
        return Transitions(
            gathered[0],
            numbers[:count],
            returns,
            discounts,
            gathered[1],
            numbers[count : 2 * count],
            weighed,
        )

    def _refuse_foreign(self, rows: NDArray[np.int64]) -> None:
        """Raise `SuiteError` for numbers that are no rows of this memory."""
        if len(rows) and not (rows.min() >= 0 and rows.max() < len(self._ring.ends)):
            raise SuiteError(f"rows are 0 to {len(self._ring.ends) - 1}, seen {rows.min()} to {rows.max()}.")

    def _on_device(self, array: Array) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self._device)
