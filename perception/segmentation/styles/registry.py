"""The styles by name, those for training and those that are held out: `styles.toml`, whose digest a test holds. Source: ours."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from perception.segmentation.styles.style import Style
from sim_suite.files import canonical_json
from sim_suite.settings import build_config
from sim_suite.toml_files import read_toml

FILE: Final = Path(__file__).with_name("styles.toml")


class Styles(NamedTuple):
    """What is shown to a network, and what is kept from it."""

    training: tuple[Style, ...]
    held_out: tuple[Style, ...]


@cache
def styles() -> Styles:
    """All of them, in the file's order."""
    data = read_toml(FILE)
    return Styles(_built(data["training"]), _built(data["held_out"]))


def digest() -> str:
    """SHA-256 of what the file says, whatever its layout: results on another list are not to be compared."""
    return hashlib.sha256(canonical_json(read_toml(FILE)).encode()).hexdigest()


def _built(tables: dict[str, Any]) -> tuple[Style, ...]:
    return tuple(build_config(Style, {"name": name, **values}, f"style {name}") for name, values in tables.items())
