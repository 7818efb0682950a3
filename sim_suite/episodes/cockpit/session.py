"""A person at the wheel: reads the device, steps the environment at its fixed rate, shows how it goes, has it all recorded. Source: ours.

An autopilot may drive; whoever touches wheel or pedals takes over from it, and each step says who chose its action. It is asked at
every step, also of a person, so that its memory goes with the episode: what DAgger and its kin need.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Final

import gymnasium as gym

from sim_suite.episodes.cockpit.cars import Action, Car
from sim_suite.episodes.cockpit.choices import Choices
from sim_suite.episodes.cockpit.closing import OFFERS as CLOSING
from sim_suite.episodes.cockpit.closing import Closing
from sim_suite.episodes.cockpit.keys import HELP
from sim_suite.episodes.cockpit.pace import Pace, StoppableClock
from sim_suite.episodes.cockpit.plan import Autopilot, Drive, Follower, Plan
from sim_suite.episodes.cockpit.quiet import collect, quiet_interpreter
from sim_suite.episodes.cockpit.seat import Command, Device, Display, Hand, Hud, Reading
from sim_suite.episodes.cockpit.showing import Showing
from sim_suite.episodes.recording.recorder import RecordEpisodes
from sim_suite.episodes.store.facts import Actor, StepFlag

_IDLE_S: Final = 1 / 60  # between two looks at the device while nothing moves
_NOTE_S: Final = 3.0  # for which a message is shown
_PAUSED: Final = ("Paused", "P  go on", "R  end the episode", "Esc  leave", "H  all keys")
_OFFERS: Final = (Command.PAUSE, Command.RESET, Command.QUIT, Command.HELP)


class Session:
    """One sitting. `env` is `recorder`, or wrappers around it that the autopilot looks through."""

    def __init__(
        self,
        env: gym.Env[Any, Any],
        recorder: RecordEpisodes,
        car: Car,
        device: Device,
        display: Display | None,
        clock: StoppableClock,
        plan: Plan,
        *,
        choices: Choices | None = None,
        autopilot: Autopilot | None = None,
        follower: Follower | None = None,
    ) -> None:
        """`recorder` must have been made with `hold` and this clock; display: None where nobody looks on."""
        self._env, self._recorder, self._car, self._device = env, recorder, car, device
        self._clock, self._plan, self._follower = clock, plan, follower
        self._choices = choices or Choices(offered=False)
        self._autopilot, self._auto_drives = autopilot, autopilot is not None
        self._pace = Pace(clock, 1.0 / car.rate_hz)
        self._showing = Showing(display, car, self._pace, clock)
        self._quit = self._reset = self._paused = self._help = False
        self._note, self._note_until = "", 0.0
        self._stamps: deque[float] = deque(maxlen=max(int(car.rate_hz) + 1, 2))
        self._number = 0
        self._hand = Hand()
        self._chosen: tuple[str, ...] = ()
        self._return, self._begun_s = 0.0, 0.0
        self.drive = Drive()

    def ask_to_quit(self) -> None:
        """End soon, and keep what was recorded: for signal handlers."""
        self._quit = True

    def run(self) -> Drive:
        """Drive until the plan is fulfilled or the person ends it; an episode that is going on then is kept."""
        try:
            with quiet_interpreter():
                while not self._over() and (self._plan.episodes is None or self.drive.kept < self._plan.episodes):
                    collect()
                    self._episode()
        finally:
            self._recorder.stop()
            if self._recorder.undecided:
                self._keep()
            self.drive.frames, self.drive.missed = self._pace.frames, self._pace.missed
            self.drive.pictures, self.drive.skipped = self._showing.shown, self._showing.skipped
        self._recorder.wait()
        return self.drive

    def _over(self) -> bool:
        self._quit = self._quit or self._showing.closed
        return self._quit

    def _leaves(self) -> bool:
        """Whether the episode is not gone on with."""
        return self._over() or self._reset

    def _episode(self) -> None:
        seed = self._plan.seed + self._number
        self._number += 1
        self._clock.stop()
        self._begun_s = self._clock.now()
        observation, _ = self._env.reset(seed=seed, options=self._choices.options())
        self._car.begin()
        self._reset = self._paused = self._help = False
        self._hand, self._return, self._chosen = Hand(), 0.0, self._choices.lines()
        if self._follower is not None:
            self._follower.begins(self._number)
        self._showing.start(self._hud())
        first = self._advise(observation, True)  # while the clock stands still: planners think longest at the beginning
        self._clock.go()
        self._begun_s = self._clock.now()
        self._pace.restart()
        ended = ""
        while not (ended or self._leaves()):
            late = self._pace.wait()
            reading = self._device.read(self._clock.now(), self._pace.frame_s, self._car.speed_mps())
            self._obey(reading.commands)
            if self._leaves():
                break
            if self._paused:
                self._wait_paused()
                continue
            observation, ended = self._step(observation, first, reading, late)
            first = None
        self._recorder.stop()
        if self._recorder.undecided and not self._over():
            self._close(ended or "ended by you")

    def _step(self, observation: Any, first: Action | None, reading: Reading, late: bool) -> tuple[Any, str]:
        """One step; (what is observed, how the episode ended or nothing)."""
        action, actor = self._choose(observation, first, reading)
        recorder = self._recorder
        recorder.actor, recorder.input_s = actor, reading.at_s
        recorder.flags |= StepFlag.LATE * late
        observation, reward, terminated, truncated, _ = self._env.step(action)
        self._return += float(reward)
        self.drive.steps += 1
        self.drive.by[actor] += 1
        self._stamps.append(self._clock.now())
        self._car.note()
        self._showing.step(self._hud)
        return observation, "over" if terminated else "time is up" if truncated else ""

    def _choose(self, observation: Any, first: Action | None, reading: Reading) -> tuple[Action, Actor]:
        """The action, by whom, and for the display what it does to wheel and pedals. first: what the autopilot has said already."""
        if self._auto_drives and reading.touched:
            self._auto_drives = False
            self._say("you drive")
        advice = self._advise(observation, False) if first is None else first
        if self._auto_drives and self._autopilot is not None and advice is not None:
            self._hand = self._car.hand(advice)
            return advice, self._autopilot.actor
        self._hand = reading.hand
        return self._car.action(reading.hand), Actor.HUMAN

    def _advise(self, observation: Any, first: bool) -> Action | None:
        """What the autopilot would do, if there is one."""
        return None if self._autopilot is None else self._autopilot.act(observation, first)

    def _obey(self, commands: tuple[Command, ...]) -> None:
        for command in commands:
            match command:
                case Command.QUIT:
                    self._quit = True
                case Command.RESET:
                    self._reset = True
                case Command.PAUSE:
                    self._paused, self._help = not (self._paused or self._help), False
                case Command.HELP:
                    self._help = not self._help
                    self._paused = self._help
                case Command.AUTOPILOT:
                    self._hand_over()
                case _:
                    self._say(self._choices.obey(command))

    def _hand_over(self) -> None:
        if self._autopilot is None:
            self._say("no autopilot: start with --autopilot AGENT")
            return
        self._auto_drives = not self._auto_drives
        self._say(f"{self._autopilot.name} drives" if self._auto_drives else "you drive")

    def _wait_paused(self) -> None:
        """Until the person goes on."""
        self._clock.stop()
        while self._paused and not self._leaves():
            self._showing.again(self._hud(HELP if self._help else _PAUSED))
            self._obey(self._idle())
        self._clock.go()
        self._pace.restart()
        self._recorder.flags |= StepFlag.RESUMED

    def _close(self, how: str) -> None:
        """Ask whether to keep the episode; a session that ends meanwhile keeps it."""
        closing = Closing(self._plan.words)
        self._clock.stop()
        if self._follower is not None:
            self._follower.ends()
        came_to = f"{self._clock.now() - self._begun_s:.1f} s, return {self._return:.1f}"
        while closing.is_open() and not self._over():
            question = (f"Episode {self._number}: {how}", came_to, *closing.lines(), *self._noted())
            self._showing.again(self._hud(HELP if self._help else question))
            self._obey(tuple(command for command in self._idle() if not closing.obey(command)))
        if closing.kept is False:
            self._recorder.discard()
            self.drive.discarded += 1
        else:
            self._keep(closing.tags)

    def _idle(self) -> tuple[Command, ...]:
        """Look at the device while nothing moves."""
        self._clock.sleep(_IDLE_S)
        return self._device.read(self._clock.now(), 0.0, 0.0).commands

    def _keep(self, tags: tuple[str, ...] = ()) -> None:
        self._recorder.keep(tuple(dict.fromkeys((*self._plan.tags, *tags))))
        self.drive.kept += 1

    def _say(self, text: str | None) -> None:
        if text is not None:
            self._note, self._note_until = text, self._clock.base.now() + _NOTE_S

    def _hud(self, overlay: tuple[str, ...] = ()) -> Hud:
        pilot = self._autopilot if self._auto_drives else None
        of = f" of {self._plan.episodes}" if self._plan.episodes else ""
        episode = f"episode {self.drive.kept + 1}{of}, seed {self._plan.seed + self._number - 1}"
        return Hud(
            hand=self._hand, speed_mps=self._car.speed_mps(), progress=self._car.progress(),
            recording=not overlay, paused=self._paused,
            driver="you" if pilot is None else pilot.name, autopilot=pilot is not None,
            fps=self._rate(), missed=self._pace.missed, time_s=self._clock.now() - self._begun_s,
            episode_return=self._return, infractions=self._car.infractions(),
            lines=(episode, *self._chosen, *self._noted()), overlay=overlay, offers=self._offers(),
        )  # fmt: skip

    def _offers(self) -> tuple[Command, ...]:
        """What does something now."""
        pilot = () if self._autopilot is None else (Command.AUTOPILOT,)
        return (*(CLOSING if self._recorder.undecided else (*_OFFERS, *pilot)), *self._choices.offers())

    def _noted(self) -> tuple[str, ...]:
        return (self._note,) if self._note and self._clock.base.now() < self._note_until else ()

    def _rate(self) -> float:
        """Steps a second, over the last second."""
        if len(self._stamps) < 2 or self._stamps[-1] <= self._stamps[0]:
            return 0.0
        return (len(self._stamps) - 1) / (self._stamps[-1] - self._stamps[0])
