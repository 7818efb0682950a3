"""Films a variation by a car that drives by its own cameras: what it sees, what it believes, what is, and how it drives. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from agents.imitation.chauffeurnet.perceived import PerceivedAgent
from perception.surroundings.perceiver import Look
from perception.surroundings.signals import SIGN_OF
from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec, split_channel
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.variations import Variation
from sim_suite.driving.world.kinds import TICK_S, TICKS_A_SECOND
from sim_suite.driving.world.layout import SPEED
from sim_suite.driving.world.world import Event
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.showing import Showing
from sim_suite.envs.scenarios.stage import Stage, columns
from sim_suite.leaderboard.report.clips import WebmWriter
from sim_suite.leaderboard.trials.batch import options_for
from sim_suite.leaderboard.trials.pilot import pilot_for
from sim_suite.leaderboard.trials.verdict import Verdict, verdicts
from sim_suite.studies.perceived_driving.frames import KINDS, LIGHTS, SIGNS, WIDTH, Image, frame

BITRATE: Final = 700_000
"""0.9 MB for ten seconds: boxes' edges and letters stay sharp."""
AFTER_S: Final = 1.0
"""What follows the end is shown for so long."""
MOST_S: Final = 40.0
"""Longer drives are cut off."""


def film(scenario: Scenario, variation: Variation, agent: PerceivedAgent, title: str) -> tuple[bytes, Verdict]:
    """(a WebM film (VP8), what came of the variation)."""
    ticks = options_for(scenario, agent).ticks_per_step
    writer = WebmWriter(TICKS_A_SECOND // ticks // 2, WIDTH, BITRATE)
    verdict = play(scenario, variation, agent, title, writer.add)
    return writer.finish(), verdict


def play(
    scenario: Scenario, variation: Variation, agent: PerceivedAgent, title: str, keep: Callable[[Image], None]
) -> Verdict:
    """Drive a variation and hand on a frame for each look, five a second."""
    stage = Stage(scenario, 1, options_for(scenario, agent))
    stage.begin(columns([variation.values]))
    pilot, showing, everywhere = pilot_for(agent, 1), Showing("rgb_array"), np.ones(1, np.bool_)
    spec = present(agent.policy.spec.raster)
    chosen = [agent.policy.spec.raster.channels.index(name) for name in spec.channels]
    truth, rasteriser = np.empty((1, 1, *spec.shape), np.uint8), Rasteriser(stage.fleet.map, spec)
    step_s = stage.options.ticks_per_step * TICK_S
    rest, time_s = round(AFTER_S / step_s), 0.0
    showing.begin(stage.fleet)
    agent.with_labels = True

    def shown(events: list[Event]) -> None:
        showing.show(stage.fleet, events)

    while (stage.live.any() or rest > 0) and time_s < MOST_S:
        rest -= 0 if stage.live.any() else 1
        seen = stage.fleet.observation(0)
        pilot.act(stage, everywhere)
        look = agent.last_looks[0]
        if look is not None:
            rasteriser.draw(stage.fleet.state, truth, visible=stage.fleet.outcome.visible)
            believed = look._replace(scene=replace(look.scene, spec=spec, raster=look.scene.raster[chosen]))
            speed = 3.6 * float(stage.fleet.state.body[0, EGO, SPEED])
            head = f"{title} - {time_s:.1f} s, {speed:.0f} km/h"
            keep(frame(seen, believed, truth[0, 0], spec, showing.render(stage.fleet), head, words(look)))
        stage.step(shown)
        time_s += step_s
    return verdicts(stage, [variation], stage.measures())[0]


def present(spec: RasterSpec) -> RasterSpec:
    """A raster without a past, which worlds need not keep for it."""
    now = tuple(name for name in spec.channels if split_channel(name)[1] == 0)
    return replace(spec, channels=now, past_points=1)


def words(look: Look) -> list[str]:
    """What a person would say of it: lights and signs in sight, and who is around."""
    names = []
    for light, (name, _) in LIGHTS.items():
        if look.lights and light in look.lights.values():
            names.append(name)
    names += [SIGNS[said] for said, kind in SIGN_OF.items() if kind in look.signs.values()]
    around = [KINDS[kind][0] for kind in look.kinds]
    counted = [f"{around.count(name)} {name}{'s' if around.count(name) > 1 else ''}" for name in dict.fromkeys(around)]
    return [
        f"It believes: {', '.join([*names, *counted]) or 'nobody near, no light and no sign'}.",
        "Known without looking: the route, the map, and where lights and signs stand. All else is seen.",
    ]
