"""Lines read from rasters are those of the map: each stop sign's and light's line, seen from cars that are put before it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from agents.imitation.chauffeurnet.safety.lines import Kind, line_ahead
from agents.imitation.chauffeurnet.safety.path import path_through
from sim_suite.driving.dynamics.vehicles import LENGTH_M, PARAMETERS
from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import preset, trail_length
from sim_suite.driving.traffic.lights import light_at
from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import CAR, GREEN, RED, YELLOW
from sim_suite.driving.world.lanes import length_of, pose_at
from sim_suite.driving.world.terrain import FIRST_STOP, FIRST_SUCCESSOR, JUNCTION, STOP_GROUP, STOP_KIND
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.envs.driving.population import driving_map

SPEC = preset("small")
HALF_M = PARAMETERS[CAR, LENGTH_M] / 2
STRAIGHT = path_through(
    np.stack([2.0 * np.arange(1.0, 11.0), np.zeros(10)], axis=1).astype(np.float32), np.zeros(10, np.float32)
)
SHOWN = {RED: Kind.RED, YELLOW: Kind.YELLOW, GREEN: Kind.GREEN}


class Stand:
    """A car that is put anywhere on a map, and what it sees."""

    def __init__(self, name, ticks=0):
        self.map = driving_map(name)
        self.world = World(self.map, 1, WorldOptions(trail=trail_length(SPEC)))
        self.world.reset([0])
        if ticks:
            self.world.step(ticks)
        self.rasteriser = Rasteriser(self.map, SPEC)

    def seen(self, lane, arc):
        x, y, heading, _ = pose_at(self.map.ground.terrain, np.int32(lane), np.float32(arc))
        body = self.world.state.body[0, 0]
        body[layout.X], body[layout.Y], body[layout.YAW] = x, y, heading
        out = np.zeros((1, 1, *SPEC.shape), np.uint8)
        self.rasteriser.draw(self.world.state, out)
        return out[0, 0]

    def straight_from(self, lane, arc, metres):
        """Whether the lane goes straight on for so long."""
        turns = [
            pose_at(self.map.ground.terrain, np.int32(lane), np.float32(arc + share * metres))[2]
            for share in (0, 0.5, 1)
        ]
        return max(abs(math.remainder(turn - turns[0], math.tau)) for turn in turns) < 0.03

    def lines(self):
        """(lane, arc, kind, group) of all stop lines on the way to a junction."""
        terrain = self.map.ground.terrain
        for lane in range(len(terrain.lane) - 1):
            for n in range(terrain.lane[lane, FIRST_STOP], terrain.lane[lane + 1, FIRST_STOP]):
                if terrain.lane[lane, JUNCTION] < 0:
                    stop = terrain.stop[n]
                    yield lane, float(terrain.stop_arc[n]), int(stop[STOP_KIND]), int(stop[STOP_GROUP])


@pytest.mark.parametrize(("name", "kind"), [("village", SignalKind.STOP), ("crossroads", SignalKind.LIGHT)])
@pytest.mark.parametrize("room", [0.6, 4.0, 9.0, 16.0])
def test_a_line_of_the_map_is_found_where_it_is(name, kind, room):
    stand, looked = Stand(name, ticks=40), 0
    for lane, line, sort, group in stand.lines():
        arc = line - room - HALF_M
        if sort != kind or arc < 0.0 or not stand.straight_from(lane, arc, line - arc):
            continue
        found = line_ahead(stand.seen(lane, arc), SPEC, STRAIGHT)
        state = stand.world.state
        wanted = Kind.STOP
        if kind == SignalKind.LIGHT:
            wanted = SHOWN[
                light_at(stand.map.ground.terrain.programme, state.lights[0], group, int(state.world[0, layout.TICK]))
            ]
        assert found is not None, (lane, room)
        assert found.kind is wanted
        assert -0.9 <= found.room_m - room <= 0.5  # a line is seen from where the pixel that it touches begins
        looked += 1
    assert looked >= 2


def test_who_has_way_meets_no_line_though_others_lanes_cross_his():
    """On the streets of the village that no line holds, 25 m before junctions and in them."""
    stand, looked = Stand("village"), 0
    terrain = stand.map.ground.terrain
    held = {lane for lane, *_ in stand.lines()}
    for lane in range(len(terrain.lane) - 1):
        successors = [
            int(one)
            for one in terrain.successor[terrain.lane[lane, FIRST_SUCCESSOR] : terrain.lane[lane + 1, FIRST_SUCCESSOR]]
        ]
        leads_in = [one for one in successors if terrain.lane[one, JUNCTION] >= 0]
        if lane in held or terrain.lane[lane, JUNCTION] >= 0 or not leads_in:
            continue
        length = float(length_of(terrain, lane))
        for before in (1.0, 3.0, 8.0, 14.0):
            if length > before and stand.straight_from(lane, length - before, before):
                assert line_ahead(stand.seen(lane, length - before), SPEC, STRAIGHT) is None, (lane, before)
                looked += 1
    assert looked >= 200


def test_there_is_none_on_an_open_road_nor_on_a_raster_that_shows_none():
    raster = np.zeros(SPEC.shape, np.uint8)
    assert line_ahead(raster, SPEC, STRAIGHT) is None
    plain = preset("car_racing")
    assert line_ahead(np.full(plain.shape, 255, np.uint8), plain, STRAIGHT) is None
