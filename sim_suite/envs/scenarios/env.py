"""One scenario by Gymnasium's interface: every episode is a variation of it. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import gymnasium as gym
from gymnasium.utils import EzPickle

from sim_suite.driving.storyboard.finding import load_scenario
from sim_suite.driving.storyboard.staging.referee import End
from sim_suite.driving.storyboard.variations import Variation, draw
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.driving.world.layout import State
from sim_suite.envs.driving.env import checked_action
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.showing import RENDER_MODES, Showing
from sim_suite.envs.driving.spaces import action_space, observation_space
from sim_suite.envs.driving.state import DrivingState
from sim_suite.envs.scenarios.stage import Stage, columns, stage_options
from sim_suite.errors import SuiteError, UnknownNameError

RESET_NAMES: Final = ("variation", "values")


class ScenarioEnv(gym.Env[Any, Any], EzPickle):
    """
    ## Description
    Drive the ego of a scenario: a lead car that brakes, a child from behind a parked car, a car that runs a red light. Every
    episode is a variation of it, drawn from the episode's seed; `sim-suite run` plays thousands of them at once, and the same ones.

    ## Action Space
    As `sim_suite/Driving-v0`: `action="continuous"` or `"discrete"`.

    ## Observation Space
    As `sim_suite/Driving-v0`: `observation="vector"`, `"raster"` or `"both"`. Who is hidden behind others is not observed.

    ## Rewards
    The terms of `sim_suite/Driving-v0`.

    ## Starting State
    As the scenario's storyboard says, with the variation's parameters.

    ## Episode End
    Terminated at the goal, when the storyboard is over, when a criterion is broken that ends a variation (a collision), when the route
    is lost, and when the ego stands for 180 s; truncated after the scenario's own time. The last step's `info["metrics"]` says whether
    all criteria held (`passed`) and what was measured; `info["variation"]` of the reset names the variation.

    ## Arguments
    * `scenario`: name or path, as `sim-suite run` takes it.
    * `settings`: values of parameters that all episodes have.
    * `observation`, `raster`, `others`, `action`, `ticks_per_step`, `occlusion`, `metrics`, `weights`, `render_mode`: as
      `sim_suite/Driving-v0`.

    `reset(options=...)` takes `variation` ("SEED-NUMBER", as reports name them) or `values` (of parameters, by name).

    ## Version History
    * v0: first version.
    """

    metadata: dict[str, Any] = {"render_modes": list(RENDER_MODES), "render_fps": 10}  # noqa: RUF012  # as Gymnasium has it

    def __init__(
        self,
        scenario: str = "cut_in",
        settings: Mapping[str, Any] | None = None,
        render_mode: str | None = None,
        **looks: Any,
    ) -> None:
        self._showing = Showing(render_mode)
        EzPickle.__init__(self, scenario, settings, render_mode, **looks)
        self.settings = {name: str(value) for name, value in (settings or {}).items()}
        self.scenario = load_scenario(scenario, self.settings)
        self.options = stage_options(self.scenario, **looks)
        self.render_mode = render_mode
        self.metadata = self._showing.metadata(self.options.ticks_per_step)
        self.observation_space = observation_space(self.options)
        self.action_space = action_space(self.options)
        self._stage = Stage(self.scenario, 1, self.options)
        self._is_running = False

    @property
    def speed_mps(self) -> float:
        """Of the ego, negative in reverse."""
        return float(self._stage.fleet.state.body[0, EGO, col.SPEED])

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin a variation. `options`: see Arguments."""
        super().reset(seed=seed)
        variation = self._variation(seed, options or {})
        self._stage.begin(columns([variation.values]), traced=False)
        self._is_running = True
        self._showing.begin(self._stage.fleet)
        return self._stage.fleet.observation(0), {"variation": variation.id, "values": dict(variation.values)}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Drive for `ticks_per_step`. Raises `SuiteError` for an action of another shape, or one that is not finite."""
        stage, fleet = self._stage, self._stage.fleet
        fleet.actions[0] = checked_action(action, self.action_space, fleet)
        if not self._is_running:
            raise SuiteError("no episode is going on. Call reset first.")
        stage.step(None if self.render_mode is None else lambda events: self._showing.show(fleet, events))
        reward, end = float(fleet.outcome.reward[0]), int(stage.referee.end[0])
        self._showing.score += reward
        info: dict[str, Any] = {"terms": dict(zip(fleet.term_names, fleet.terms[0].tolist(), strict=True))}
        if end != End.RUNNING:
            info["metrics"] = scenario_metrics(stage)
            self._is_running = False
        return fleet.observation(0), reward, end not in (End.RUNNING, End.TIME), end == End.TIME, info

    def read_state(self) -> DrivingState:
        """The whole truth of this moment."""
        return self._stage.fleet.read_state(0)

    @property
    def live_state(self) -> State:
        """The world's own arrays, which the next step overwrites; for recorders, who must not write into them."""
        return self._stage.fleet.state

    @property
    def map_name(self) -> str:
        """Of the present episode's map."""
        return self._stage.fleet.name

    def render(self) -> Any:
        """The present picture, uint8 [H, W, 3] RGB; in mode "rgb_array_list" those since the last call."""
        return self._showing.render(self._stage.fleet)

    def close(self) -> None:
        """Close the window, where there is one."""
        self._showing.close()

    def _variation(self, seed: int | None, options: Mapping[str, Any]) -> Variation:
        for name in options:
            if name not in RESET_NAMES:
                raise UnknownNameError("option of reset", str(name), RESET_NAMES)
        if "values" in options:
            fixed = {**self.settings, **{name: str(value) for name, value in options["values"].items()}}
            return draw(self.scenario, 0, [0], fixed)[0]
        if "variation" in options:
            own, number = read_id(str(options["variation"]))
            return draw(self.scenario, own, [number], self.settings)[0]
        # Number 0 is the usual one, whatever the seed.
        drawn = int(self.np_random.integers(2**31)) if seed is None else seed
        return draw(self.scenario, drawn, [1], self.settings)[0]


def scenario_metrics(stage: Stage) -> dict[str, float]:
    """What the first variation of a stage came to: `passed`, and what was measured of the trip.

    `driving_score` is CARLA's 1.0: completion times penalties, 0 to 100. Completion is that of the route where the scenario has a goal,
    else of the time that was to be driven. The other driving scores compare with a whole route, and are left out.
    """
    found = stage.fleet.metrics(0)
    score, route = found.pop("driving_score_1_0", None), found["route_completion"]
    for name in [name for name in found if name.startswith(("driving_score", "nuplan_score"))]:
        del found[name]
    if stage.scenario.goal is None:
        found["route_completion"] = _share_driven(stage)
    if score is not None:
        penalty = score / route if route > 0.0 else 0.0
        found["driving_score"] = penalty * found["route_completion"]
    return dict(sorted((found | {"passed": float(stage.referee.passed[0])}).items()))


def _share_driven(stage: Stage) -> float:
    """Per cent of its time that a variation lasted; all of it where it was over in the ordinary way."""
    if stage.referee.end[0] in (End.GOAL, End.STORYBOARD, End.TIME):
        return 100.0
    limit = float(stage.view.number(stage.scenario.limit_s)[0])
    return min(100.0 * int(stage.referee.end_tick[0]) * TICK_S / limit, 100.0)


def read_id(text: str) -> tuple[int, int]:
    """(seed, number) of a variation's id. Raises `SuiteError` for another text."""
    seed, _, number = text.partition("-")
    if not (seed.isdecimal() and number.isdecimal()):
        raise SuiteError(f"a variation is named SEED-NUMBER, as reports do, for example 0-17, not {text!r}.")
    return int(seed), int(number)
