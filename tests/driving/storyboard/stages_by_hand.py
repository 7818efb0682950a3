"""A straight street and worlds on it, in which storyboards are played: every place can be worked out by hand.

Road "a" runs from (0, 0) to (200, 0), its sections meet at s = 120; road "b" goes on to (300, 0), where the street ends. Lanes are
3.5 m wide: -2 and -1 run east with their centres at y = -5.25 and -1.75, 1 and 2 run west at 1.75 and 5.25.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from sim_suite.driving.roads.maps import read_map
from sim_suite.driving.roads.opendrive.writer import to_xml
from sim_suite.driving.storyboard.elements.actions import AbsoluteTargetSpeed, SpeedAction, TeleportAction
from sim_suite.driving.storyboard.elements.conditions import SimulationTimeCondition
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.elements.positions import LanePosition, WorldPosition
from sim_suite.driving.storyboard.elements.story import (
    Act,
    Event,
    InitAction,
    Maneuver,
    ManeuverGroup,
    NamedAction,
    Story,
    Storyboard,
)
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.script import trigger
from sim_suite.driving.storyboard.staging import cast as c
from sim_suite.driving.storyboard.staging.perform import perform
from sim_suite.driving.storyboard.staging.player import Player
from sim_suite.driving.storyboard.staging.view import View
from sim_suite.driving.world.terrain import prepare
from sim_suite.driving.world.world import World, WorldOptions
from tests.driving.roads.graph import straight

EAST, FAR_EAST, WEST, FAR_WEST = -1.75, -5.25, 1.75, 5.25
"""y of the lanes' centres."""


def street(**more):
    """The document; more: of road "a"."""
    first = straight.two_way(after=True, lanes=2)
    second = replace(straight.two_way(before=True, after=True, lanes=2), s=120.0)
    end = straight.two_way(before=True, lanes=2)
    return straight.document(
        straight.road("a", first, second, length=200.0, after=("road", "b", "start"), **more),
        straight.road("b", end, start=(200.0, 0.0), before=("road", "a", "end")),
    )


@cache
def street_map():
    """The street, made ready once."""
    return prepare(read_map(to_xml(street()).encode()))


def at(lane, s, **more):
    """A place on road "a"."""
    return LanePosition("a", lane, s, **more)


def begin(who, position, speed=0.0):
    """Init actions of an entity."""
    return [
        InitAction(who, TeleportAction(position)),
        InitAction(who, SpeedAction(AbsoluteTargetSpeed(speed))),
    ]


def event(name, action, when=0.0, **more):
    """An event of one or more actions; when: seconds, or a trigger."""
    many = action if isinstance(action, tuple) else (action,)
    start = trigger(SimulationTimeCondition(when, "greaterOrEqual")) if isinstance(when, float) else when
    named = tuple(NamedAction(name if len(many) == 1 else f"{name} {k}", one) for k, one in enumerate(many))
    return Event(name, named, start, **more)


def story(*events, actors=("car",), stop=None, act_stop=None, max_executions=1, **more):
    """Events of the same actors."""
    group = ManeuverGroup("group", actors, (Maneuver("maneuver", events),), max_executions, **more)
    return Storyboard((), (Story("story", (Act("act", (group,), stop=act_stop),)),), stop)


def scenario(init, board=None, entities=(), parameters=(), criteria=(), **more):
    """Car "car", car "ego" and whoever is said beside."""
    board = Storyboard() if board is None else board
    board = Storyboard(tuple(init), board.stories, board.stop)
    known = {one.name for one in entities}
    usual = [Entity(name) for name in ("ego", "car") if name not in known]
    return Scenario("by_hand", "street", (*usual, *entities), board, criteria, parameters=parameters, **more)


class Playing:
    """A scenario in W worlds; the ego stands far away on the last lane where nothing else is said."""

    def __init__(self, said, worlds=1, values=None, driving_map=None):
        self.map = street_map() if driving_map is None else driving_map
        slots = len(said.entities)
        self.world = World(self.map, worlds, WorldOptions(agents=0, vehicles=0, spare=slots))
        self.world.reset([0] * worlds)
        self.view = View(self.map, self.world.state, said, values or {})
        self.player = Player(said, self.view)
        self.everywhere = np.ones(worlds, np.bool_)
        self.player.begin(self.everywhere)

    def tick(self, ticks=1, live=None):
        for _ in range(ticks):
            self.player.tick(self.everywhere if live is None else live)
            perform(self.view.cast, self.view.state, self.map.ground)
            self.world.step(1)
        return self

    def pose(self, name="car", w=0):
        return tuple(float(values[w]) for values in self.view.pose(name))

    def speed(self, name="car", w=0):
        return float(self.view.speed(name)[w])

    def number(self, column, name="car", w=0):
        return float(self.view.cast.number[w, self.view.slots[name], column])

    def mode(self, name="car", w=0):
        return int(self.view.cast.integer[w, self.view.slots[name], c.MODE])

    def part(self, name):
        return next(part for part in self.player.parts if part.said.name == name)


EGO_AWAY = begin("ego", WorldPosition(0.0, 100.0))


def play(init, *events, worlds=1, values=None, **more):
    """Events of "car" after some beginnings; the ego is away unless it is put somewhere."""
    placed = {one.entity for one in init}
    init = init if "ego" in placed else [*EGO_AWAY, *init]
    keys = ("entities", "parameters", "criteria")
    own = {key: more.pop(key) for key in keys if key in more}
    board = story(*events, **more) if events else None
    return Playing(scenario(init, board, **own), worlds, values)
