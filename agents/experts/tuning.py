"""Looks for the CarRacing driver's constants by a coordinate search: one constant at a time, kept where it helps.

    python -m agents.experts.tuning --seeds 24 --rounds 1

Seeds count from 0. The seeds of the evaluation, 10000 and up, are refused, so that no constant is fitted to them.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gymnasium as gym

from agents.experts.car_racing import DriverSettings, PursuitDriver
from agents.experts.lap_time import Grip
from agents.experts.race_car import GRIP_MPS2
from agents.experts.trials import physics_only, run_trials
from sim_suite.errors import SuiteError

FIRST_EVALUATION_SEED = 10_000
FACTORS = (0.8, 0.9, 1.1, 1.25)
"""What each constant is multiplied by in turn."""
_DRIVER = ("preview_s", "return_rps", "turn_rate_gain", "turn_rate_lead", "slip_gain", "speed_gain")


def scaled(settings: DriverSettings, name: str, factor: float) -> DriverSettings:
    """The settings with one constant multiplied by `factor`."""
    line = settings.line
    if name in _DRIVER:
        changed: dict[str, Any] = {name: getattr(settings, name) * factor}
        return replace(settings, **changed)
    if name in ("corner", "brake"):
        corner, brake = line.grip.corner_mps2, line.grip.brake_mps2
        grip = Grip(corner * factor, brake) if name == "corner" else Grip(corner, brake * factor)
        return replace(settings, line=replace(line, grip=grip))
    changed = {name: getattr(line, name) * factor}
    return replace(settings, line=replace(line, **changed))


def search(settings: DriverSettings, seeds: int, rounds: int) -> Iterator[tuple[str, float, float, DriverSettings]]:
    """Yields (what was tried, mean return, least return, best settings so far) for each trial of the search."""
    if not 0 < seeds <= FIRST_EVALUATION_SEED:
        raise SuiteError(
            f"tuning takes 1 to {FIRST_EVALUATION_SEED} seeds, not {seeds}: those above are for evaluation."
        )
    best = score(settings, seeds)
    yield "start", *best, settings
    for name in ("corner", "brake", "margin_m", "smoothness_s", *_DRIVER) * rounds:
        found = settings
        for factor in FACTORS:
            candidate = scaled(settings, name, factor)
            result = score(candidate, seeds)
            if result[0] > best[0]:
                best, found = result, candidate
            yield f"{name} x {factor}", *result, found
        settings = found


def score(settings: DriverSettings, seeds: int) -> tuple[float, float]:
    """Mean and least return over the seeds 0, 1, ..."""
    env = physics_only(gym.make("CarRacing-v3"))
    totals = [trial.total for trial in run_trials(env, PursuitDriver(settings), range(seeds))]
    return statistics.fmean(totals), min(totals)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=1)
    chosen = parser.parse_args()
    best = DriverSettings()
    for tried, mean, least, found in search(best, chosen.seeds, chosen.rounds):
        print(f"{tried:24s} mean {mean:7.2f} least {least:7.2f}", flush=True)
        best = found
    grip = best.line.grip
    print(best)
    print(f"grip: corner {grip.corner_mps2 / GRIP_MPS2:.3f}, brake {grip.brake_mps2 / GRIP_MPS2:.3f} of GRIP_MPS2")


if __name__ == "__main__":
    main()
