"""Keeps baked maps on disk, so that a map is baked once on a machine. Source: ours.

A file's name is the hash of all that its contents follow from: the arrays of the lane graph that are drawn, the size of a
texel, the sources of this package and the kinds of lanes. So nothing stale is ever found, whatever a file is called. It holds a SHA-256 of
what follows, then the arrays in safetensors' format. Files that nothing has used for a month go, and the oldest where all
together exceed `KEPT_BYTES`; a damaged one is baked anew.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import safetensors.numpy
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from sim_suite.compiling.folders import cache_root
from sim_suite.driving.roads.baking.bake import bake
from sim_suite.driving.roads.baking.layout import METRES_PER_TEXEL, Textures
from sim_suite.driving.roads.graph import kinds
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.roads.maps import RoadMap
from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic

KEPT_DAYS: Final = 30.0
"""As for kernels."""
KEPT_BYTES: Final = 1 << 30
"""Some hundred maps of a square kilometre."""
PATIENCE_S: Final = 60.0
"""How long to wait while another process bakes the same map: ten times what a large one takes."""
_DIGEST: Final = hashlib.sha256().digest_size
_SCALARS: Final = ("x_min", "y_min", "texels_per_metre", "rows", "cols")
_log = logging.getLogger(__name__)


def textures_of(road_map: RoadMap, metres_per_texel: float = METRES_PER_TEXEL) -> Textures:
    """The textures of a map: from disk or baked and kept, unless the map is fleeting. Raises what `bake` raises."""
    graph = road_map.graph
    return bake(graph, metres_per_texel) if road_map.is_fleeting else load_or_bake(graph, metres_per_texel)


def load_or_bake(graph: LaneGraph, metres_per_texel: float = METRES_PER_TEXEL, folder: Path | None = None) -> Textures:
    """The textures of a graph, from disk where they are kept, else baked and kept. Equal to `bake`'s, bit for bit.

    folder: `maps` in the suite's cache unless another is given. A folder that cannot be written to is done without, and
    logged. Raises what `bake` raises.
    """
    path = (folder or cache_root() / "maps") / f"{_name(graph, metres_per_texel)}.textures"
    textures = _read(path)
    if textures is None:
        with _turn(path):
            textures = _read(path)
            if textures is None:
                textures = bake(graph, metres_per_texel)
                _keep(path, textures)
    return textures


def _name(graph: LaneGraph, metres_per_texel: float) -> str:
    digest = hashlib.sha256(f"{metres_per_texel!r} {graph.num_lanes}".encode())
    for path in (*sorted(Path(__file__).parent.glob("*.py")), Path(kinds.__file__)):
        digest.update(path.read_bytes())
    for values in _drawn(graph):
        digest.update(f"{values.dtype} {values.shape}".encode() + np.ascontiguousarray(values).data)
    return digest.hexdigest()[:40]


def _drawn(graph: LaneGraph) -> Iterator[NDArray[Any]]:
    yield from graph.lanes
    yield from graph.points
    yield from graph.dashes
    for lists in (graph.successors, graph.predecessors, graph.stop_lines, graph.crosswalks):
        yield from lists


def _to_bytes(textures: Textures) -> bytes:
    arrays = {name: np.asarray(values) for name, values in textures._asdict().items()}
    body = safetensors.numpy.save(arrays)
    return hashlib.sha256(body).digest() + body


def _read(path: Path) -> Textures | None:
    """Textures of a file, which counts as used from now; None where there is no such file or it is damaged."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    body = memoryview(data)[_DIGEST:]
    if hashlib.sha256(body).digest() != data[:_DIGEST]:
        _log.warning("%s is damaged; baking the map anew", path)
        return None
    try:
        os.utime(path)
    except OSError:
        _log.debug("%s cannot be marked as used", path)
    fields: dict[str, Any] = dict(safetensors.numpy.load(bytes(body)))  # arrays, and numbers kept as such
    for values in fields.values():
        values.flags.writeable = False
    return Textures(**fields | {name: fields[name].item() for name in _SCALARS})


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    """Wait until no other process bakes for this file. Where locks cannot be had, several may: that is only slower."""
    lock = FileLock(path.with_suffix(".lock"), timeout=PATIENCE_S)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except (OSError, Timeout) as error:
        _log.debug("not waiting for a turn at %s: %s", path, error)
        yield
        return
    try:
        yield
    finally:
        lock.release()


def _keep(path: Path, textures: Textures) -> None:
    try:
        write_atomic(path, _to_bytes(textures))
        _remove_old(path.parent, path)
    except (OSError, SuiteError) as error:
        _log.warning("the baked map is not kept: %s", error)


def _remove_old(folder: Path, newest: Path) -> None:
    """Remove what nothing has used for KEPT_DAYS, and the longest unused beyond KEPT_BYTES, but not the newest."""
    oldest, total = time.time() - KEPT_DAYS * 86400, newest.stat().st_size
    others = [(path.stat().st_mtime, path.stat().st_size, path) for path in folder.glob("*.textures") if path != newest]
    for used, size, path in sorted(others, reverse=True):
        total += size
        if used < oldest or total > KEPT_BYTES:
            path.unlink(missing_ok=True)
            path.with_suffix(".lock").unlink(missing_ok=True)
