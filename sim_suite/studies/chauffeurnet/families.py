"""The closed-loop families of the paper, and what can come of a variation of each. Source: Bansal et al. 2018, section 6.3, figure 7.

The classes of outcomes are the paper's, and beside them what the paper's pies have no slice for: leaving the road or the lane. A verdict
falls into the first class of a family that fits it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sim_suite.errors import UnknownNameError
from sim_suite.leaderboard.trials.verdict import Verdict

SCENES: Final = Path(__file__).parent / "scenes"
COLLIDES: Final = "collides"
STUCK: Final = "stuck"
LEAVES_ROAD: Final = "leaves the road"
LEAVES_LANE: Final = "leaves the lane"
RUNS: Final = "runs it"
FOLLOWS_SHARE: Final = 0.5
"""Who comes less than so far along, in shares of the way of the slow car ahead, does not follow it (ours)."""


@dataclass(frozen=True)
class Family:
    """One family of scenarios."""

    name: str
    title: str
    scenario: str
    """As `sim-suite run` names it."""
    good: str
    """The class of those that pass."""
    broken: Mapping[str, str]
    """Classes of those that break a criterion, by the criterion's name, the gravest first; STUCK are all that remain."""
    paper: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Per cent of 20 by model, in the order of `paper_classes`; empty where the paper gives no figures."""
    paper_classes: tuple[str, ...] = ()
    caveat: str = ""
    follows: tuple[str, float] | None = None
    """The parameter with the speed in km/h of somebody ahead, and for how many s: who lags far behind does not pass."""

    @property
    def classes(self) -> tuple[str, ...]:
        """All that can come of a variation, the good one first."""
        return tuple(dict.fromkeys((self.good, *self.broken.values(), STUCK)))

    @property
    def source(self) -> str:
        """What finds the scenario: a name, or a path of this study's own scenes."""
        own = SCENES / f"{self.scenario}.py"
        return str(own) if own.is_file() else self.scenario

    @property
    def command(self) -> str:
        """The scenario as one would name it in a checkout."""
        own = SCENES / f"{self.scenario}.py"
        return f"sim_suite/studies/chauffeurnet/scenes/{own.name}" if own.is_file() else self.scenario

    def outcome(self, verdict: Verdict) -> str:
        """The class of a verdict."""
        broken = {one.name for one in verdict.criteria if not one.held}
        for criterion, what in self.broken.items():
            if criterion in broken:
                return what
        if broken or self._lags(verdict):
            return STUCK
        return self.good

    def _lags(self, verdict: Verdict) -> bool:
        if self.follows is None:
            return False
        speed, seconds = self.follows
        way_m = verdict.values[speed] / 3.6 * seconds
        return verdict.measures.get("distance_m", 0.0) < FOLLOWS_SHARE * way_m


_PAPER_NUDGE: Final = MappingProxyType(
    {"M0": (20, 50, 30), "M1": (55, 45, 0), "M2": (40, 60, 0), "M3": (55, 45, 0), "M4": (90, 10, 0)}
)
_PAPER_RECOVERY: Final = MappingProxyType(
    {"M0": (0, 100), "M1": (50, 50), "M2": (50, 50), "M3": (100, 0), "M4": (100, 0)}
)
_PAPER_SLOW: Final = MappingProxyType({"M0": (75,), "M1": (95,), "M2": (95,), "M3": (100,), "M4": (85,)})
_FINE: Final = "the paper says of this family that all models handle it"
FAMILIES: Final[Mapping[str, Family]] = MappingProxyType({
    one.name: one
    for one in (
        Family(
            "nudge", "Nudging round a parked car", "nudge", "passes",
            {"no_collision": COLLIDES, "stays_on_road": LEAVES_ROAD},
            _PAPER_NUDGE, ("passes", COLLIDES, STUCK),
        ),
        Family(
            "recovery", "Recovering from a perturbed start", "recovery", "recovers", {}, _PAPER_RECOVERY, ("recovers", STUCK),
        ),
        Family(
            "slow_car", "Slowing down for a slow car", "slow_car", "slows down",
            {"no_collision": COLLIDES, "stays_on_road": LEAVES_ROAD},
            _PAPER_SLOW, ("slows down",),
            "the figure leaves open how the failures divide: the text says that most models collide at the largest difference of "
            "speeds, and that two of M4's touch the left edge of the road",
            ("lead_kmh", 20.0),
        ),
        Family(
            "stop_sign", "Stopping at a stop sign", "stop_sign", "stops and goes on",
            {"no_collision": COLLIDES, "stops_at_stop_sign": RUNS, "stays_on_road": LEAVES_ROAD}, caveat=_FINE,
        ),
        Family(
            "red_light", "Stopping at a red light", "red_light", "stops and goes on",
            {"no_collision": COLLIDES, "stops_at_red": RUNS, "stays_on_road": LEAVES_ROAD}, caveat=_FINE,
        ),
        Family(
            "straight", "Following a straight lane", "straight", "follows",
            {"stays_on_road": LEAVES_ROAD, "stays_in_lane": LEAVES_LANE}, caveat=_FINE,
        ),
        Family(
            "curve", "Following a winding lane", "curve", "follows",
            {"stays_on_road": LEAVES_ROAD, "stays_in_lane": LEAVES_LANE}, caveat=_FINE,
        ),
    )
})  # fmt: skip
"""By name, in the paper's order."""


def family(name: str) -> Family:
    """One of FAMILIES. Raises `UnknownNameError`."""
    if name not in FAMILIES:
        raise UnknownNameError("family", name, FAMILIES)
    return FAMILIES[name]
