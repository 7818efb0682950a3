"""Films a variation with what a ChauffeurNet sees and says beside the drive; other agents are filmed plainly. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from agents.interface import Agent
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.variations import Variation
from sim_suite.driving.world.kinds import TICK_S, TICKS_A_SECOND
from sim_suite.driving.world.world import Event
from sim_suite.envs.driving.showing import Showing
from sim_suite.envs.scenarios.stage import Stage, columns
from sim_suite.leaderboard.report.clips import WebmWriter
from sim_suite.leaderboard.trials import films
from sim_suite.leaderboard.trials.batch import options_for
from sim_suite.leaderboard.trials.pilot import pilot_for
from sim_suite.studies.chauffeurnet.panels import WIDTH, Image, frame
from sim_suite.studies.chauffeurnet.seen import foreseeing, look

BITRATE: Final = 1_600_000
"""Two megabytes for ten seconds: the panels' edges and letters stay sharp."""
AFTER_S: Final = 1.0
"""What follows the end is shown for so long."""
MOST_S: Final = 40.0
"""Longer drives are cut off."""


def film(scenario: Scenario, variation: Variation, agent: Agent, title: str) -> bytes:
    """A WebM film (VP8) of a variation."""
    if foreseeing(agent) is None:
        return films.film(scenario, variation, agent)
    ticks = options_for(scenario, agent).ticks_per_step
    writer = WebmWriter(TICKS_A_SECOND // ticks, WIDTH, BITRATE)
    play(scenario, variation, agent, title, writer.add)
    return writer.finish()


def play(scenario: Scenario, variation: Variation, agent: Any, title: str, keep: Callable[[Image], None]) -> None:
    """Drive a variation and hand on a frame a decision: what was seen, what was said, and the drive at that moment."""
    stage = Stage(scenario, 1, options_for(scenario, agent))
    stage.begin(columns([variation.values]), traced=False)
    pilot, showing, everywhere = pilot_for(agent, 1), Showing("rgb_array"), np.ones(1, np.bool_)
    step_s = stage.options.ticks_per_step * TICK_S
    rest, time_s = round(AFTER_S / step_s), 0.0
    showing.begin(stage.fleet)

    def shown(events: list[Event]) -> None:
        showing.show(stage.fleet, events)

    while (stage.live.any() or rest > 0) and time_s < MOST_S:
        rest -= 0 if stage.live.any() else 1
        assert stage.fleet.raster is not None
        seen = look(agent, stage.fleet.raster[0].copy())
        keep(frame(showing.render(stage.fleet), seen, agent.policy.spec.raster, title, time_s))
        pilot.act(stage, everywhere)
        stage.step(shown)
        time_s += step_s
