"""Which lane may go where at a junction: keep to your side for a turn, hold your lane straight on. Source: ours, after StVO 7 and 9."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

STRAIGHT_RAD: Final = math.radians(40.0)
"""Within this of one's heading is straight on."""


class Move(NamedTuple):
    """From a lane of one arm to a lane of another; lanes are counted from the middle of the road outwards."""

    from_arm: int
    from_lane: int
    to_arm: int
    to_lane: int


Allowed = Callable[[int, int], bool]


def lane_moves(
    turns: Sequence[Sequence[float]], leaving: Sequence[int], entering: Sequence[int], allowed: Allowed
) -> list[Move]:
    """All moves of a junction.

    turns[i][j]: heading change from arm i to arm j, radians, left positive; leaving, entering: driving lanes of each arm
    towards and away from the junction; allowed: whether traffic of arm i may go to arm j (never back to its own arm).
    Each lane towards the junction leads somewhere, and each lane away from it is reached, if any arm may.
    """
    arms = range(len(leaving))
    moves: list[Move] = []
    for i in arms:
        goals = [j for j in arms if j != i and leaving[i] and entering[j] and allowed(i, j)]
        moves += _from_arm(i, goals, turns[i], leaving[i], entering)
    for j in arms:
        reached = {move.to_lane for move in moves if move.to_arm == j}
        sources = [i for i in arms if i != j and leaving[i] and allowed(i, j)]
        for lane in sorted(set(range(entering[j])) - reached):
            if sources:
                best = min(sources, key=lambda i: (-leaving[i], abs(turns[i][j])))
                moves.append(Move(best, min(lane, leaving[best] - 1), j, lane))
    return sorted(set(moves))


def _from_arm(i: int, goals: Sequence[int], turn: Sequence[float], lanes: int, entering: Sequence[int]) -> list[Move]:
    lefts = [j for j in goals if turn[j] > STRAIGHT_RAD]
    rights = [j for j in goals if turn[j] < -STRAIGHT_RAD]
    moves = [Move(i, 0, j, 0) for j in lefts]
    moves += [Move(i, lanes - 1, j, entering[j] - 1) for j in rights]
    for j in goals:
        if j not in lefts and j not in rights:
            # fewer lanes beyond: the lanes nearest to the kerb go on, the others have their turn to make
            first = max(lanes - entering[j], 0)
            moves += [Move(i, lane, j, lane - first) for lane in range(first, lanes)]
            moves += [Move(i, lanes - 1, j, lane) for lane in range(lanes, entering[j])]
    used = {move.from_lane for move in moves}
    for lane in sorted(set(range(lanes)) - used):
        if goals:
            nearest = max(goals, key=lambda j: turn[j]) if lane * 2 < lanes else min(goals, key=lambda j: turn[j])
            moves.append(Move(i, lane, nearest, min(lane, entering[nearest] - 1)))
    return moves
