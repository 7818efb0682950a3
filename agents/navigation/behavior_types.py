"""What the three characters of BehaviorAgent like, under the names of CARLA's PythonAPI. The numbers are CARLA's 0.9.16;
`overtake_counter` is ours.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Normal:
    """Between the other two. Fields may be set while an agent drives."""

    max_speed: float = 50.0
    """km/h, whatever the limit."""
    speed_lim_dist: float = 3.0
    """km/h below the speed limit."""
    speed_decrease: float = 10.0
    """km/h slower than somebody in front whom it would hit within `safety_time`."""
    safety_time: float = 3.0
    """Seconds to a collision, below which it slows down."""
    min_proximity_threshold: float = 10.0
    """Metres that must be free for a change of lanes."""
    braking_distance: float = 5.0
    """Metres between bodies, below which it stops at once."""
    tailgate_counter: int = 0
    """Steps until it may make room for somebody behind; below 0: never."""
    overtake_counter: int = 0
    """Steps until it may overtake; below 0: never."""


@dataclass
class Cautious(Normal):
    """Slower and farther away, and overtakes nobody."""

    max_speed: float = 40.0
    speed_lim_dist: float = 6.0
    speed_decrease: float = 12.0
    min_proximity_threshold: float = 12.0
    braking_distance: float = 6.0
    overtake_counter: int = -1


@dataclass
class Aggressive(Normal):
    """Faster and nearer, and makes room for nobody."""

    max_speed: float = 70.0
    speed_lim_dist: float = 1.0
    speed_decrease: float = 8.0
    min_proximity_threshold: float = 8.0
    braking_distance: float = 4.0
    tailgate_counter: int = -1
