"""Runs variations of a scenario with an agent, as many at once as memory allows. Source: ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from agents.interface import Agent
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.variations import Variation
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.envs.driving.options import DrivingOptions
from sim_suite.envs.scenarios.stage import Stage, columns, stage_options
from sim_suite.envs.scenarios.theatre import EMBEDDED, Theatre
from sim_suite.envs.views import ASKED
from sim_suite.leaderboard.trials.avoidable import label
from sim_suite.leaderboard.trials.pilot import pilot_for
from sim_suite.leaderboard.trials.verdict import Verdict, verdicts

TRACE_BYTES: Final = 256_000_000
"""Memory for what is recorded of the variations that run at once ..."""
BYTES: Final = 42
"""... each of which takes so much for a tick and an actor (metrics/batch/traces.py)."""


def run_variations(
    scenario: Scenario,
    variations: Sequence[Variation],
    agent: Agent | None,
    *,
    avoidable: bool = False,
    done: Callable[[int], None] = lambda count: None,
    keep: Callable[[Sequence[Verdict]], None] = lambda some: None,
    say: Callable[[str], None] = lambda note: None,
    theatre: Theatre = EMBEDDED,
) -> list[Verdict]:
    """Verdicts in the order of the variations. agent: None lets the storyboard drive the ego too; avoidable: label each so; done: told how
    many are finished; keep: given the verdicts of each part that ran at once; say: told what a reader must know of how it was played;
    theatre: where it is.
    """
    options = options_for(scenario, agent)
    size = min(at_once(scenario, variations), theatre.most_at_once)
    found: list[Verdict] = []
    for first in range(0, len(variations), size):
        chunk = list(variations[first : first + size])

        def over(count: int, before: int = first) -> None:
            done(before + count)

        stage = theatre.played(partial(_played, theatre, scenario, chunk, options, agent, over))
        judged = verdicts(stage, chunk, stage.measures())
        if avoidable and scenario.hazard is not None:
            labels = label(scenario, chunk)
            judged = [replace(one, avoidable=bool(known)) for one, known in zip(judged, labels, strict=True)]
        for note in stage.notes:
            say(note)
        keep(judged)
        found += judged
    return found


def _played(
    theatre: Theatre, scenario: Scenario, chunk: Sequence[Variation], options: DrivingOptions, agent: Agent | None,
    done: Callable[[int], None],
) -> Stage:  # fmt: skip
    """A stage on which all variations of a chunk are over. done: told how many are."""
    stage = theatre.stage(scenario, len(chunk), options, driven=agent is not None)
    stage.begin(columns([one.values for one in chunk]))
    pilot = None if agent is None else pilot_for(agent, len(chunk))
    while (live := stage.live).any():
        if pilot is not None:
            pilot.act(stage, live)
        stage.step()
        done(len(chunk) - int(stage.live.sum()))
    return stage


def options_for(scenario: Scenario, agent: Agent | None) -> DrivingOptions:
    """The driving task as the agent looks at it and acts."""
    if agent is None:
        return stage_options(scenario)
    view = agent.interface.observation
    looks = view.asked if view.kind in ASKED else {"observation": "vector"}
    if agent.interface.actions == "discrete":
        looks["action"] = "discrete"
    return stage_options(scenario, **looks)


def at_once(scenario: Scenario, variations: Sequence[Variation]) -> int:
    """How many variations run side by side."""
    from sim_suite.driving.storyboard.numbers import value_of

    longest = max((float(value_of(scenario.limit_s, one.values)) for one in variations), default=1.0)
    each = (longest / TICK_S + 4) * len(scenario.entities) * BYTES
    return max(1, int(TRACE_BYTES / each))
