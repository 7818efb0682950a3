"""What a person sees of a driving environment: pictures by the painter, and a window. Source: ours."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_suite.display import open_display
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import TICK_S, TICKS_A_SECOND
from sim_suite.driving.world.layout import State
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.driving.world.world import Event
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.picture.camera import Follower
from sim_suite.envs.driving.picture.hud import read_hud
from sim_suite.envs.driving.picture.painter import Painter

Picture = NDArray[np.uint8]


class Screen:
    """Paints world 0 of a state, with a camera that follows the agent."""

    def __init__(self) -> None:
        self._painters: dict[int, tuple[DrivingMap, Painter]] = {}
        self._camera = Follower()
        self._event: tuple[int, int] | None = None
        self._last_tick = 0

    def reset(self) -> None:
        """A new episode begins."""
        self._camera.reset()
        self._event, self._last_tick = None, 0

    def note(self, events: list[Event]) -> None:
        """Remember the agent's last event, to show it."""
        own = [event for event in events if event.actor == EGO]
        if own:
            self._event = int(own[-1].kind), own[-1].tick

    def picture(
        self, driving_map: DrivingMap, state: State, score: float, plan: NDArray[np.floating[Any]] | None
    ) -> Picture:
        """uint8 [H, W, 3] RGB. score: shown as the reward so far; plan: [N, 2] waypoints, world metres."""
        if id(driving_map) not in self._painters:
            self._painters[id(driving_map)] = driving_map, Painter(driving_map)
        terrain, own = driving_map.ground.terrain, state.body[0, EGO]
        tick = int(state.world[0, col.TICK])
        view = self._camera.view(
            float(own[col.X]) + terrain.origin_x, float(own[col.Y]) + terrain.origin_y, float(own[col.YAW]),
            float(own[col.SPEED]), (tick - self._last_tick) * TICK_S,
        )  # fmt: skip
        self._last_tick = tick
        hud = read_hud(state, 0, EGO, terrain, score=score, score_name="reward", event=self._event)
        return self._painters[id(driving_map)][1].paint(state, 0, view, hud, agent=EGO, plan=plan)


class PersonsWindow:
    """A window that shows pictures in real time."""

    def __init__(self) -> None:
        """Opens at the first picture."""
        self._pygame: Any = None
        self._surface: Any = None
        self._clock: Any = None

    def show(self, picture: Picture) -> None:
        """Show one picture and wait until its tick has passed."""
        height, width = picture.shape[:2]
        if self._surface is None:
            self._pygame = open_display('Make the environment with render_mode="rgb_array"')
            self._surface = self._pygame.display.set_mode((width, height))
            self._pygame.display.set_caption("sim-suite driving")
            self._clock = self._pygame.time.Clock()
        pygame = self._pygame
        self._surface.blit(pygame.surfarray.make_surface(picture.swapaxes(0, 1)), (0, 0))
        pygame.event.pump()
        pygame.display.flip()
        self._clock.tick(TICKS_A_SECOND)

    def close(self) -> None:
        """Close the window."""
        if self._surface is not None:
            self._surface = None
            self._pygame.display.quit()
