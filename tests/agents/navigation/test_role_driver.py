"""Driving what others have spawned: whom it takes, until when, and what it says of it. Without CARLA: a client by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from agents.navigation import role_driver
from agents.navigation.role_driver import Drive, RoleDriverOptions, drive_role
from sim_suite.errors import SuiteError

DT_S, SPEED = 0.05, 8.0


class Snapshot(SimpleNamespace):
    """Frame and numbers that are there; everybody moves at SPEED."""

    @property
    def timestamp(self):
        return SimpleNamespace(elapsed_seconds=self.frame * DT_S)

    def find(self, number):
        velocity = SimpleNamespace(length=lambda: SPEED)
        return SimpleNamespace(get_velocity=lambda: velocity) if number in self.numbers else None


class Actors(list):
    def filter(self, pattern):
        assert pattern == "vehicle.*"
        return self


class World:
    """Plays a list of (frame, numbers of the vehicles that are there), or of None where nobody steps."""

    def __init__(self, roles, steps):
        self.steps, self.now = iter(steps), Snapshot(frame=0, numbers=set(roles))
        self.actors = Actors(
            SimpleNamespace(
                id=number,
                type_id="vehicle.a.b",
                attributes={"role_name": role},
                is_alive=True,
                got=[],
                get_world=lambda: self,
            )
            for number, role in roles.items()
        )
        for actor in self.actors:
            actor.apply_control = actor.got.append

    def get_actors(self):
        return self.actors

    def get_snapshot(self):
        return self.now

    def wait_for_tick(self, seconds):
        step = next(self.steps)
        if step is None:
            raise RuntimeError("time-out of 1000ms while waiting for the simulator")
        self.now = Snapshot(frame=step[0], numbers=step[1])
        return self.now


@pytest.fixture(autouse=True)
def no_agents(monkeypatch):
    monkeypatch.setattr(role_driver, "driver_of", lambda vehicle, options: SimpleNamespace(run_step=lambda: vehicle.id))
    monkeypatch.setattr(role_driver, "LOOK_S", 0.0)


def driven(world, wait_s=0.05):
    said = []
    client = SimpleNamespace(get_world=lambda: world)
    return list(drive_role(client, RoleDriverOptions(wait_s=wait_s), said.append)), said


def test_it_drives_the_newest_of_the_role_until_it_is_gone_and_counts_what_it_missed():
    world = World({3: "hero", 5: "autopilot", 4: "hero"}, [(1, {3, 4, 5}), None, (4, {3, 4, 5}), (5, {3}), (6, set())])
    found, said = driven(world)
    # Numbers 3 and 4 were of the role: 4 came later, and is gone at frame 5; then 3, which is gone at frame 6.
    assert found[0] == Drive("vehicle.a.b", pytest.approx(4 * DT_S), pytest.approx(4 * DT_S * SPEED), 2, 2)
    assert found[1] == Drive("vehicle.a.b", 0.0, 0.0, 0, 0)
    assert [actor.got for actor in world.actors] == [[], [], [4, 4]]
    assert said == [f"driving vehicle.a.b, number {number}, as basic." for number in (4, 3)]


def test_who_vanishes_in_a_world_that_stands_is_let_go():
    world = World({7: "hero"}, [(1, {7}), None])
    world.wait_for_tick(1.0)

    def stands(seconds):
        world.now = Snapshot(frame=1, numbers=set())
        raise RuntimeError("time-out")

    world.wait_for_tick = stands
    assert driven(world)[0] == [Drive("vehicle.a.b", 0.0, 0.0, 0, 0)]


def test_where_nobody_comes_it_says_how_long_it_has_waited():
    with pytest.raises(SuiteError, match=r"no vehicle with the role 'hero' came within 0.05 s. Start the script"):
        driven(World({1: "autopilot"}, []))


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"agent": "fast"}, "unknown agent 'fast'"),
        ({"speed_kmh": 0.0}, "speed_kmh must lie in 0.0 to"),
        ({"wait_s": -1.0}, "wait_s must lie in 0.0 to"),
    ],
)
def test_options_out_of_range_are_refused(told, says):
    with pytest.raises(SuiteError, match=says):
        RoleDriverOptions(**told)
