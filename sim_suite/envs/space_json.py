"""Action and observation spaces as JSON, so that a saved policy can be rebuilt without running code from a file.

Bounds are written once where all are alike; infinities as text, because JSON has none. Source: ours.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from sim_suite.errors import DamagedFileError, SuiteError

DTYPES = ("float32", "float64", "uint8", "int8", "int16", "int32", "int64")


def space_to_json(space: spaces.Space[Any]) -> dict[str, Any]:
    """Plain data for a `Box`, `Discrete`, `MultiDiscrete` or `MultiBinary` space. Raises `SuiteError` for any other."""
    if isinstance(space, spaces.Box) and space.dtype is not None:
        return {
            "kind": "Box",
            "shape": list(space.shape),
            "dtype": str(np.dtype(space.dtype)),
            "low": _bounds_to_json(space.low),
            "high": _bounds_to_json(space.high),
        }
    if isinstance(space, spaces.Discrete) and space.start == 0:
        return {"kind": "Discrete", "n": int(space.n)}
    if isinstance(space, spaces.MultiDiscrete) and space.nvec.ndim == 1 and not np.any(space.start):
        return {"kind": "MultiDiscrete", "nvec": [int(n) for n in space.nvec]}
    if isinstance(space, spaces.MultiBinary) and isinstance(space.n, int | np.integer):
        return {"kind": "MultiBinary", "n": int(space.n)}
    raise SuiteError(f"the space {space} cannot be saved: only Box, and Discrete, MultiDiscrete, MultiBinary from 0.")


def space_from_json(data: dict[str, Any]) -> spaces.Space[Any]:
    """The inverse of `space_to_json`. Raises `DamagedFileError` when the data does not describe a space."""
    try:
        match data["kind"]:
            case "Box":
                return _box(data)
            case "Discrete":
                return spaces.Discrete(int(data["n"]))
            case "MultiDiscrete":
                return spaces.MultiDiscrete([int(n) for n in data["nvec"]])
            case "MultiBinary":
                return spaces.MultiBinary(int(data["n"]))
            case kind:
                raise ValueError(f"unknown kind {kind!r}")
    except (KeyError, TypeError, ValueError, AssertionError) as error:
        raise DamagedFileError(f"{data} does not describe a space ({error}). Save the agent anew.") from error


def _box(data: dict[str, Any]) -> spaces.Box:
    if data["dtype"] not in DTYPES:
        raise ValueError(f"unknown dtype {data['dtype']!r}")
    dtype = np.dtype(data["dtype"]).type
    shape = tuple(int(size) for size in data["shape"])
    low, high = (_bounds_from_json(data[side], shape).astype(dtype) for side in ("low", "high"))
    return spaces.Box(low, high, shape, dtype)


def _bounds_to_json(bounds: NDArray[Any]) -> Any:
    values = [_number_to_json(value) for value in bounds.ravel().tolist()]
    return values[0] if len(set(values)) == 1 else values


def _bounds_from_json(data: Any, shape: tuple[int, ...]) -> NDArray[np.float64]:
    values = [float(value) for value in data] if isinstance(data, list) else float(data)
    return np.broadcast_to(np.asarray(values), shape) if np.ndim(values) == 0 else np.reshape(values, shape)


def _number_to_json(value: float) -> float | int | str:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
