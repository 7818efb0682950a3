"""At which angle and how far from its middle the streets of a junction begin. Source: ours.

Streets that face each other are brought into line, so that traffic goes straight on; every street is set back until the
corners between it and its neighbours have room for a kerb of `KERB_RADIUS_M` and the sidewalks behind it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from sim_suite.driving.roads.towns.blends import EASE
from sim_suite.driving.roads.towns.paths import wrap

KERB_RADIUS_M: Final = 3.5
"""Of the outer edge of the sidewalk round a corner; the innermost lane then turns at 7 m or more."""
MIN_SETBACK_M: Final = 9.0
_IN_LINE_RAD: Final = math.radians(45.0)
_MIN_BETWEEN_RAD: Final = math.radians(62.0)
"""Between neighbouring streets of a junction."""


def in_line(angles: Sequence[float]) -> list[float]:
    """The angles at which streets leave a junction, moved so that opposite ones face each other exactly.

    angles: where each street wants to go, radians, counter-clockwise in order. Two streets always make one line.
    """
    out = list(angles)
    free = set(range(len(out)))
    pairs = sorted(
        (abs(wrap(out[i] - out[j] - math.pi)), i, j) for i in range(len(out)) for j in range(i + 1, len(out))
    )
    for off, i, j in pairs:
        if i in free and j in free and (off < _IN_LINE_RAD or len(out) == 2):
            axis = out[i] + 0.5 * wrap(out[j] + math.pi - out[i])
            out[i], out[j] = wrap(axis), wrap(axis + math.pi)
            free -= {i, j}
    for i in sorted(free):
        out[i] = _clear_of(out, i)
    return out


def _clear_of(angles: Sequence[float], index: int) -> float:
    """An angle moved away from its neighbours, if they are too near."""
    own = angles[index]
    after = (angles[(index + 1) % len(angles)] - own) % (2.0 * math.pi)
    before = (own - angles[index - 1]) % (2.0 * math.pi)
    if after < _MIN_BETWEEN_RAD:
        own -= min(_MIN_BETWEEN_RAD - after, max(0.0, before - _MIN_BETWEEN_RAD))
    elif before < _MIN_BETWEEN_RAD:
        own += min(_MIN_BETWEEN_RAD - before, max(0.0, after - _MIN_BETWEEN_RAD))
    return wrap(own)


def setbacks(angles: Sequence[float], half_widths: Sequence[float]) -> list[float]:
    """How far from the junction's middle each street ends, metres. half_widths: sidewalks included."""
    back = [MIN_SETBACK_M] * len(angles)
    for i in range(len(angles)):
        j = (i + 1) % len(angles)
        between = (angles[j] - angles[i]) % (2.0 * math.pi)
        if between >= math.radians(165.0):
            continue
        # where the outer edges meet, and the tangents of a curve that rounds that corner
        tangent = KERB_RADIUS_M * (1.0 + EASE) * math.tan(0.5 * (math.pi - between))
        for one, other in ((i, j), (j, i)):
            meet = (half_widths[other] + half_widths[one] * math.cos(between)) / math.sin(between)
            back[one] = max(back[one], meet + tangent)
    return back
