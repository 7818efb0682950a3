"""A session with a simulated clock: every frame, actor, flag and decision is known beforehand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sim_suite.envs.making import make
from sim_suite.episodes.cockpit.cars import car_of, render_mode
from sim_suite.episodes.cockpit.pace import SimulatedClock, StoppableClock
from sim_suite.episodes.cockpit.plan import Autopilot, Plan
from sim_suite.episodes.cockpit.script import ScriptedHand, read_script
from sim_suite.episodes.cockpit.seat import Command
from sim_suite.episodes.cockpit.session import Session
from sim_suite.episodes.recording.recorder import RecordEpisodes
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor, Driver, StepFlag
from sim_suite.episodes.store.folder import Recording
from sim_suite.errors import SuiteError

RACING = "sim_suite/CarRacing-v0"


class Screen:
    """A display that takes its time: as many seconds for a picture as it is told, then none."""

    def __init__(self, clock, seconds=(), shut_after=10**9):
        self.clock, self.seconds, self.shut_after, self.huds = clock, list(seconds), shut_after, []

    @property
    def closed(self):
        return len(self.huds) >= self.shut_after

    def show(self, picture, hud):
        assert picture.ndim == 3
        self.huds.append(hud)
        if self.seconds:
            self.clock.sleep(self.seconds.pop(0))

    def close(self):
        pass


@pytest.fixture
def sit(tmp_path):
    """Drives a script of lines to its end; (what it came to, the dataset, the screen)."""

    def drive(*lines, env_id=RACING, kwargs=None, plan=None, seconds=(), shut_after=10**9, **more):
        path = tmp_path / "drive.jsonl"
        path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
        clock = StoppableClock(SimulatedClock())
        screen = Screen(clock, seconds, shut_after)
        with (
            Recording(tmp_path / "laps") as folder,
            make(env_id, kwargs=kwargs, render_mode=render_mode(env_id)) as env,
        ):
            recorder = RecordEpisodes(env, folder, driver=Driver("ada"), clock=clock.now, hold=True)
            car = car_of(env)
            hand = ScriptedHand(read_script(path), car.reach)
            session = Session(
                recorder, recorder, car, hand, screen, clock, plan or Plan(1, tags=("t",)), follower=hand, **more
            )
            try:
                drive = session.run()
            finally:
                recorder.close()
        return drive, Dataset(tmp_path / "laps"), screen

    return drive


def columns(dataset, number=0, *names):
    with dataset.open(dataset.entries[number]) as episode:
        return [episode.read(name) for name in names]


def test_what_was_recorded_is_what_the_environment_does_again(sit):
    drive, dataset, _ = sit(
        {"at_s": 0, "keys": ["up"]}, {"at_s": 0.6, "keys": ["up", "a"]}, {"step": 60, "commands": ["reset"]},
        plan=Plan(1, seed=7),
    )  # fmt: skip
    assert (drive.kept, drive.steps, drive.missed, drive.by[Actor.HUMAN]) == (1, 60, 0, 60)
    action, observation, reward, actor, flags, times = columns(
        dataset, 0, "action", "observation", "reward", "actor", "flags", "time_s"
    )
    assert dataset.entries[0].seed == 7
    assert dataset.entries[0].end == "stopped"
    with make(RACING) as env:
        again, rewards = [env.reset(seed=7)[0]], []
        for one in action:
            seen, paid, *_ = env.step(one)
            again.append(seen)
            rewards.append(paid)
    assert np.array_equal(observation, again)
    assert reward.tolist() == rewards
    assert not actor.any()
    assert not flags.any()
    assert np.allclose(times, np.arange(60) / 50)
    # a held key of "left" turns the wheel to the left: CarRacing's first action falls below 0, and gas rises to 1
    assert np.all(action[:30, 0] == 0)
    assert np.all(np.diff(action[30:50, 0]) < 0)
    assert action[24:, 1].tolist() == [1.0] * 36
    assert action[:24, 1] == pytest.approx(np.arange(1, 25) * 0.04)


def test_frames_are_missed_exactly_where_they_came_more_than_half_a_frame_late(sit):
    # The first picture is the start's. Then after step k the screen takes so long; a frame is 20 ms.
    seconds = [0.0, 0.0, 0.029, 0.0, 0.031, 0.0, 0.045, 0.0, 0.0, 0.055]
    drive, dataset, screen = sit({"step": 14, "commands": ["reset"]}, seconds=seconds)
    times, flags = columns(dataset, 0, "time_s", "flags")
    # late by 9 ms: not missed. By 11 ms: missed, and the frame after it is on time. By 25 ms: one time passed by altogether,
    # the step comes 5 ms after the next. By 35 ms: one passed by, and the step itself is 15 ms late.
    late = [number for number in range(14) if flags[number] & StepFlag.LATE]
    assert drive.missed == 1 + 1 + 2
    assert drive.frames == drive.steps + 2 + 1  # two were passed by, one saw the reset
    assert len(late) == 3
    gaps = np.round(np.diff(times), 3)
    assert sorted(gaps[gaps > 0.0201]) == pytest.approx([0.029, 0.031, 0.045, 0.055])
    assert screen.huds[-1].missed == 4
    assert dataset.entries[0].late == 3


def test_pictures_are_left_out_rather_than_steps_and_never_for_long(sit):
    drive, _, _ = sit({"step": 60, "commands": ["reset"]}, seconds=[0.019] * 100)
    assert drive.missed == 0
    assert drive.pictures + drive.skipped == 60
    assert drive.skipped == pytest.approx(40, abs=8)


def test_every_episode_is_shown_from_its_first_second_on(sit):
    *_, screen = sit({"step": 10, "commands": ["reset"]}, plan=Plan(2))
    for episode in ("episode 1 of 2, seed 0", "episode 2 of 2, seed 1"):
        times = [hud.time_s for hud in screen.huds if episode in hud.lines and not hud.overlay]
        assert times[0] == 0.0
        assert len(times) >= 10
        assert np.all(np.diff(times) < 0.021)
        assert times[-1] == pytest.approx(9 / 50)


def test_a_pause_stops_time_and_the_step_after_it_says_so(sit):
    drive, dataset, screen = sit(
        {"at_s": 0, "keys": ["up"]}, {"step": 10, "commands": ["pause"]}, {"step": 10, "commands": ["pause"]},
        {"step": 12, "commands": ["help"]}, {"step": 12, "commands": ["help"]}, {"step": 15, "commands": ["reset"]},
    )  # fmt: skip
    flags, times = columns(dataset, 0, "flags", "time_s")
    assert np.flatnonzero(flags == StepFlag.RESUMED).tolist() == [10, 12]
    assert times == pytest.approx(np.cumsum([0] + [0.02] * 9 + [0.02] + [0.02] * 4), abs=1e-9)
    assert drive.missed == 0
    overlays = [hud.overlay[0] for hud in screen.huds if hud.overlay]
    assert overlays[:2] == ["Paused", "Keys"]
    assert all(hud.recording != bool(hud.overlay) for hud in screen.huds)
    assert {hud.paused for hud in screen.huds if hud.overlay[:1] == ("Paused",)} == {True}


def test_episodes_are_kept_discarded_and_marked_and_each_has_the_next_seed(sit):
    drive, dataset, screen = sit(
        {"step": 5, "commands": ["reset"]},
        {"at": "end", "episode": 1, "commands": ["discard"]},
        {"at": "end", "episode": 2, "commands": ["tag", "tag"]},
        plan=Plan(2, seed=3, tags=("wet",), words=("good", "mistake")),
    )
    assert (drive.kept, drive.discarded) == (2, 1)
    assert [(entry.seed, entry.tags, entry.steps) for entry in dataset.entries] == [
        (4, ("wet", "mistake"), 5), (5, ("wet",), 5),
    ]  # fmt: skip
    closing = [hud for hud in screen.huds if Command.KEEP in hud.offers]
    assert closing[0].overlay[0] == "Episode 1: ended by you"
    assert Command.AUTOPILOT not in screen.huds[0].offers


def test_an_episode_that_its_environment_ends_is_asked_about_too(sit):
    _, dataset, screen = sit({"at_s": 0, "keys": []}, kwargs={"max_episode_steps": 8})
    assert (dataset.entries[0].end, dataset.entries[0].steps) == ("truncated", 8)
    assert "Episode 1: time is up" in {hud.overlay[0] for hud in screen.huds if hud.overlay}


@pytest.mark.parametrize("how", ["quit", "shut"])
def test_whoever_leaves_keeps_what_is_going_on(sit, how):
    line = {"step": 12, "commands": ["quit"]} if how == "quit" else {"at_s": 0, "keys": []}
    drive, dataset, _ = sit(line, plan=Plan(None), shut_after=13 if how == "shut" else 10**9)
    assert (drive.kept, dataset.entries[0].steps, dataset.entries[0].end) == (1, 12, "stopped")


def straight_on(observation, first):
    return np.array([0.1, 0.5, 0.0], np.float32)


def test_a_touch_takes_over_from_the_autopilot_and_a_command_gives_the_wheel_back(sit):
    asked = []

    def act(observation, first):
        asked.append(first)
        return straight_on(observation, first)

    drive, dataset, screen = sit(
        {"step": 10, "keys": ["left"]}, {"step": 20, "keys": []}, {"step": 25, "commands": ["autopilot"]},
        {"step": 40, "commands": ["reset"]},
        autopilot=Autopilot(act, "robot", Actor.EXPERT),
    )  # fmt: skip
    actor, action = columns(dataset, 0, "actor", "action")
    human = [10 <= step < 25 for step in range(40)]
    assert actor.tolist() == [Actor.HUMAN if by else Actor.EXPERT for by in human]
    assert np.array_equal(action[actor == Actor.EXPERT], [straight_on(None, False)] * 25)
    assert np.all(action[10:20, 0] < 0)
    assert dataset.entries[0].by == (15, 0, 25)
    assert drive.by[Actor.HUMAN] == 15
    assert asked == [True] + [False] * 39
    first = screen.huds[0]
    assert (first.driver, first.autopilot, Command.AUTOPILOT in first.offers) == ("robot", True, True)
    assert any(hud.driver == "you" and "you drive" in hud.lines for hud in screen.huds)


def test_an_autopilot_may_think_for_long_before_it_sets_out(sit, monkeypatch):
    clock = SimulatedClock()
    monkeypatch.setitem(globals(), "SimulatedClock", lambda: clock)

    def plan_then_drive(observation, first):
        clock.sleep(5.0 * first)
        return straight_on(observation, first)

    drive, dataset, _ = sit({"step": 10, "commands": ["reset"]}, autopilot=Autopilot(plan_then_drive, "robot"))
    assert (drive.missed, drive.steps) == (0, 10)
    assert columns(dataset, 0, "time_s")[0] == pytest.approx(np.arange(10) / 50)


def test_an_autopilot_that_fails_ends_the_session_and_loses_nothing(sit, tmp_path):
    def fail(observation, first):
        if not first:
            raise SuiteError("it failed")
        return straight_on(observation, first)

    with pytest.raises(SuiteError, match="it failed"):
        sit({"at_s": 0, "keys": []}, autopilot=Autopilot(fail, "robot"))
    assert [entry.steps for entry in Dataset(tmp_path / "laps").entries] == [1]


def test_without_an_autopilot_the_display_says_how_to_get_one(sit):
    _, _, screen = sit({"step": 2, "commands": ["autopilot"]}, {"step": 4, "commands": ["reset"]})
    assert any("--autopilot" in line for hud in screen.huds for line in hud.lines)
