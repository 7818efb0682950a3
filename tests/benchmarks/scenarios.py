"""How fast scenarios are judged: thousands of variations at once, each of the catalogue alone, and what a storyboard costs.

Beside them, in the same run: the same variations one after the other, and worlds of as many actors stepped with no storyboard, no
driver and no referee, which is the floor.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from agents.experts.driving.idm import IdmDriver
from agents.experts.driving.pdm import PdmDriver
from sim_suite.benchmarking import Row
from sim_suite.driving.storyboard.finding import load_scenario
from sim_suite.driving.storyboard.variations import draw
from sim_suite.envs.scenarios.stage import Stage, columns, stage_options
from sim_suite.leaderboard.trials.batch import run_variations
from sim_suite.studies.scenario_catalogue import shipped

SUMMARY = "Scenarios: verdicts a second, many at once and one alone"
SCENARIO = "cut_in"
MANY, FEW = 4096, 32
MANY_BAR_S = 30.0
ALONE_BAR_S = 2.0
REPEATS = 3


def rows() -> Iterator[Row]:
    """Many, one by one, the floor, and the slowest of the catalogue."""
    scenario = load_scenario(SCENARIO)
    variations = draw(scenario, 0, range(MANY))
    run_variations(scenario, variations[:FEW], IdmDriver(), avoidable=True)  # compiles
    found = run_variations(scenario, variations[:FEW], IdmDriver())
    seconds = min(_timed(lambda: run_variations(scenario, variations, IdmDriver())) for _ in range(REPEATS))
    labelled = _timed(lambda: run_variations(scenario, variations, IdmDriver(), avoidable=True))
    alone = min(
        _timed(lambda: [run_variations(scenario, [one], IdmDriver()) for one in variations[:FEW]])
        for _ in range(REPEATS)
    )
    ticks = sum(one.ticks for one in found) / FEW
    yield Row(f"{MANY} of {SCENARIO} with idm, verdicts", seconds, "s", bar=MANY_BAR_S, holds=seconds <= MANY_BAR_S)
    yield Row(
        f"{MANY} of {SCENARIO} with idm, verdicts and labels",
        labelled,
        "s",
        bar=MANY_BAR_S,
        holds=labelled <= MANY_BAR_S,
    )
    rate, single = MANY / seconds, FEW / alone
    yield Row(f"{SCENARIO} with idm, {MANY} at once", rate, "verdicts/s", "one after the other", single, rate / single)
    floor = _floor(round(ticks))
    yield Row(
        f"{SCENARIO} with idm, {MANY} at once", seconds, "s", "worlds stepped alone (the floor)", floor, floor / seconds
    )
    slowest, name = max((_alone(name), name) for name in shipped())
    yield Row(
        f"slowest of the catalogue with pdm, one variation: {name}",
        slowest,
        "s",
        bar=ALONE_BAR_S,
        holds=slowest <= ALONE_BAR_S,
    )


def _floor(ticks: int) -> float:
    """Seconds in which as many worlds go through as many ticks, driven by nobody."""
    scenario = load_scenario(SCENARIO)
    stage = Stage(scenario, MANY, stage_options(scenario))
    stage.begin(columns([one.values for one in draw(scenario, 0, range(MANY))]), traced=False)
    stage.fleet.actions[:] = np.float32(0.0)
    return min(_timed(lambda: stage.fleet.world.step(ticks)) for _ in range(REPEATS))


def _alone(name: str) -> float:
    """Seconds for one variation, all of it: the map is known, kernels are compiled."""
    scenario = load_scenario(name)
    variations, driver = draw(scenario, 0, [0]), PdmDriver()
    run_variations(scenario, variations, driver)
    return min(_timed(lambda: run_variations(scenario, variations, driver)) for _ in range(REPEATS))


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
