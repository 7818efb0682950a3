"""Plays one variation again, alone, to show or to film it. It goes as it went among the others. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.interface import Agent
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.variations import Variation
from sim_suite.driving.world.kinds import TICKS_A_SECOND
from sim_suite.driving.world.world import Event
from sim_suite.envs.driving.showing import Showing
from sim_suite.envs.scenarios.stage import columns
from sim_suite.envs.scenarios.theatre import EMBEDDED, Theatre
from sim_suite.leaderboard.report.clips import WebmWriter
from sim_suite.leaderboard.trials.batch import options_for
from sim_suite.leaderboard.trials.pilot import pilot_for
from sim_suite.leaderboard.trials.verdict import Verdict, verdicts

FILM_WIDTH: Final = 480
FILM_BITRATE: Final = 800_000
FILM_FPS: Final = 10
FILM_SECONDS: Final = 20.0
AFTER_S: Final = 1.0
"""What follows the end is shown for so long."""


def show(scenario: Scenario, variation: Variation, agent: Agent | None, theatre: Theatre = EMBEDDED) -> Verdict:
    """Play it in a window, in real time."""
    return _play(scenario, variation, agent, theatre, Showing("human"), lambda picture: None)


def film(scenario: Scenario, variation: Variation, agent: Agent | None, theatre: Theatre = EMBEDDED) -> bytes:
    """A WebM film of it: the last FILM_SECONDS of what happened, and a second of what came after."""
    showing, frames = Showing("rgb_array_list"), list[NDArray[np.uint8]]()
    _play(scenario, variation, agent, theatre, showing, frames.extend)
    every = TICKS_A_SECOND // FILM_FPS
    writer = WebmWriter(FILM_FPS, FILM_WIDTH, FILM_BITRATE)
    for frame in frames[::-every][: round(FILM_SECONDS * FILM_FPS)][::-1]:
        writer.add(frame)
    return writer.finish()


def _play(
    scenario: Scenario, variation: Variation, agent: Agent | None, theatre: Theatre, showing: Showing,
    keep: Callable[[Any], Any],
) -> Verdict:  # fmt: skip
    stage = theatre.stage(scenario, 1, options_for(scenario, agent), driven=agent is not None)
    stage.begin(columns([variation.values]))
    pilot = None if agent is None else pilot_for(agent, 1)
    everywhere, rest = np.ones(1, np.bool_), round(AFTER_S * TICKS_A_SECOND / stage.options.ticks_per_step)
    showing.begin(stage.fleet)
    try:
        while stage.live.any() or rest > 0:
            rest -= 0 if stage.live.any() else 1
            if pilot is not None:
                pilot.act(stage, everywhere)

            def shown(events: list[Event]) -> None:
                showing.show(stage.fleet, events)

            stage.step(shown)
            showing.score += float(stage.fleet.outcome.reward[0])
            if showing.mode == "rgb_array_list":
                keep(showing.render(stage.fleet))
    finally:
        showing.close()
    return verdicts(stage, [variation], stage.measures())[0]
