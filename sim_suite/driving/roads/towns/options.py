"""What can be chosen of a generated town. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from sim_suite.errors import SuiteError

MIN_BLOCK_M: Final = 95.0
"""Two junctions' setbacks and 40 m of street between them."""
MAX_BLOCK_M: Final = 400.0


@dataclass(frozen=True)
class TownOptions:
    """Shapes of `generate_town`; checked when built."""

    name: str = "town"
    """The map's name in its header."""
    block_m: float = 130.0
    """Mean distance between neighbouring junctions, 95 to 400 m."""
    irregularity: float = 0.5
    """0 a plain grid, 1 as bent and shifted as still makes good junctions."""
    missing_streets: float = 0.25
    """Share of the inner streets that are left out, 0 to 0.5: blocks of many shapes and T junctions."""
    arterials: int = 2
    """How many main streets with two lanes each way cross the town, 0 to 4."""
    roundabouts: int = 2
    """At most so many, where there is room."""
    parking: bool = True
    """Parking lanes along residential streets."""
    crosswalks: bool = True
    """Crosswalks at junctions."""
    buildings: bool = True
    """Buildings beside the streets, as simple boxes."""
    highway: bool = False
    """A dual carriageway with an exit and an entry along the southern edge; needs 1200 m of width."""
    hills_m: float = 0.0
    """Height difference of the ground, 0 to 20 m."""
    left_hand: bool = False
    """Traffic keeps to the left."""

    def __post_init__(self) -> None:
        """Raise SuiteError for values out of range."""
        ranges = {
            "block_m": (MIN_BLOCK_M, MAX_BLOCK_M), "irregularity": (0.0, 1.0), "missing_streets": (0.0, 0.5),
            "arterials": (0, 4), "roundabouts": (0, 100), "hills_m": (0.0, 20.0),
        }  # fmt: skip
        for option in fields(self):
            if option.name in ranges:
                low, high = ranges[option.name]
                value = getattr(self, option.name)
                if not low <= value <= high:
                    raise SuiteError(
                        f"{option.name} is {value}, which is not from {low:g} to {high:g}. Choose one in that range."
                    )
