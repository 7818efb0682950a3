"""How fast PPO learns to drive by many worlds: agent-steps a second end to end, beside what its parts alone would give.

One agent-step is one decision of one agent: simulation of 0.1 s, observation, acting, and learning from it in three epochs, as in
the recipe `driving-ppo`. The parts are those of the same run: the worlds are stepped with actions of the policy and begin anew where
episodes end, and updates learn from a rollout of them. A run that did nothing but its parts one after another would take the sum of
their times; the ratio says how near it comes. On a machine that does other work, steps a second of processor time are the truer figure.
Source: ours.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from threadpoolctl import threadpool_limits

from agents import recipe as recipes
from agents.naming import task_of
from agents.policy_gradient.learner import PolicyLearner
from agents.policy_gradient.methods import METHODS
from sim_suite.benchmarking import Row
from sim_suite.compiling.sharing import at_most, most_threads
from sim_suite.learning.torch_blocks import threads
from sim_suite.settings import build_config

SUMMARY = "PPO on driving: agent-steps a second end to end, beside simulation, acting and updates alone"

RECIPE: Final = "driving-ppo"
BAR: Final = 30_000.0
"""Agent-steps a second on two cores."""
CORES: Final = (1, 2)
WHOLE: Final = 0.85
"""Of what the parts alone would give: the rest is the loop's own, and copies."""
PARTS: Final = ("simulation and observation", "acting", "update")


def rows(rounds: int = 3, warm_up: int = 4, **changes: Any) -> Iterator[Row]:
    """For one core and for two. warm_up: updates before anything is measured; changes: settings other than the recipe's."""
    for cores in CORES:
        if cores > most_threads():
            continue
        name = f"{cores} core{'s' if cores > 1 else ''}"
        with at_most(cores), threadpool_limits(1, user_api="blas"):  # as within `threads`
            run = start(cores, **changes)
            for _, _ in zip(range(warm_up), run.run(), strict=False):
                pass
            measured = _measured({"whole": end_to_end(run), **parts(run, cores)}, rounds)
        rates = {part: (statistics.median(wall), statistics.median(cpu)) for part, (wall, cpu) in measured.items()}
        together = 1.0 / sum(1.0 / rates[part][1] for part in PARTS)
        whole = rates["whole"]
        bar = BAR if cores == max(CORES) else None
        yield Row(
            f"end to end, {name}", whole[0], "agent-steps/s", bar=bar, holds=None if bar is None else whole[0] >= bar
        )
        ratio = whole[1] / together
        yield Row(
            f"end to end, {name}, of processor time", whole[1], "agent-steps/CPU s", "the parts alone", together, ratio,
            WHOLE, ratio >= WHOLE,
        )  # fmt: skip
        for part in PARTS:
            yield Row(f"{part} alone, {name}", rates[part][0], "agent-steps/s")
            yield Row(f"{part} alone, {name}, of processor time", rates[part][1], "agent-steps/CPU s")


def start(cores: int, **changes: Any) -> PolicyLearner:
    """The recipe's run at its beginning, which tells metrics after each update and does not end."""
    recipe = recipes.load(RECIPE)
    plain = recipe.config | {"steps": 10**9, "report_every": 1, "threads": cores} | changes
    method = METHODS[recipe.agent]
    config = build_config(method.config, plain, RECIPE)
    run = method.start(task_of(recipe.env, recipe.env_kwargs), config, 0, "cpu")
    assert isinstance(run, PolicyLearner)
    return run


Times = tuple[float, float]
Timed = Callable[[], tuple[int, Times]]
"""Does some agent-steps; how many, and what they took of the clock and of the processor, s."""


def end_to_end(run: PolicyLearner) -> Timed:
    """From one update to the next."""
    metrics = run.run()

    def measure() -> tuple[int, Times]:
        before, started = run.done_steps, _now()
        next(metrics)
        return run.done_steps - before, _since(started)

    return measure


def parts(run: PolicyLearner, cores: int) -> dict[str, Timed]:
    """Each of PARTS on the run's own worlds and network."""
    worlds, actor, spec, config = run._worlds, run._actor, run._spec, run._config
    learned = run._ascent.material(*_rollout(run))

    def simulation() -> tuple[int, Times]:
        wall = cpu = 0.0
        for _ in range(config.rollout):  # type: ignore[attr-defined]  # of PPO
            drawn = spec.bounded(actor.act(worlds.observations, run._player.begun, run._acting))
            started = _now()
            outcome = worlds.step(drawn)
            spent = _since(started)
            wall, cpu = wall + spent[0], cpu + spent[1]
            run._player.begun = outcome.terminated | outcome.truncated
        return config.rollout * config.envs, (wall, cpu)  # type: ignore[attr-defined]

    def acting() -> tuple[int, Times]:
        started = _now()
        for _ in range(config.rollout):  # type: ignore[attr-defined]
            spec.bounded(actor.act(worlds.observations, run._player.begun, run._acting))
        return config.rollout * config.envs, _since(started)  # type: ignore[attr-defined]

    def update() -> tuple[int, Times]:
        with threads(cores):
            started = _now()
            run._update(run._ascent, learned, 0.0, run._mixing)
        return len(learned.actions), _since(started)

    return dict(zip(PARTS, (simulation, acting, update), strict=True))


def _rollout(run: PolicyLearner) -> tuple[Any, Any]:
    rollout = run._player.steps(run._config.rollout, run._acting)  # type: ignore[attr-defined]
    return rollout, run._reward_scale(rollout.rewards, rollout.ended)


def _measured(timed: dict[str, Timed], rounds: int) -> dict[str, tuple[list[float], list[float]]]:
    """Rates by the clock and by processor time. They take turns, since a shared machine drifts; the first round is not counted."""
    found: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in timed}
    for number in range(rounds + 1):
        for name, measure in timed.items():
            steps, spent = measure()
            for rates, seconds in zip(found[name], spent, strict=True):
                if number:
                    rates.append(steps / max(seconds, 1e-9))
    return found


def _now() -> Times:
    return time.perf_counter(), time.process_time()


def _since(started: Times) -> Times:
    wall, cpu = _now()
    return wall - started[0], cpu - started[1]
