"""What agents and planners may be told in their `opt_dict`: the keys and defaults of CARLA 0.9.16, and a few of ours.

A key that nobody knows is passed over with a warning, since scripts hand one dictionary to several classes.
"""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_outside

DT_S = 0.05
"""A step of CARLA's agents: 20 a second."""
STANDING_HIGH = 1e6
"""No bound from above."""


@dataclass(frozen=True)
class Gains:
    """Of a PID controller, under CARLA's keys."""

    K_P: float = 1.0
    K_I: float = 0.0
    K_D: float = 0.0
    dt: float = 0.03
    """Seconds between steps."""

    def __post_init__(self) -> None:
        refuse_outside(self, "dt", 0.0, STANDING_HIGH, open_below=True)

    @classmethod
    def of(cls, told: Mapping[str, float]) -> Self:
        """From a dictionary such as {"K_P": 1.0, "K_I": 0.05, "K_D": 0.0, "dt": 0.05}. Raises SuiteError for other keys."""
        known = {one.name for one in fields(cls)}
        for name in told:
            if name not in known:
                raise SuiteError(f"a PID controller has no {name!r}. Give K_P, K_I, K_D and dt, not {dict(told)}.")
        return cls(**told)


def _lateral() -> dict[str, float]:
    return {"K_P": 1.95, "K_I": 0.05, "K_D": 0.2, "dt": DT_S}


def _longitudinal() -> dict[str, float]:
    return {"K_P": 1.0, "K_I": 0.05, "K_D": 0.0, "dt": DT_S}


@dataclass(frozen=True)
class LocalPlannerOptions:
    """How a planned path is followed."""

    dt: float = DT_S
    """Seconds between steps; of the controllers too, where they are not told another."""
    target_speed: float = 20.0
    """km/h."""
    sampling_radius: float = 2.0
    """Metres between waypoints where the planner roams."""
    lateral_control_dict: Mapping[str, float] = field(default_factory=_lateral)
    longitudinal_control_dict: Mapping[str, float] = field(default_factory=_longitudinal)
    max_throttle: float = 0.75
    max_brake: float = 0.3
    max_steering: float = 0.8
    offset: float = 0.0
    """Metres to the right of the lane's centre."""
    base_min_distance: float = 3.0
    """Metres to the waypoint that is steered at, standing."""
    distance_ratio: float = 0.5
    """How many metres farther it is for each m/s."""
    follow_speed_limits: bool = False
    seed: int = 0
    """Ours: of the ways chosen where the planner roams."""

    def __post_init__(self) -> None:
        for name in ("dt", "sampling_radius"):
            refuse_outside(self, name, 0.0, STANDING_HIGH, open_below=True)
        for name in ("max_throttle", "max_brake", "max_steering"):
            refuse_outside(self, name, 0.0, 1.0)
        for name in ("base_min_distance", "distance_ratio"):
            refuse_outside(self, name, 0.0, STANDING_HIGH)

    @classmethod
    def of(cls, opt_dict: Mapping[str, Any]) -> Self:
        """Those keys of the dictionary that are the planner's."""
        told = {one.name: opt_dict[one.name] for one in fields(cls) if one.name in opt_dict}
        if "dt" in told:
            told.setdefault("lateral_control_dict", _lateral() | {"dt": told["dt"]})
            told.setdefault("longitudinal_control_dict", _longitudinal() | {"dt": told["dt"]})
        return cls(**told)


@dataclass(frozen=True)
class BasicAgentOptions:
    """What an agent heeds, and from how far."""

    ignore_traffic_lights: bool = False
    ignore_stop_signs: bool = False
    ignore_vehicles: bool = False
    ignore_walkers: bool = False
    """Ours: people on the path."""
    use_bbs_detection: bool = False
    """CARLA's, and without effect: what is in the way is always found by its outline."""
    sampling_resolution: float = 2.0
    """Metres between waypoints of routes."""
    base_tlight_threshold: float = 5.0
    """Metres from the vehicle's middle to the line at which it stands."""
    base_vehicle_threshold: float = 5.0
    """Metres to whoever is in front, standing."""
    detection_speed_ratio: float = 1.0
    """How many metres more for each m/s: the time gap in seconds."""
    max_brake: float = 0.5
    """Of an emergency stop."""
    offset: float = 0.0
    """Metres to the right of the lane's centre."""

    def __post_init__(self) -> None:
        refuse_outside(self, "sampling_resolution", 0.0, STANDING_HIGH, open_below=True)
        refuse_outside(self, "max_brake", 0.0, 1.0)
        for name in ("base_tlight_threshold", "base_vehicle_threshold", "detection_speed_ratio"):
            refuse_outside(self, name, 0.0, STANDING_HIGH)

    @classmethod
    def of(cls, opt_dict: Mapping[str, Any]) -> Self:
        """Those keys of the dictionary that are the agent's."""
        return cls(**{one.name: opt_dict[one.name] for one in fields(cls) if one.name in opt_dict})


@dataclass(frozen=True)
class ConstantVelocityOptions:
    """What ConstantVelocityAgent does after a collision."""

    restart_time: float = float("inf")
    """Seconds until it takes up its velocity again."""
    use_basic_behavior: bool = False
    """Whether it drives as BasicAgent does until then; else it rolls."""

    @classmethod
    def of(cls, opt_dict: Mapping[str, Any]) -> Self:
        """Those keys of the dictionary that are this agent's."""
        return cls(**{one.name: opt_dict[one.name] for one in fields(cls) if one.name in opt_dict})


def warn_of_unknown(opt_dict: Mapping[str, Any]) -> None:
    """Warn of each key that no agent or planner knows, with the nearest that there is."""
    known = [
        one.name for cls in (LocalPlannerOptions, BasicAgentOptions, ConstantVelocityOptions) for one in fields(cls)
    ]
    for name in opt_dict:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            guess = f" Did you mean {near[0]!r}?" if near else ""
            warnings.warn(f"opt_dict: {name!r} is no option of an agent; it has no effect.{guess}", stacklevel=3)
