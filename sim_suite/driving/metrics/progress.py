"""Progress along the route, 0 to 1, and whether it is enough.

Source: motional/nuplan-devkit, `ego_progress_along_expert_route.py`, `ego_is_making_progress.py` and their configuration (master,
commit e924167), where both thresholds were checked. Ours: the original divides by what an expert covered in the same seconds.
There is no expert here, so the length of the route takes its place: stricter, since it asks for all of the route.
"""

from __future__ import annotations

from typing import Final

LEAST_M: Final = 2.0
"""score_progress_threshold: shorter ways count as so long."""
ENOUGH: Final = 0.2
"""min_progress_threshold"""


def progress_ratio(progress_m: float, route_length_m: float) -> float:
    """Metres of the route behind over its length, both at least LEAST_M; 0 where the ego went backward by more than that."""
    if progress_m < -LEAST_M:
        return 0.0
    return min(1.0, max(progress_m, LEAST_M) / max(route_length_m, LEAST_M))


def making_progress(ratio: float) -> float:
    """1 where the ratio reaches ENOUGH, else 0."""
    return float(ratio >= ENOUGH)
