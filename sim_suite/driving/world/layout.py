"""The arrays of many worlds, and which column means what. Source: ours.

W worlds, A slots for actors in each, N of them (the first) for agents with routes. A world is a row of every array: copying
rows is a snapshot. Few wide arrays go into kernels more cheaply than many narrow ones, and what belongs to one actor lies
together in memory. float32 throughout; integers are int32.

World frame: x east, y north, yaw counter-clockwise, metres, radians, seconds. Positions count from the terrain's origin,
(0, 0) unless the map lies so far out that float32 would lose millimetres. A pose is that of the box's centre.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Shorts = NDArray[np.int8]

# Columns of `State.body`, [W, A, BODY] float32.
X: Final = 0
Y: Final = 1
YAW: Final = 2
SPEED: Final = 3
"""Along the velocity's direction, m/s; negative in reverse. The velocity points to YAW + SLIP."""
SLIP: Final = 4
"""Angle from the heading to the velocity at the centre, rad."""
YAW_RATE: Final = 5
STEER: Final = 6
"""Angle of the front wheels, rad, left positive."""
ACCEL: Final = 7
"""What the speed changed by in the last tick, m/s^2."""
LENGTH: Final = 8
WIDTH: Final = 9
WHEELBASE: Final = 10
WISH: Final = 11
"""Traffic: the speed that it would choose, as a share of the limit. Pedestrians: m/s."""
HEADWAY: Final = 12
"""Traffic: time gap to the leader, s (IDM's T)."""
ARC: Final = 13
"""Along the first lane of the path, m."""
LATERAL: Final = 14
"""From the centre of the path, m, left positive."""
HEADING_ERROR: Final = 15
"""Heading minus that of the path, [-pi, pi]."""
OFFSET: Final = 16
"""Traffic: where beside the lane's centre it means to drive, m, left positive."""
LANE_ARC: Final = 17
"""Along the lane that it is on (mind's LANE), m; agents may be elsewhere than on their path."""
LANE_LATERAL: Final = 18
ROUTE_ARC: Final = 19
"""Agents: metres of the route that lie behind, never falling."""
SPEED_LIMIT: Final = 20
"""Where it is, m/s; of agents no more than TOLD_SPEED."""
GAP: Final = 21
"""To the leader's rear, m, a tick ago; 1000 where there is none."""
GOAL_X: Final = 22
"""Pedestrians: where they are walking to."""
GOAL_Y: Final = 23
IMPULSE: Final = 24
"""Direction of the last collision's impulse, relative to the heading, rad."""
TOLD_SPEED: Final = 25
"""Agents: the greatest speed that they have been told to drive, m/s; 0: none, as after a reset. Rules do not judge by it."""
BODY: Final = 26

# Columns of `State.mind`, [W, A, MIND] int32.
KIND: Final = 0
"""ActorKind."""
CONTROL: Final = 1
"""Control."""
MODEL: Final = 2
"""Model."""
ID: Final = 3
"""Number of the actor in its world: never used again, whichever slot it is in. Random numbers are drawn by it."""
LANE: Final = 4
"""The lane that it is on, -1 where none is near."""
SIDE_LANE: Final = 5
"""A second lane that its box reaches into, or -1."""
LAST_LANE: Final = 6
"""The lane of the path before the first, or -1."""
LEG: Final = 7
"""Agents: the leg of the route that comes first in the path. Pedestrians: 1 along their sidewalk, -1 against it."""
WAIT: Final = 8
"""Ticks that it has stood."""
SIGNALS: Final = 9
"""BRAKE_LIGHT | LEFT_INDICATOR | RIGHT_INDICATOR."""
CHANGED: Final = 10
"""Tick of the last change of lane."""
STOPPED: Final = 11
"""The stop line (index) at which it has stood, or -1."""
ENTERED: Final = 12
"""Tick at which it entered the junction that it is in, or -1."""
CROSSWALK: Final = 13
"""Pedestrians: the crosswalk that they are on or wait at, or -1."""
PHASE: Final = 14
"""Pedestrians: WALKING, WAITING, CROSSING or RESTING."""
UNTIL: Final = 15
"""Pedestrians: the tick until which a phase lasts."""
CONTACT: Final = 16
"""ID of the actor last touched, or -1."""
CONTACT_TICK: Final = 17
GOING_ON: Final = 18
"""Bits of the events that have begun and not ended: bit k for EventKind k."""
BORN: Final = 19
"""Tick at which it came into the world."""
FORKS: Final = 20
"""How many forks it has chosen at: the counter of its random draws."""
FULL: Final = 21
"""Traffic: 1 where it waited a tick ago because the road beyond the junction is full."""
HELD: Final = 22
"""Traffic: ticks for which it has been the first before a junction, since it stood or crept there; 0 in the junction."""
MIND: Final = 23

WALKING, WAITING, CROSSING, RESTING = range(4)
"""Phases of pedestrians."""
FULL_MARK: Final = 4000.0
"""See `State.controls`; gaps are at most 1000."""

# Columns of `State.world`, [W, WORLD] int32.
TICK: Final = 0
SEED_LOW: Final = 1
SEED_HIGH: Final = 2
NUM_ACTORS: Final = 3
"""Slots in use are the first so many; among them are empty ones."""
NEXT_ID: Final = 4
NUM_EVENTS_NOW: Final = 5
"""Rows of the event list that are filled; counts on when the list is full."""
BUBBLE_M: Final = 6
"""Traffic lives within this of the first agent; 0: on all of the map."""
JUDGED: Final = 7
"""Whose rules are watched: 0 agents', 1 everybody's."""
WORLD: Final = 8

# Columns of `State.weather`, [W, WEATHER] float32.
FRICTION: Final = 0
"""Of the road, 1 dry asphalt (about 0.5 wet, 0.2 snow)."""
VISIBILITY: Final = 1
"""Metres."""
DARKNESS: Final = 2
"""0 noon to 1 night; for drawing."""
RAIN: Final = 3
"""0 to 1; for drawing."""
WEATHER: Final = 4

PATH: Final = 8
"""Lanes that an actor looks ahead."""
MAX_EVENTS: Final = 64
"""Of one world between two readings."""


class State(NamedTuple):
    """All worlds. Kernels take it as one argument and write it in place."""

    body: Floats
    """[W, A, BODY]"""
    mind: Ints
    """[W, A, MIND]"""
    path: Ints
    """[W, A, PATH] Lanes ahead, the present one first; -1 after the last."""
    span: Floats
    """[W, A, PATH, 2] The stretch of each, from arc to arc: all of it for traffic, the route's leg for agents."""
    controls: Floats
    """[W, A, 3] steer in [-1, 1] of the largest wheel angle, left positive; throttle, brake in [0, 1]. Of agents, written before a
    step. The traffic model writes (wheel angle rad, acceleration m/s^2, gap to the leader m, plus FULL_MARK where it is FULL)."""
    legs: Ints
    """[W, N, R] Lanes of the agents' routes; -1 after the last."""
    leg_span: Floats
    """[W, N, R, 2] From arc to arc."""
    leg_arc: Floats
    """[W, N, R + 1] Where each leg begins along the route, m; the last entry in use is the route's length."""
    world: Ints
    """[W, WORLD]"""
    weather: Floats
    """[W, WEATHER]"""
    lights: Shorts
    """[W, G] What a group of lights is told to show (Light); -1: what its programme says."""
    event: Ints
    """[W, MAX_EVENTS, 4] tick, EventKind, actor's slot, partner's slot (-1 none)."""
    event_place: Floats
    """[W, MAX_EVENTS, 4] x, y, and two values: of a collision the impulse's direction relative to the heading (rad) and the closing
    speed (m/s); of the others a measure (speed over the limit, metres off the route) and 0."""
    tally: Ints
    """[W, N, 16] Agents: how often each EventKind has begun since the reset; collisions with pedestrians, vehicles and others at 11,
    12 and 13."""
    trail: Floats
    """[W, A, H, 4] The last H poses x, y, yaw and kind + 1 (0: none), every TRAIL_TICKS, newest first; H may be 0."""

    @property
    def num_worlds(self) -> int:
        """W."""
        return int(self.body.shape[0])


TRAIL_TICKS: Final = 4
"""0.2 s: ChauffeurNet's spacing of past frames (Bansal et al. 2018, table 1)."""
TALLY_PEDESTRIAN, TALLY_VEHICLE, TALLY_OTHER = 11, 12, 13


def new_state(worlds: int, actors: int, agents: int, groups: int, *, max_legs: int, trail: int = 0) -> State:
    """Empty worlds. groups: of lights on the map; max_legs: R; trail: H."""
    state = State(
        body=np.zeros((worlds, actors, BODY), np.float32),
        mind=np.zeros((worlds, actors, MIND), np.int32),
        path=np.full((worlds, actors, PATH), -1, np.int32),
        span=np.zeros((worlds, actors, PATH, 2), np.float32),
        controls=np.zeros((worlds, actors, 3), np.float32),
        legs=np.full((worlds, agents, max_legs), -1, np.int32),
        leg_span=np.zeros((worlds, agents, max_legs, 2), np.float32),
        leg_arc=np.zeros((worlds, agents, max_legs + 1), np.float32),
        world=np.zeros((worlds, WORLD), np.int32),
        weather=np.zeros((worlds, WEATHER), np.float32),
        lights=np.full((worlds, groups), -1, np.int8),
        event=np.zeros((worlds, MAX_EVENTS, 4), np.int32),
        event_place=np.zeros((worlds, MAX_EVENTS, 4), np.float32),
        tally=np.zeros((worlds, agents, 16), np.int32),
        trail=np.zeros((worlds, actors, trail, 4), np.float32),
    )
    state.weather[:, FRICTION] = 1.0
    state.weather[:, VISIBILITY] = 300.0
    return state
