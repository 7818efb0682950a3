"""Drives that M learns from, as V sees them: written one file each, read into memory, drawn in windows. Source: ours.

A file holds means and log variances, not latents: each time a window is drawn they are drawn anew (Ha and Schmidhuber 2018, appendix A.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import write_atomic

Singles = NDArray[np.float32]
_WINDOWS: Final = 0x317
"""Keeps the random numbers of windows apart from others drawn from the same seed."""


class Drive(NamedTuple):
    """T decisions in a row."""

    means: Singles
    """[T, N] of the latents, as V sees the picture before each decision."""
    log_variances: Singles
    """[T, N]"""
    actions: Singles
    """[T, A] what was then done."""


class Windows(NamedTuple):
    """B windows of drives, time first as an LSTM takes them."""

    latents: Singles
    """[S + 1, B, N] drawn from V's means and variances; what is to be foretold at s stands at s + 1."""
    actions: Singles
    """[S, B, A]"""


def write_drive(path: Path, drive: Drive) -> None:
    """Write a drive in one step. Means and variances keep half precision."""
    half = {name: getattr(drive, name).astype(np.float16) for name in ("means", "log_variances")}
    write_atomic(path, save({**half, "actions": np.ascontiguousarray(drive.actions)}))


def read_drive(path: Path) -> Drive:
    """The inverse. Raises `DamagedFileError` for what is no drive."""
    try:
        found = load_file(path)
        return Drive(*(found[name].astype(np.float32) for name in Drive._fields))
    except (SafetensorError, OSError, KeyError) as error:
        raise DamagedFileError(f"{path} is no drive ({error}). Restore it from a copy or train anew.") from error


class Drives:
    """Drives that are drawn from, in memory."""

    def __init__(self, drives: Sequence[Drive], window: int) -> None:
        """window: S, decisions of a window. Raises `SuiteError` where no drive is long enough."""
        lengths = np.array([len(drive.actions) for drive in drives])
        # Where a window may begin: the last latent that is foretold stands S behind.
        starts = [
            np.arange(first, first + max(n - window, 0)) for first, n in zip(_firsts(lengths), lengths, strict=True)
        ]
        self._starts = np.concatenate(starts)
        self._window = window
        if not len(self._starts):
            raise SuiteError(
                f"none of {len(drives)} drives is longer than a window of {window} decisions; the longest has {lengths.max()}. Set "
                f"memory.window lower, or gather longer drives."
            )
        self._firsts = _firsts(lengths)
        self._means, self._log_variances, self._actions = (
            np.concatenate([drive[part] for drive in drives]) for part in range(len(Drive._fields))
        )

    def drawn(self, count: int, seed: int, number: int) -> Windows:
        """B = `count` windows at random, each start as likely as any, by (seed, number of the batch)."""
        dice = np.random.default_rng([seed, _WINDOWS, number])
        return self._cut(dice.choice(self._starts, count), dice)

    def in_turn(self, most: int, seed: int) -> Windows:
        """At most `most` windows that do not overlap, in order; always the same."""
        inside = self._starts - self._firsts[np.searchsorted(self._firsts, self._starts, side="right") - 1]
        return self._cut(self._starts[inside % (self._window + 1) == 0][:most], np.random.default_rng([seed, _WINDOWS]))

    def _cut(self, starts: NDArray[np.int64], dice: np.random.Generator) -> Windows:
        rows = starts + np.arange(self._window + 1)[:, None]
        means = self._means[rows]
        noise = dice.standard_normal(means.shape, np.float32)
        return Windows(means + np.exp(0.5 * self._log_variances[rows]) * noise, self._actions[rows[:-1]])


def _firsts(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each drive begins among all decisions."""
    return np.cumsum(lengths) - lengths
