"""How a driving environment is shown: in a window, as one picture, or as all pictures since the last look. Source: ours."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import TICKS_A_SECOND
from sim_suite.driving.world.world import Event
from sim_suite.envs.driving.fleet import Fleet
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.screen import PersonsWindow, Picture, Screen
from sim_suite.envs.driving.tracker import WAYPOINT_SCALE_M
from sim_suite.errors import SuiteError

RENDER_MODES: Final = ("human", "rgb_array", "rgb_array_list")


class Showing:
    """Shows world 0 of a fleet in one of RENDER_MODES, or not at all."""

    def __init__(self, render_mode: str | None) -> None:
        if render_mode is not None and render_mode not in RENDER_MODES:
            raise SuiteError(f"render_mode must be None or one of {', '.join(RENDER_MODES)}, not {render_mode!r}.")
        self.mode = render_mode
        self.score = 0.0
        """Shown as the reward so far."""
        self._screen: Screen | None = None
        self._window: PersonsWindow | None = None
        self._frames: list[Picture] = []

    def metadata(self, ticks_per_step: int) -> dict[str, Any]:
        """Of the environment, as Gymnasium has it."""
        frames_a_step = 1 if self.mode == "rgb_array" else ticks_per_step
        return {"render_modes": list(RENDER_MODES), "render_fps": TICKS_A_SECOND * frames_a_step / ticks_per_step}

    def begin(self, fleet: Fleet) -> None:
        """A new episode begins."""
        self.score = 0.0
        if self.mode is None:
            return
        if self._screen is None:
            self._screen = Screen()
        self._screen.reset()
        self._frames = []
        self.show(fleet, [])

    def show(self, fleet: Fleet, events: list[Event]) -> None:
        """A tick is over."""
        assert self._screen is not None
        self._screen.note(events)
        if self.mode == "rgb_array_list":
            self._frames.append(self._picture(fleet))
        elif self.mode == "human":
            if self._window is None:
                self._window = PersonsWindow()
            self._window.show(self._picture(fleet))

    def render(self, fleet: Fleet) -> Any:
        """The present picture, uint8 [H, W, 3] RGB; in mode "rgb_array_list" those since the last call."""
        if self.mode == "rgb_array_list":
            frames, self._frames = self._frames, []
            return frames
        return self._picture(fleet) if self.mode == "rgb_array" else None

    def close(self) -> None:
        """Close the window, where there is one."""
        if self._window is not None:
            self._window.close()
            self._window = None

    def _picture(self, fleet: Fleet) -> Picture:
        if self._screen is None:
            raise SuiteError("there is nothing to see before the first reset. Call reset first.")
        return self._screen.picture(fleet.map, fleet.state, self.score, _plan(fleet))


def _plan(fleet: Fleet) -> NDArray[np.float64] | None:
    """[5, 2] the waypoints of the last action, from the car on, world metres."""
    if fleet.options.action != "waypoints":
        return None
    terrain, own = fleet.map.ground.terrain, fleet.state.body[0, EGO].astype(np.float64)
    own_frame = fleet.actions[0].astype(np.float64).reshape(-1, 2) * float(WAYPOINT_SCALE_M)
    points = np.concatenate([np.zeros((1, 2)), own_frame])
    cos, sin = math.cos(own[col.YAW]), math.sin(own[col.YAW])
    turned = points @ np.array([[cos, sin], [-sin, cos]])
    plan: NDArray[np.float64] = turned + own[[col.X, col.Y]] + np.array([terrain.origin_x, terrain.origin_y])
    return plan
