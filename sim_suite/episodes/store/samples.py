"""Datasets that come with the suite, named sample:NAME where a folder of episodes is asked for. Source: ours.

Recorded by scripted experts through the recorder that records people, by

    sim-suite episodes record sim_suite/CarRacing-v0 --agent car-racing-pursuit --episodes 2 --out FOLDER
    sim-suite episodes record sim_suite/Driving-v0 --agent pdm --set map=village --episodes 2 --out FOLDER
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sim_suite.errors import SuiteError

PREFIX: Final = "sample:"
_HOME: Final = Path(__file__).resolve().parent.parent / "samples"


def sample_names() -> list[str]:
    """All of them, in the order of the alphabet."""
    return sorted(path.parent.name for path in _HOME.glob("*/dataset.json"))


def is_sample(folder: Path) -> bool:
    """Whether a folder is named as a sample, or is one: samples are read, not written to."""
    return str(folder).startswith(PREFIX) or _HOME in folder.resolve().parents


def locate(folder: Path) -> Path:
    """The folder that is meant. Raises `SuiteError` for a sample that is none."""
    name = str(folder)
    if not name.startswith(PREFIX):
        return folder
    if name.removeprefix(PREFIX) not in sample_names():
        known = ", ".join(PREFIX + one for one in sample_names())
        raise SuiteError(f"there is no {name}. Samples are {known}.")
    return _HOME / name.removeprefix(PREFIX)
