"""Drives CarRacing at 50 Hz with a dummy driver at the keys, and says how long a key takes to become an action. Source: ours.

    SDL_VIDEODRIVER=dummy python -m sim_suite.studies.drive_latency [--seconds 600] [--seed 0] [--out FILE.json]

All is as in `sim-suite drive`: window, pictures, recorder with its files. A thread presses and lets go of the throttle at random
moments; latency is from the moment at which it has posted the key's event to the call of the environment's step whose action has
it. A key that comes just after a step waits a whole frame for the next, so that in a session without fault latencies lie evenly
between 0 and one frame. It fails where the 99th percentile is above one frame of 20 ms, or 0.1 % of frames are missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import gymnasium as gym
import numpy as np

from sim_suite.envs.making import make
from sim_suite.episodes.cockpit.cars import car_of, render_mode
from sim_suite.episodes.cockpit.pace import RealClock, StoppableClock
from sim_suite.episodes.cockpit.plan import Plan
from sim_suite.episodes.cockpit.seat import Command, Reading
from sim_suite.episodes.cockpit.session import Session
from sim_suite.episodes.cockpit.window import Window
from sim_suite.episodes.recording.recorder import RecordEpisodes
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Driver
from sim_suite.episodes.store.folder import Recording
from sim_suite.files import write_json

ENV: Final = "sim_suite/CarRacing-v0"
FRAME_MS: Final = 20.0
MOST_MISSED: Final = 0.001
_WAITS_S: Final = (0.06, 0.2)
"""Between two edges of the key: longer than two frames."""


@dataclass(frozen=True)
class Latencies:
    """What came of it."""

    seconds: float
    steps: int
    frames: int
    missed: int
    pictures: int
    """Steps that were shown; the others' pictures were left out for want of time."""
    edges: int
    """Times that the key went down or up while an episode was going on."""
    unseen: int
    """Of them, those that no action shows."""
    p50_ms: float
    p99_ms: float
    max_ms: float
    read_p99_ms: float
    """From reading the keyboard to the step, as the episodes have it (`time_s` - `input_s` of steps with a new input)."""
    load: float
    """The machine's load average over the last minute, at the end."""

    @property
    def missed_share(self) -> float:
        """Of frames."""
        return self.missed / max(self.frames, 1)

    @property
    def holds(self) -> bool:
        """Whether a key is in an action within a frame, and frames are not missed."""
        return self.p99_ms <= FRAME_MS and self.missed_share < MOST_MISSED and self.unseen == 0


class _Steps(gym.Wrapper[Any, Any, Any, Any]):
    """Notes when each step was called, and whether its action has gas."""

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env)
        self.times: list[float] = []
        self.gas: list[bool] = []
        self.breaks: list[float] = []
        """When episodes began."""

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Note the break."""
        self.breaks.append(time.perf_counter())
        return self.env.reset(seed=seed, options=options)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Note the step."""
        self.times.append(time.perf_counter())
        self.gas.append(float(action[1]) > 0.0)
        return self.env.step(action)


class _Keeper:
    """The window's keys, and whoever keeps each episode at once; leaves so many seconds after the first moment of driving."""

    def __init__(self, window: Window, seconds: float) -> None:
        self._window, self._seconds = window, seconds
        self._until: float | None = None

    def read(self, now_s: float, step_s: float, speed_mps: float) -> Reading:
        """The state now."""
        reading = self._window.read(now_s, step_s, speed_mps)
        if self._until is None and step_s > 0.0:
            self._until = time.perf_counter() + self._seconds
        is_over = self._until is not None and time.perf_counter() > self._until
        command = Command.QUIT if is_over else Command.KEEP if step_s == 0.0 else None
        return reading if command is None else replace(reading, commands=(*reading.commands, command))


class _Presser(threading.Thread):
    """Presses and lets go of a key at random moments."""

    def __init__(self, seed: int) -> None:
        super().__init__(daemon=True)
        self._random, self._done = np.random.default_rng(seed), threading.Event()
        self.edges: list[tuple[float, bool]] = []
        """When it had posted an event, and whether the key was down then."""

    def run(self) -> None:
        """Until it is told to stop."""
        import pygame

        down = False
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_LEFT))  # round and round
        while not self._done.wait(float(self._random.uniform(*_WAITS_S))):
            down = not down
            pygame.event.post(pygame.event.Event(pygame.KEYDOWN if down else pygame.KEYUP, key=pygame.K_UP))
            self.edges.append((time.perf_counter(), down))

    def stop(self) -> None:
        """No more keys."""
        self._done.set()
        self.join()


def measure(seconds: float, seed: int = 0, place: Path | None = None) -> Latencies:
    """Drive for so long. place: where episodes are recorded; None: a folder that is removed."""
    if place is None:
        with tempfile.TemporaryDirectory() as name:
            return measure(seconds, seed, Path(name) / "laps")
    clock = StoppableClock(RealClock())
    with make(ENV, render_mode=render_mode(ENV)) as world, Recording(place) as folder:
        window, steps = Window(car_of(world).reach), _Steps(world)
        recorder = RecordEpisodes(steps, folder, driver=Driver("dummy"), clock=clock.now, hold=True)
        for _ in range(2):  # kernels
            world.reset(seed=seed)
            world.step(np.zeros(3, np.float32))
        keeper = _Keeper(window, seconds)
        session = Session(recorder, recorder, car_of(world), keeper, window, clock, Plan(seed=seed), follower=window)
        presser = _Presser(seed)
        presser.start()
        started = time.perf_counter()
        try:
            drive = session.run()
        finally:
            presser.stop()
            recorder.close()
            window.close()
        took_s = time.perf_counter() - started
        latencies, unseen = match(presser.edges, steps.times, steps.gas, steps.breaks)
        p50, p99, most = np.percentile(latencies, (50, 99, 100)).tolist() if latencies else (0.0, 0.0, 0.0)
    return Latencies(
        took_s, drive.steps, drive.frames, drive.missed, drive.pictures, len(latencies) + unseen, unseen,
        1e3 * p50, 1e3 * p99, 1e3 * most, 1e3 * _read_p99_s(place), os.getloadavg()[0],
    )  # fmt: skip


def match(
    edges: list[tuple[float, bool]], times: list[float], gas: list[bool], breaks: list[float]
) -> tuple[list[float], int]:
    """(seconds from each edge to the first step that has it, how many no step has before the next edge).

    edges: (time, whether the key is down); times, gas: of steps; breaks: when episodes began. Edges that fell between the steps of two
    episodes do not count.
    """
    found: list[float] = []
    unseen = 0
    at, begun, ends = np.array(times), np.array(breaks), [*(edge for edge, _ in edges[1:]), np.inf]
    episode = np.searchsorted(begun, at)
    for (posted, down), until in zip(edges, ends, strict=True):
        first, last = np.searchsorted(at, (posted, until))
        if first in (0, len(at)) or episode[first - 1] != episode[first]:
            continue
        seen = next((k for k in range(first, last) if gas[k] == down), None)
        if seen is None:
            unseen += 1
        else:
            found.append(float(at[seen] - posted))
    return found, unseen


def _read_p99_s(place: Path) -> float:
    """Over all steps that a new input led to."""
    waits = []
    for episode in Dataset(place).episodes():
        inputs, times = episode.read("input_s"), episode.read("time_s")
        waits.append((times - inputs)[np.diff(inputs, prepend=-1.0) > 0.0])
    joined = np.concatenate(waits) if waits else np.zeros(0)
    return float(np.percentile(joined, 99)) if len(joined) else 0.0


def main(arguments: list[str]) -> int:
    """Run the command; status 1 where it was too slow."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=None)
    asked = parser.parse_args(arguments)
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    found = measure(asked.seconds, asked.seed)
    facts = {**asdict(found), "missed_share": found.missed_share, "holds": found.holds}
    if asked.out is not None:
        write_json(asked.out, facts)
    print(json.dumps(facts, indent=2))
    return 0 if found.holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
