"""Gamepads and wheels: axes, dead zones, ends that are turned around, buttons; calibrated by asking; profiles as files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.cli.main import main
from sim_suite.episodes.cockpit import calibration
from sim_suite.episodes.cockpit.calibration import calibrate
from sim_suite.episodes.cockpit.profiles import (
    SHIPPED,
    Pedal,
    Profile,
    Steer,
    find_profile,
    own_folder,
    profile_for,
    read_profile,
    write_profile,
)
from sim_suite.episodes.cockpit.seat import Command, Hand
from sim_suite.episodes.cockpit.sticks import StickDevice
from sim_suite.errors import SuiteError
from sim_suite.toml_files import shipped

WHEEL = Profile(
    "w", Steer(0, dead_zone=0.0), Pedal(1, 1.0, -1.0, 0.0), Pedal(2, 1.0, -1.0, 0.0), buttons={3: Command.PAUSE}
)


class Stick:
    name = "Fake Wheel"

    def __init__(self, *axes, buttons=()):
        self.now, self.down = axes, buttons

    def axes(self):
        return tuple(self.now)

    def buttons(self):
        return tuple(self.down)


def test_a_dead_zone_takes_the_middle_and_gives_the_rest_the_whole_range():
    steer = Steer(0, dead_zone=0.2)
    assert [steer.read(raw) for raw in (0.0, 0.2, -0.2, -1.0, 1.0)] == [0.0, 0.0, 0.0, 1.0, -1.0]
    assert steer.read(-0.6) == pytest.approx(0.5)
    assert steer.read(0.21) == pytest.approx(-0.0125)


def test_ends_that_are_uneven_or_turned_around():
    steer = Steer(0, left=0.5, middle=0.1, right=-0.9, dead_zone=0.0)
    assert [steer.read(raw) for raw in (0.5, 0.3, 0.1, -0.4, -0.9)] == pytest.approx([1.0, 0.5, 0.0, -0.5, -1.0])
    pedal = Pedal(0, released=1.0, pressed=-1.0, dead_zone=0.0)
    assert [pedal.read(raw) for raw in (1.0, 0.0, -1.0, 1.2, -1.2)] == [0.0, 0.5, 1.0, 0.0, 1.0]


@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(0, 0.9))
def test_steering_never_leaves_its_range_nor_runs_backwards(a, b, dead_zone):
    steer = Steer(0, dead_zone=dead_zone)
    low, high = sorted((a, b))
    assert 1.0 >= steer.read(low) >= steer.read(high) >= -1.0
    assert steer.read(-a) == -steer.read(a)


def test_a_wheel_drives_and_an_axis_that_never_moved_is_at_rest():
    stick = Stick(0.0, 0.0, 0.0, buttons=(False,) * 4)
    device = StickDevice(stick, WHEEL)
    assert device.read(1.0, 0.02, 0.0).hand == Hand()  # SDL says 0, half pressed, before the first movement
    stick.now = (-0.5, 1.0, 1.0)
    reading = device.read(2.0, 0.02, 0.0)
    assert (reading.hand, reading.touched, reading.at_s) == (Hand(0.5), True, 2.0)
    stick.now = (0.0, 0.0, 1.0)
    assert device.read(3.0, 0.02, 0.0).hand == Hand(0.0, 0.5, 0.0)
    stick.now = (0.0, 1.0, 1.0)
    assert device.read(4.0, 0.02, 0.0).touched is False
    assert device.read(5.0, 0.02, 0.0).at_s == 4.0


def test_a_curve_is_finer_around_the_middle():
    device = StickDevice(Stick(0.5, 1.0, 1.0), Profile("c", WHEEL.steer, WHEEL.throttle, WHEEL.brake, curve=2.0))
    assert device.read(0.0, 0.02, 0.0).hand.steer == pytest.approx(-0.25)


def test_a_button_counts_when_it_goes_down():
    stick = Stick(0.0, 1.0, 1.0, buttons=(False, False, False, True))
    device = StickDevice(stick, WHEEL)
    assert device.read(0.0, 0.02, 0.0).commands == (Command.PAUSE,)
    assert device.read(0.0, 0.02, 0.0).commands == ()


def test_a_device_with_too_few_axes_is_to_be_calibrated():
    with pytest.raises(SuiteError, match=r"Fake Wheel has 2 axes, but the profile w needs 3\. Calibrate it"):
        StickDevice(Stick(0.0, 0.0), WHEEL)


def follow(stick, script):
    """A person who does what is asked."""

    def ask(text):
        stick.now = script[text]

    return ask


GOOD = {
    calibration.REST: (0.02, -1.0, 0.0, 1.0),
    calibration.LEFT: (0.98, -1.0, 0.0, 1.0),
    calibration.RIGHT: (-0.9, -0.97, 0.0, 1.0),
    calibration.THROTTLE: (0.1, -1.0, 0.0, -1.0),
    calibration.BRAKE: (0.02, 0.8, 0.0, 1.0),
}


def test_calibration_finds_axes_ends_and_inversion_and_travels_through_a_file(tmp_path):
    stick = Stick()
    profile = calibrate(stick, follow(stick, GOOD))
    assert (profile.steer.axis, profile.steer.left, profile.steer.middle, profile.steer.right) == (0, 0.98, 0.02, -0.9)
    assert (profile.throttle.axis, profile.throttle.released, profile.throttle.pressed) == (3, 1.0, -1.0)
    assert (profile.brake.axis, profile.brake.released, profile.brake.pressed) == (1, -1.0, 0.8)
    write_profile(tmp_path / "own.toml", profile)
    assert read_profile(tmp_path / "own.toml") == profile
    stick.now = GOOD[calibration.LEFT]
    device = StickDevice(stick, profile)
    assert device.read(0.0, 0.02, 0.0).hand == Hand(1.0, 0.0, 0.0)
    stick.now = GOOD[calibration.BRAKE]
    assert device.read(0.0, 0.02, 0.0).hand == Hand(0.0, 0.0, 1.0)


def test_pedals_that_share_an_axis():
    stick = Stick()
    shared = {
        **{text: (*axes[:1], 0.0) for text, axes in GOOD.items()},
        calibration.THROTTLE: (0.02, -1.0), calibration.BRAKE: (0.02, 1.0),
    }  # fmt: skip
    profile = calibrate(stick, follow(stick, shared))
    stick.now = (0.02, -0.5)
    hand = StickDevice(stick, profile).read(0.0, 0.02, 0.0).hand
    assert hand.throttle == pytest.approx((0.5 - 0.04) / 0.96)
    assert hand.brake == 0.0


@pytest.mark.parametrize(
    ("text", "axes", "message"),
    [
        (calibration.LEFT, GOOD[calibration.REST], "nothing moved at"),
        (calibration.RIGHT, GOOD[calibration.LEFT], "two ends of one axis"),
        (calibration.RIGHT, (0.02, 1.0, 0.0, 1.0), "two ends of one axis"),
        (calibration.BRAKE, GOOD[calibration.THROTTLE], "same axis the same way"),
    ],
)
def test_a_calibration_that_cannot_be_right_is_refused(text, axes, message):
    stick = Stick()
    with pytest.raises(SuiteError, match=message):
        calibrate(stick, follow(stick, {**GOOD, text: axes}))


@pytest.mark.parametrize("name", shipped(SHIPPED))
def test_shipped_profiles_are_whole(name):
    profile = read_profile(SHIPPED / f"{name}.toml")
    assert profile.name == name
    assert {Command.PAUSE, Command.KEEP, Command.DISCARD} <= set(profile.buttons.values())


def test_a_persons_own_profile_comes_before_a_shipped_one(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert profile_for("Microsoft Xbox Series S|X Controller").name == "gamepad"
    assert profile_for("Logitech G29 Driving Force Racing Wheel").name == "wheel"
    assert profile_for("Something never seen").name == "gamepad"
    own = Profile("mine", WHEEL.steer, WHEEL.throttle, WHEEL.brake, match=("g29",))
    write_profile(own_folder() / "mine.toml", own)
    assert profile_for("Logitech G29 Driving Force Racing Wheel").name == "mine"
    assert find_profile("mine") == own
    assert find_profile("wheel").name == "wheel"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[steer]\naxis = 0", r"no table \[throttle\]"),
        ("stear = 1", "unknown key .*stear"),
        ("[steer]\naxis = -1\n[throttle]\naxis=1\n[brake]\naxis=2", "axis is a whole number"),
        ("[steer]\naxis = 0\nmiddle = 1.0\n[throttle]\naxis=1\n[brake]\naxis=2", "must lie between left and right"),
        ("[steer]\naxis = 0\nend = 1.0\n[throttle]\naxis=1\n[brake]\naxis=2", "no profile"),
        ("[steer]\naxis = 0\n[throttle]\naxis=1\npressed=-1.0\n[brake]\naxis=2", "must read differently"),
        ("[steer]\naxis = 0\n[throttle]\naxis=1\n[brake]\naxis=2\n[buttons]\n1='jump'", "jump"),
        ("[steer]\naxis = 0\ndead_zone=2\n[throttle]\naxis=1\n[brake]\naxis=2", "dead_zone must be"),
    ],
)
def test_a_profile_that_is_wrong_says_where(tmp_path, text, message):
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SuiteError, match=message) as caught:
        read_profile(path)
    assert "bad.toml" in str(caught.value)


def test_without_a_device_there_is_nothing_to_calibrate(capsys, monkeypatch):
    monkeypatch.setattr("sim_suite.episodes.cockpit.sticks.plugged_in", list)
    assert main(["drive", "--calibrate"]) == 2
    assert "no gamepad or wheel to calibrate" in capsys.readouterr().err
    assert main(["drive", "--calibrate", "--profile", "wheel"]) == 2
    assert "must end in .toml" in capsys.readouterr().err


def test_the_command_asks_and_writes(capsys, monkeypatch, tmp_path):
    import io

    stick = Stick(0.0)
    steps = iter(GOOD.values())

    class Enter(io.StringIO):
        def readline(self, *_):
            stick.now = next(steps)
            return "\n"

    monkeypatch.setattr("sim_suite.episodes.cockpit.sticks.plugged_in", lambda: [stick])
    monkeypatch.setattr("sys.stdin", Enter())
    assert main(["drive", "--calibrate", "--profile", str(tmp_path / "mine.toml")]) == 0
    printed = capsys.readouterr()
    assert "Press the brake fully" in printed.err
    assert f"--profile {tmp_path / 'mine.toml'}" in printed.err.replace("\n", "")
    assert read_profile(tmp_path / "mine.toml").throttle.axis == 3
