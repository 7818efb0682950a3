"""How a Minari dataset lies on the disk, written down so that it can be written and read without Minari, whose writer needs JAX.

Source: Minari 0.5.4 (MIT), `minari/dataset/_storages/hdf5_storage.py`, `minari_storage.py` and `serialization.py`. A dataset is a folder:

data/metadata.json    counts, spaces, environment, version
data/main_data.hdf5   a group a episode, episode_0 and on, with attributes id, seed, total_steps, options/NAME
    observations      [steps + 1, ...], a group where the space is a Dict
    actions           [steps, ...]
    rewards, terminations, truncations    [steps]
    infos             whatever else there is; of ours a column each, a row a step
    sim_suite         of ours alone: what Minari has no place for, so that nothing is lost on the way back

Pictures (uint8, 0 to 255, at least 32 x 32) are JPEG, which loses detail, unless the metadata's `jpeg_encoding` is false, as ours is.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from sim_suite.errors import DamagedFileError, SuiteError

VERSION: Final = "0.5.4"
"""Of Minari, whose layout this is."""
DATA: Final = "data"
METADATA: Final = "metadata.json"
MAIN: Final = "main_data.hdf5"
OURS: Final = "sim_suite"
"""Group of an episode that Minari does not look at."""
_SMALLEST_PICTURE: Final = 32


class Fingerprint:
    """SHA-256 over an episode's rows as they are handed on, column by column, so that an altered file does not come back unseen."""

    def __init__(self) -> None:
        self._columns: dict[str, Any] = {}

    def add(self, name: str, rows: NDArray[Any]) -> None:
        """The next rows of a column."""
        self._columns.setdefault(name, hashlib.sha256()).update(np.ascontiguousarray(rows).tobytes())

    def hexdigest(self) -> str:
        """Of all columns."""
        words = (f"{name} {digest.hexdigest()}" for name, digest in sorted(self._columns.items()))
        return hashlib.sha256("\n".join(words).encode()).hexdigest()


def space_to_minari(space: spaces.Space[Any]) -> dict[str, Any]:
    """A space as Minari writes it. Raises `SuiteError` for one that has no such form."""
    if isinstance(space, spaces.Box):
        low, high = space.low.tolist(), space.high.tolist()
        return {"type": "Box", "dtype": str(space.dtype), "shape": list(space.shape), "low": low, "high": high}
    if isinstance(space, spaces.Discrete):
        return {"type": "Discrete", "dtype": "int64", "start": int(space.start), "n": int(space.n)}
    if isinstance(space, spaces.MultiDiscrete):
        start = space.start.tolist()
        return {"type": "MultiDiscrete", "dtype": str(space.dtype), "nvec": space.nvec.tolist(), "start": start}
    if isinstance(space, spaces.MultiBinary):
        return {"type": "MultiBinary", "n": space.n if isinstance(space.n, int) else list(space.n)}
    if isinstance(space, spaces.Dict):
        return {"type": "Dict", "subspaces": {name: space_to_minari(part) for name, part in space.spaces.items()}}
    raise SuiteError(f"the space {space} cannot be exported.")


def space_from_minari(text: Any, where: str) -> spaces.Space[Any]:
    """The inverse of `space_to_minari`, of a dict or its JSON. Raises `SuiteError` for a space that cannot be stored."""
    data = json.loads(text) if isinstance(text, str) else text
    try:
        match data["type"]:
            case "Box":
                low, high = (np.array(data[side], data["dtype"]) for side in ("low", "high"))
                return spaces.Box(low, high, tuple(data["shape"]), np.dtype(data["dtype"]).type)
            case "Discrete":
                return spaces.Discrete(int(data["n"]), start=int(data["start"]))
            case "MultiDiscrete":
                return spaces.MultiDiscrete(data["nvec"], start=data.get("start"))
            case "MultiBinary":
                return spaces.MultiBinary(data["n"])
            case "Dict":
                return spaces.Dict({name: space_from_minari(part, where) for name, part in data["subspaces"].items()})
            case kind:
                raise SuiteError(f"{where} has a space of the kind {kind}, which cannot be stored: only arrays can.")
    except (KeyError, TypeError, ValueError, AssertionError) as error:
        raise DamagedFileError(f"{where} describes a space that is none ({error}). Restore it from a copy.") from error


def is_picture(space: spaces.Space[Any]) -> bool:
    """Whether Minari takes observations of the space for pictures."""
    return (
        isinstance(space, spaces.Box)
        and len(space.shape) in (2, 3)
        and min(space.shape[:2]) >= _SMALLEST_PICTURE
        and space.dtype == np.uint8
        and bool(np.all(space.low == 0))
        and bool(np.all(space.high == 255))
    )


def free_box(dtype: str, shape: tuple[int, ...]) -> spaces.Box:
    """The space of all arrays of a kind."""
    kind = np.dtype(dtype)
    if kind.kind == "f":
        return spaces.Box(-math.inf, math.inf, shape, kind.type)
    bounds: Any = np.iinfo(kind)
    return spaces.Box(bounds.min, bounds.max, shape, kind.type)


def flat_options(options: Mapping[str, Any], parent: str = "options") -> dict[str, Any]:
    """Options as attributes. What HDF5 has no type for is left out here; the head keeps it."""
    found: dict[str, Any] = {}
    for name, value in options.items():
        if isinstance(value, Mapping):
            found |= flat_options(value, f"{parent}/{name}")
        elif isinstance(value, bool | int | float | str):
            found[f"{parent}/{name}"] = value
        elif isinstance(value, list | tuple) and value and all(isinstance(part, int | float) for part in value):
            found[f"{parent}/{name}"] = list(value)
    return found


def nested_options(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of `flat_options`: plain data of the attributes that begin with options/."""
    found: dict[str, Any] = {}
    for name, value in attributes.items():
        head, *path = name.split("/")
        if head != "options" or not path:
            continue
        inner = found
        for part in path[:-1]:
            inner = inner.setdefault(part, {})
        inner[path[-1]] = plain(value)
    return found


def plain(value: Any) -> Any:
    """An attribute without numpy's types."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return value.decode() if isinstance(value, bytes) else value


def data_folder(path: Path) -> Path:
    """The folder of metadata.json within a dataset, or the dataset's own. Raises `SuiteError` where there is none."""
    for folder in (path / DATA, path):
        if (folder / METADATA).is_file():
            return folder
    raise SuiteError(f"{path} is no Minari dataset: there is neither {DATA}/{METADATA} nor {METADATA} in it.")


def decode_picture(data: NDArray[np.uint8], where: str) -> NDArray[np.uint8]:
    """[H, W] or [H, W, 3] RGB of a JPEG. Raises `DamagedFileError` for what is none."""
    import cv2

    found = cv2.imdecode(np.ascontiguousarray(data), cv2.IMREAD_UNCHANGED)
    if found is None:
        raise DamagedFileError(f"{where} holds a picture that is no JPEG. Restore it from a copy.")
    rgb = cv2.cvtColor(found, cv2.COLOR_BGR2RGB) if found.ndim == 3 else found
    return np.asarray(rgb, np.uint8)
