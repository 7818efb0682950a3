"""Whether anybody could have mastered a variation's hazard: by the rule of a regulation, or by a grid of manoeuvres in simulation.

Source: UN Regulation 157, 5.2.5.2 (cut-in: to be avoided if the time to collision, when the other is 0.3 m within the lane, is above
v_rel / (2 * 6 m/s^2) + 0.35 s, and its going aside was to be seen 0.72 s before); the grid is ours. An ego drives on at its set speed
until the hazard begins, and 0.35 s more, then brakes evenly or goes aside, or both: where one of these passes, the variation is
avoidable. A scenario can also say that all of its variations are.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.experts.driving.manoeuvre import ManoeuvreDriver
from sim_suite.driving.roads.graph.poses import lane_poses
from sim_suite.driving.roads.graph.projection import project_onto
from sim_suite.driving.storyboard.criteria import StaysOnRoad
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.staging.distances import closing_speed, signed_distance
from sim_suite.driving.storyboard.staging.referee import NEVER
from sim_suite.driving.storyboard.staging.view import Bools, Floats
from sim_suite.driving.storyboard.staging.watch import TriggerWatch
from sim_suite.driving.storyboard.variations import Variation
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.scenarios.stage import Stage, columns, stage_options

REACTION_S: Final = 0.35
"""Of the regulation's rule."""
BRAKE_MPS2: Final = 6.0
"""Likewise."""
SEEN_S: Final = 0.72
"""So long the one that cuts in must have been to be seen before it crosses the line."""
INTRUDES_M: Final = 0.3
"""It counts as in the lane when the outside of its tyre is so far beyond the marking."""
BRAKES_MPS2: Final = (0.0, 2.0, 4.0, 6.0, 8.0)
SHIFT_MPS: Final = 2.5
"""Speed aside of an evasive manoeuvre (ours: a quick change of lanes, 3.5 m in 1.4 s)."""
NOT_YET: Final = 10**9


def label(scenario: Scenario, variations: Sequence[Variation]) -> Bools:
    """[W] Whether each could be mastered. The scenario needs a hazard."""
    assert scenario.hazard is not None
    begins, rule = observe(scenario, variations)
    if scenario.hazard.avoidable == "un_r157_cut_in":
        return rule
    return by_grid(scenario, variations, begins)


def observe(scenario: Scenario, variations: Sequence[Variation]) -> tuple[NDArray[np.int64], Bools]:
    """(tick at which the hazard begins, NOT_YET where it does not; what the regulation's rule says), for an ego that drives on."""
    hazard = scenario.hazard
    assert hazard is not None
    stage = Stage(scenario, len(variations), stage_options(scenario))
    stage.begin(columns([one.values for one in variations]), traced=False)
    driver = ManoeuvreDriver(np.full(len(variations), NOT_YET), 0.0, 0.0)
    memory, actions = np.zeros((len(variations), driver.memory_size), np.float32), stage.fleet.actions
    watch = TriggerWatch(hazard.begins, len(variations))
    begins = np.full(len(variations), NOT_YET, np.int64)
    crosses, avoidable = np.full(len(variations), NOT_YET, np.int64), np.ones(len(variations), np.bool_)
    ticks = stage.options.ticks_per_step
    while (live := stage.live).any():
        tick = stage.fleet.state.world[:, col.TICK]
        found = watch.look(live, stage.view, stage.player.parts)
        begins = np.where(found & (begins == NOT_YET), tick, begins)
        if hazard.actor:
            crossing = live & (crosses == NOT_YET) & (begins != NOT_YET) & _reaches_in(stage, hazard.actor)
            if crossing.any():
                seen = (tick - begins) * TICK_S
                avoidable[crossing] = (_may_be_met(stage, hazard.actor) & (seen >= SEEN_S))[crossing]
                crosses[crossing] = tick[crossing]
        driver.drive_worlds(stage.fleet.state, stage.fleet.map, EGO, ticks, memory, actions, which=live)
        stage.step()
    hit = stage.referee.broken_tick[:, [one.name for one in scenario.criteria].index(hazard.criterion)] != NEVER
    return begins, avoidable & ~(hit & (crosses == NOT_YET))  # hit before it was in the lane: nobody had time


def by_grid(scenario: Scenario, variations: Sequence[Variation], begins: NDArray[np.int64]) -> Bools:
    """[W] Whether some manoeuvre of the grid keeps the hazard's criterion, and the ego on the road."""
    hazard = scenario.hazard
    assert hazard is not None
    mastered = np.zeros(len(variations), np.bool_)
    start = begins + round(REACTION_S / TICK_S)
    for brake, offset in product(BRAKES_MPS2, hazard.offsets_m):
        left = np.flatnonzero(~mastered)
        if not len(left):
            break
        stage = Stage(scenario, len(left), stage_options(scenario))
        stage.begin(columns([variations[w].values for w in left.tolist()]), traced=False)
        driver = ManoeuvreDriver(start[left], brake, offset, SHIFT_MPS)
        memory = np.zeros((len(left), driver.memory_size), np.float32)
        while (live := stage.live).any():
            driver.drive_worlds(
                stage.fleet.state, stage.fleet.map, EGO, stage.options.ticks_per_step, memory, stage.fleet.actions,
                which=live,
            )  # fmt: skip
            stage.step()
        names = [one.name for one in scenario.criteria]
        asked = [k for k, name in enumerate(names) if name in (hazard.criterion, StaysOnRoad.name)]
        mastered[left] = (stage.referee.broken_tick[:, asked] == NEVER).all(axis=1)
    return mastered


def _reaches_in(stage: Stage, actor: str) -> Bools:
    """[W] Whether an actor's side is INTRUDES_M within the ego's lane, on its own side of it."""
    view = stage.view
    lane = view.on_lane(stage.scenario.ego).lane
    x, y, _ = view.pose(actor)
    foot = project_onto(view.map.ground.grid, lane, x, y)
    half = lane_poses(view.map.graph, np.maximum(lane, 0), np.nan_to_num(foot.arc_m)).width / 2
    turned = view.body(actor, col.YAW) - view.lane_heading(lane, np.nan_to_num(foot.arc_m))
    across = view.body(actor, col.LENGTH) * np.abs(np.sin(turned)) + view.body(actor, col.WIDTH) * np.abs(
        np.cos(turned)
    )
    side = np.abs(foot.lateral_m) - across / 2
    return np.asarray((lane >= 0) & view.exists(actor) & (side <= half - INTRUDES_M))


def _may_be_met(stage: Stage, actor: str) -> Bools:
    """[W] The regulation's rule at this moment, for an actor ahead. One wholly behind is no danger; from beside there is no time."""
    view, ego = stage.view, stage.scenario.ego
    apart: Floats = signed_distance(view, ego, actor, "longitudinal", "road", centres=True)
    half = (view.body(ego, col.LENGTH) + view.body(actor, col.LENGTH)) / 2
    closing = closing_speed(view, ego, actor, "longitudinal")
    seconds = np.where(closing > 0.0, (apart - half) / np.maximum(closing, 1e-9), np.inf)
    in_time = seconds > closing / (2 * BRAKE_MPS2) + REACTION_S
    return np.asarray((apart < -half) | ((apart > half) & in_time))
