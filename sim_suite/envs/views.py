"""The ways in which an environment can be looked at. The suite owns the task; an agent chooses among these views only.

A view is plain data, so it can be saved with a checkpoint and compared before the first episode. `sim_suite.envs.making`
turns it into wrappers.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from sim_suite.errors import SuiteError

Kind = Literal["vector", "pixels", "state", "board", "raster", "both", "sensors"]
KINDS: tuple[Kind, ...] = ("vector", "pixels", "state", "board", "raster", "both", "sensors")
DRAWN: tuple[Kind, ...] = ("raster", "both")
"""Those that show a drawn map; `making.drawn_by` says whether the environment draws it."""
ASKED: tuple[Kind, ...] = (*DRAWN, "sensors")
"""Those that an environment must be told of when it is made, unless it leaves drawing to a wrapper."""
DRAWING: Final = 3
"""Number of the way in which maps are drawn, saved with whatever learned from them. It rises when a pixel comes to mean something else
(`driving/sensors/raster/intensity.py`): 2, lines told what holds traffic there; 3, so do the junction lanes behind a sign."""


@dataclass(frozen=True)
class View:
    """How an agent looks at an environment.

    vector: the environment's own low-dimensional observation (a number of a `Discrete` space or a float vector);
    pixels: its picture, uint8; state: its privileged, typed, read-only state; board: planes with an action mask;
    raster: a drawn top-down map; both: a dictionary of "raster" and "vector"; sensors: what a car really has, its cameras' pictures
    and readings of navigation sensors.
    """

    kind: Kind
    size: tuple[int, int] | None = None
    """pixels only: (height, width) to resize to with area averaging; None keeps the environment's own size."""
    grey: bool = False
    """pixels only: one luminance channel instead of three colours."""
    stack: int = 1
    """pixels only: how many frames, the newest last, are stacked into the first axis; 1 adds no axis."""
    raster: str | None = None
    """raster and both only: name of a preset (`sim_suite.driving.sensors.raster.raster_spec`); None keeps the environment's own."""
    positioning: str | None = None
    """sensors only: which receiver (`sim_suite.driving.sensors.navigation.positioning`); None keeps the environment's own."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise SuiteError(f"view kind must be one of {', '.join(KINDS)}, not {self.kind!r}.")
        if self.kind != "pixels" and (self.size is not None or self.grey or self.stack != 1):
            raise SuiteError(f"size, grey and stack belong to a 'pixels' view, not to {self.kind!r}.")
        if self.kind not in DRAWN and self.raster is not None:
            raise SuiteError(f"raster names a preset for a 'raster' view; it does not belong to {self.kind!r}.")
        if self.kind != "sensors" and self.positioning is not None:
            raise SuiteError(
                f"positioning names the receiver of a 'sensors' view; it does not belong to {self.kind!r}."
            )
        if self.stack < 1 or (self.size is not None and min(self.size) < 1):
            raise SuiteError(
                f"a pixels view needs stack >= 1 and a positive size, not stack={self.stack}, size={self.size}."
            )

    @property
    def asked(self) -> dict[str, str]:
        """What an environment that draws the view itself is told of it (ASKED)."""
        named = {"observation": self.kind, "raster": self.raster, "positioning": self.positioning}
        return {name: value for name, value in named.items() if value is not None}

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON and TOML."""
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in asdict(self).items()
            if value is not None
        }

    @staticmethod
    def from_dict(data: dict[str, Any]) -> View:
        """The inverse of `to_dict`. Raises `SuiteError` on an unknown key."""
        unknown = set(data) - {"kind", "size", "grey", "stack", "raster", "positioning"}
        if unknown or "kind" not in data:
            raise SuiteError(
                f"a view has the keys kind, size, grey, stack, raster, positioning; seen: {', '.join(map(str, data)) or 'none'}."
            )
        size = data.get("size")
        return View(
            data["kind"],
            None if size is None else (int(size[0]), int(size[1])),
            bool(data.get("grey", False)),
            int(data.get("stack", 1)),
            None if data.get("raster") is None else str(data["raster"]),
            None if data.get("positioning") is None else str(data["positioning"]),
        )

    def __str__(self) -> str:
        if self.kind != "pixels":
            return " ".join(self.asked.values())
        size = "" if self.size is None else f" {self.size[0]}x{self.size[1]}"
        return f"pixels{size}{' grey' if self.grey else ''}{f' x{self.stack}' if self.stack > 1 else ''}"


VECTOR = View("vector")
PIXELS = View("pixels")
STATE = View("state")
RASTER = View("raster")
ATARI = View("pixels", size=(84, 84), grey=True, stack=4)
"""The preprocessing of Mnih et al. 2015 (Nature 518): 84 x 84, luminance, four frames."""
