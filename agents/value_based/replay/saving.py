"""A replay memory on disk, written and read in pieces: a memory of 7 GB needs no second one of that size.

    replay.json               what kind of memory it is
    replay.safetensors        all but the frames
    replay_frames.npy         the frames that were written, environment by environment

Checksums stand beside the files of a run's state, as `agents.training` writes them. Source: ours; the format of .npy is NumPy's.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file
from safetensors.numpy import save as to_bytes
from torch import Tensor

from agents.value_based.replay.ring import Ring
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import read_json, write_atomic, write_json, write_pieces

FORMAT: Final = 1
_FACTS: Final = "replay.json"
_ARRAYS: Final = "replay.safetensors"
_FRAMES: Final = "replay_frames.npy"
_PIECE: Final = 64 * 2**20
"""Bytes of frames that are copied at a time."""
_OF_RING: Final = ("heads", "actions", "rewards", "ends", "older", "black", "drawable", "counters")
Array = NDArray[Any]


def save(folder: Path, ring: Ring, frames: Tensor, arrays: Mapping[str, Array]) -> None:
    """Write a memory into an existing, empty folder. frames: [rows + 1, ...]; arrays: what else belongs to it."""
    write_pieces(folder / _FRAMES, _npy(ring, frames))
    mine = {f"ring.{name}": getattr(ring, name) for name in _OF_RING}
    write_atomic(folder / _ARRAYS, to_bytes({**mine, **arrays}))
    write_json(folder / _FACTS, _facts(ring, frames, arrays))


def load(folder: Path, ring: Ring, frames: Tensor, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Read into `ring` and `frames`, which are as `save` was given them; returns the arrays, which are like `arrays`.

    Raises `SuiteError` where another kind of memory was saved, `DamagedFileError` where a file is not whole.
    """
    facts, seen = _facts(ring, frames, arrays), read_json(folder / _FACTS)
    if seen != facts:
        names = [name for name in facts if not isinstance(seen, dict) or seen.get(name) != facts[name]]
        name = names[0] if names else "format"
        was = seen.get(name) if isinstance(seen, dict) else seen
        raise SuiteError(
            f"{folder} holds another replay memory: {name} is {was!r} there, {facts.get(name)!r} here. Go on with the settings that "
            f"it was saved with."
        )
    path = folder / _ARRAYS
    try:
        found = load_file(path)
        for name in _OF_RING:
            getattr(ring, name)[...] = found.pop(f"ring.{name}")
        path = folder / _FRAMES
        stored = np.load(path, mmap_mode="r", allow_pickle=False)
        expected = _header(ring, frames)
        if list(stored.shape) != list(expected["shape"]) or stored.dtype.str != expected["descr"]:
            raise ValueError(f"{stored.dtype} {stored.shape} in place of {expected['shape']}")
        begin = 0
        for piece in _pieces(ring, frames):
            count = piece.stop - piece.start
            frames[piece] = torch.from_numpy(stored[begin : begin + count].copy()).to(frames.device)
            begin += count
    except (SafetensorError, OSError, EOFError, KeyError, ValueError) as error:
        raise DamagedFileError(
            f"{path} is not whole ({str(error).splitlines()[0]}). Restore it from a copy or train anew."
        ) from error
    return found


def _facts(ring: Ring, frames: Tensor, arrays: Mapping[str, Array]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "num_envs": len(ring.heads),
        "rows": len(ring.ends),
        "n_step": ring.n_step,
        "stack": ring.stack,
        "frame": list(frames.shape[1:]),
        "dtype": str(frames.dtype).removeprefix("torch."),
        "arrays": sorted(arrays),
    }


def _header(ring: Ring, frames: Tensor) -> dict[str, Any]:
    """Of the .npy file: all rows that were written."""
    return {
        "descr": frames[:0].cpu().numpy().dtype.str,
        "fortran_order": False,
        "shape": (int(np.minimum(ring.heads, ring.length).sum()), *frames.shape[1:]),
    }


def _pieces(ring: Ring, frames: Tensor) -> Iterator[slice]:
    """The rows that were written, in slices of at most _PIECE bytes."""
    at_once = max(_PIECE // max(frames[0].nbytes, 1), 1)
    for env, written in enumerate(np.minimum(ring.heads, ring.length).tolist()):
        first = env * ring.length
        for begin in range(first, first + written, at_once):
            yield slice(begin, min(begin + at_once, first + written))


def _npy(ring: Ring, frames: Tensor) -> Iterator[bytes]:
    """The .npy file, piece by piece."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, _header(ring, frames))
    yield header.getvalue()
    for piece in _pieces(ring, frames):
        yield frames[piece].cpu().numpy().tobytes()
