"""The map of a CARLA server as one of ours: by its name where we have the same one, else kept as a file of the user's cache, so that
everything that finds maps by name or path (textures, replays, agents) finds it. Source: ours.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from sim_suite.compiling.folders import cache_root
from sim_suite.driving.documents.files import file_bytes
from sim_suite.driving.documents.xml import MOST_BYTES
from sim_suite.driving.roads.maps import SUFFIX, find_map, map_paths
from sim_suite.driving.roads.opendrive.findings import OPENDRIVE
from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic

_DIGITS: Final = 16
"""Of the hash in a file's name."""


def our_map(name: str, text: str) -> str:
    """What we call the map of a server. name: as the server calls it; text: its OpenDRIVE."""
    last = name.rsplit("/", 1)[-1]
    if last in map_paths() and text_of(last) == text:
        return last
    data = text.encode(errors="surrogateescape")
    word = re.sub(r"[^\w.-]+", "-", last) or "map"
    path = cache_root() / "carla_maps" / f"{word}-{hashlib.sha256(data).hexdigest()[:_DIGITS]}{SUFFIX}"
    if not path.is_file() or path.read_bytes() != data:
        write_atomic(path, data)
    return str(path)


def text_of(name: str) -> str:
    """A map of ours as text to be sent. Raises `SuiteError` where there is none."""
    data = file_bytes(find_map(name), MOST_BYTES, OPENDRIVE)
    return data.decode("utf-8-sig", errors="surrogateescape")


def text_to_send(name: str) -> str:
    """As `text_of`; empty where the map is not one of ours, but the server's own."""
    try:
        find_map(name)
    except SuiteError:
        return ""
    return text_of(name)
