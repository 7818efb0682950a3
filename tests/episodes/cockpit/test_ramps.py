"""Keys move the wheel smoothly, and less at speed."""

import pytest

from sim_suite.cli.window import for_people, hands
from sim_suite.envs.making import make
from sim_suite.episodes.cockpit.ramps import ROAD_CAR, SteeringWheel


def held(wheel, keys, speed, seconds, step_s=0.05):
    return [wheel.hold(keys, speed, step_s) for _ in range(round(seconds / step_s))]


def test_a_held_key_turns_the_wheel_gradually_as_far_as_the_speed_allows():
    wheel = SteeringWheel()
    steers = [steer for steer, _ in held(wheel, {"left"}, 10.0, 1.0)]
    assert steers == sorted(steers)
    assert 0 < steers[0] < steers[-1] == pytest.approx(ROAD_CAR.steer(10.0))
    assert held(wheel, set(), 10.0, 0.4)[-1][0] == 0.0


def test_right_is_the_mirror_of_left_and_both_hold_still():
    left, right = SteeringWheel(), SteeringWheel()
    for a, b in zip(held(left, {"left"}, 5.0, 0.5), held(right, {"right"}, 5.0, 0.5), strict=True):
        assert a[0] == -b[0]
    assert held(SteeringWheel(), {"left", "right"}, 5.0, 0.5)[-1][0] == 0.0


def test_the_bend_is_one_that_tyres_can_take():
    assert ROAD_CAR.steer(0.0) == 1.0
    assert ROAD_CAR.steer(20.0) == pytest.approx(ROAD_CAR.steer(10.0) / 4)


def test_pedals_are_pressed_gradually_and_let_go_at_once():
    wheel = SteeringWheel()
    drives = [drive for _, drive in held(wheel, {"up"}, 5.0, 1.0)]
    assert drives == sorted(drives)
    assert drives[0] == pytest.approx(0.1)
    assert drives[-1] == 1.0
    assert wheel.hold({"down"}, 5.0, 0.05)[1] == pytest.approx(-0.1)
    held(wheel, {"down"}, 5.0, 1.0)
    assert wheel.hold(set(), 5.0, 0.05)[1] == 0.0


def test_a_person_drives_at_every_tick_with_the_wheel():
    with make("sim_suite/Driving-v0", kwargs={"map": "crossroads", **for_people("sim_suite/Driving-v0")}) as env:
        env.reset(seed=0)
        act = hands("sim_suite/Driving-v0", env)
        for _ in range(20):
            action = act({"up"})
            assert action in env.action_space
            env.step(action)
        assert env.metadata["render_fps"] == 20
        assert env.unwrapped.speed_mps > 1.0
        first, second = act({"left"}), act({"left"})
    assert 0 < first[0] < second[0]
