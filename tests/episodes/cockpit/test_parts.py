"""The small parts of the cockpit: the pace, the choices, the question at an episode's end, what the cars know."""

from __future__ import annotations

import gc
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.envs.making import make
from sim_suite.episodes.cockpit.cars import car_of, render_mode
from sim_suite.episodes.cockpit.choices import TRAFFICS, Choices
from sim_suite.episodes.cockpit.closing import Closing
from sim_suite.episodes.cockpit.keys import PRESSED, STEERING, KeyHand
from sim_suite.episodes.cockpit.pace import Pace, RealClock, SimulatedClock, StoppableClock
from sim_suite.episodes.cockpit.quiet import quiet_interpreter
from sim_suite.episodes.cockpit.seat import Command, Hand
from sim_suite.errors import SuiteError


@given(st.lists(st.integers(0, 90), max_size=40))
def test_the_pace_counts_every_frame_and_those_more_than_half_late(delays):
    """In units of 1/1024 s, which floats hold exactly; a frame is 16 of them."""
    clock = SimulatedClock()
    pace = Pace(clock, 16 / 1024)
    missed, due = 0, 0
    for delay in delays:
        clock.sleep(delay / 1024)
        behind = max(round(clock.now() * 1024) - due, 0)
        lost = behind // 16 + (behind % 16 > 8)  # those passed by, and the one that begins now if it is too late
        assert pace.wait() == (lost > 0)
        missed += lost
        due += (behind // 16 + 1) * 16
        assert (pace.missed, pace.frames * 16) == (missed, due)


def test_a_stopped_clock_stands_still_and_goes_on_from_there():
    base = SimulatedClock()
    clock = StoppableClock(base)
    clock.sleep(2.0)
    clock.stop()
    clock.stop()
    clock.sleep(5.0)
    assert (clock.now(), base.now()) == (2.0, 7.0)
    clock.go()
    clock.sleep(1.0)
    assert clock.now() == 3.0


def test_the_real_clock_never_wakes_too_early():
    clock = RealClock()
    before = clock.now()
    clock.sleep(0.004)
    assert clock.now() - before >= 0.004


def test_while_somebody_drives_the_interpreter_is_quiet_and_afterwards_as_before():
    before = (gc.isenabled(), sys.getswitchinterval())
    seen = []

    def fail():
        with quiet_interpreter():
            seen.append((gc.isenabled(), sys.getswitchinterval() < 0.001))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert seen == [(False, True)]
    assert (gc.isenabled(), sys.getswitchinterval()) == before


def test_choices_go_round_and_only_what_was_chosen_is_an_option():
    choices = Choices(maps=("town_1km", "crossroads"), weather="snow")
    assert choices.options() == {"map": "town_1km", "weather": "snow"}
    assert choices.obey(Command.NEXT_MAP) == "next episode's map: crossroads"
    assert choices.obey(Command.NEXT_WEATHER) == "next episode's weather: ice"
    choices.obey(Command.NEXT_WEATHER)
    choices.obey(Command.NEXT_TRAFFIC)
    assert choices.options() == {"map": "crossroads", "weather": "clear", **TRAFFICS["none"]}
    assert choices.lines() == ("map crossroads", "traffic none", "weather clear")
    assert choices.obey(Command.KEEP) is None
    assert choices.offers() == (Command.NEXT_MAP, Command.NEXT_TRAFFIC, Command.NEXT_WEATHER)


def test_what_cannot_be_chosen_is_said():
    assert Choices().options() is None
    assert "--map all" in Choices(maps=("town_1km",)).obey(Command.NEXT_MAP)
    none = Choices(offered=False)
    assert (none.offers(), none.options()) == ((), None)
    assert "no weather here" in none.obey(Command.NEXT_WEATHER)
    with pytest.raises(SuiteError, match="are for sim_suite/Driving-v0"):
        Choices(offered=False, weather="rain")
    with pytest.raises(SuiteError, match="Did you mean 'rain'"):
        Choices(weather="rains")
    with pytest.raises(SuiteError, match="traffic"):
        Choices(traffic="jam")


@pytest.mark.parametrize("name", TRAFFICS)
def test_every_traffic_is_one_that_the_world_takes(name):
    with make("sim_suite/Driving-v0", kwargs={"map": "crossroads"}) as env:
        env.reset(seed=0, options=Choices(traffic=name).options())


def test_the_question_at_the_end():
    closing = Closing(("good", "bad"))
    words = []
    for _ in range(4):
        assert closing.obey(Command.TAG)
        words.append(closing.tags)
    assert words == [("good",), ("bad",), (), ("good",)]
    assert closing.is_open()
    assert closing.obey(Command.PAUSE)
    assert closing.obey(Command.RESET)
    assert closing.is_open()
    assert not closing.obey(Command.QUIT)
    closing.obey(Command.DISCARD)
    assert closing.kept is False


def test_keys_are_told_apart():
    assert not set(STEERING) & set(PRESSED)
    assert set(PRESSED.values()) == set(Command)
    hand = KeyHand()
    assert hand.hold({"p", "w"}, 0.0, 0.25) == Hand(0.0, 0.5, 0.0)
    hand.let_go()
    assert hand.hold({"space"}, 0.0, 0.25) == Hand(0.0, 0.0, 0.5)


HANDS = [Hand(), Hand(0.5, 0.25), Hand(-1.0, 0.0, 0.75), Hand(1.0, 1.0, 0.0)]


def test_signs_of_car_racing_and_what_it_says_of_itself():
    with make("sim_suite/CarRacing-v0", render_mode=render_mode("sim_suite/CarRacing-v0")) as env:
        env.reset(seed=1)
        car = car_of(env)
        car.begin()
        assert car.action(Hand(0.5, 0.25, 0.75)).tolist() == [-0.5, 0.25, 0.75]
        for hand in HANDS:
            assert car.action(hand) in env.action_space
            assert car.hand(car.action(hand)) == hand
        assert car.hand(np.array([0.3, 2.0, -1.0])) == Hand(-0.3, 1.0, 0.0)
        assert (car.infractions(), car.rate_hz) == ((), 50.0)
        heading = env.unwrapped.car.hull.angle
        for _ in range(60):
            env.step(car.action(Hand(0.3, 0.5)))
            car.note()
        assert env.unwrapped.car.hull.angle > heading  # counter-clockwise: to the left
        assert car.speed_mps() > 5.0
        assert 0.0 < car.progress() < 0.2
        assert next(car.pictures()).shape == (480, 720, 3)
        for _ in range(250):
            env.step(car.action(Hand(0.2, 0.3)))
            car.note()
        assert dict(car.infractions())["off the road"] >= 1


def test_signs_of_the_driving_world_and_a_picture_a_tick():
    env_id = "sim_suite/Driving-v0"
    with make(env_id, kwargs={"map": "crossroads"}, render_mode=render_mode(env_id)) as env:
        env.reset(seed=1)
        car = car_of(env)
        assert (car.rate_hz, car.pictures_a_step) == (10.0, 2)
        assert len(list(car.pictures())) == 1
        for hand in HANDS:
            assert car.action(hand) in env.action_space
            assert car.hand(car.action(hand)) == hand
        assert car.action(Hand(0.0, 1.0, 0.2))[1] == pytest.approx(-0.2)  # the brake wins
        for _ in range(10):
            env.step(car.action(Hand(0.0, 1.0)))
        assert car.speed_mps() == pytest.approx(abs(env.unwrapped.speed_mps))
        assert 0.0 < car.progress() < 1.0
        car.skip()
        env.step(car.action(Hand(0.3, 0.5)))
        yaw = env.unwrapped.live_state.body[0, 0, 5]
        assert yaw > 0.0  # yaw rate: to the left
        assert [picture.shape for picture in car.pictures()] == [(480, 640, 3)] * 2
        assert all(count > 0 for _, count in car.infractions())


@pytest.mark.parametrize("env_id", ["CartPole-v1", "FrozenLake-v1"])
def test_what_is_no_car_is_refused(env_id):
    with pytest.raises(SuiteError, match="nothing to drive"):
        render_mode(env_id)


def test_a_car_without_pedals_is_refused():
    with (
        make("sim_suite/Driving-v0", kwargs={"action": "discrete"}) as env,
        pytest.raises(SuiteError, match="no wheel"),
    ):
        car_of(env)
