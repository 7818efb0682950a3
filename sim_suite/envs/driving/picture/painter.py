"""Paints one world as a picture: ground, route, lights, actors, weather and the display, in that order. Source: ours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.world import layout
from sim_suite.driving.world.layout import State
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.envs.driving.picture import actors, route, signals, weather
from sim_suite.envs.driving.picture.brush import Image
from sim_suite.envs.driving.picture.camera import Camera
from sim_suite.envs.driving.picture.dashboard import draw_hud
from sim_suite.envs.driving.picture.ground import Ground
from sim_suite.envs.driving.picture.hud import Hud
from sim_suite.envs.driving.picture.style import PictureStyle
from sim_suite.envs.driving.picture.tiles import Tiles


class Painter:
    """Paints the worlds of one map. Equal states, cameras and displays give equal pictures, whatever was painted before."""

    def __init__(self, driving_map: DrivingMap, style: PictureStyle | None = None) -> None:
        """Lay out the map's paint; squares of ground are drawn when they are first seen."""
        self._style = style or PictureStyle()
        self._terrain = driving_map.ground.terrain
        self._tiles = Tiles(Ground(driving_map.road_map, self._style), self._style.cache_bytes)
        self._signals = signals.find_signals(driving_map.road_map, self._terrain)

    @property
    def num_bytes(self) -> int:
        """What the drawn ground takes now: at most the style's `cache_bytes` and one view."""
        return self._tiles.num_bytes

    def paint(
        self, state: State, world: int, view: Camera, hud: Hud | None = None, *, agent: int = 0,
        plan: NDArray[np.floating] | None = None,
    ) -> Image:  # fmt: skip
        """uint8 [view.height, view.width, 3] RGB, a new array.

        agent: the slot of the agent whose route is shown and whose car has the ego's colour. plan: [N, 2] or wider, world
        metres x and y: a trajectory to show.
        """
        tick, style, terrain = int(state.world[world, layout.TICK]), self._style, self._terrain
        lights, weather_now = state.lights[world], state.weather[world]
        dark, rain = float(weather_now[layout.DARKNESS]), float(weather_now[layout.RAIN])
        image = self._tiles.view(view)
        goal = None
        if agent < state.legs.shape[1]:
            route.draw_route(image, route.route_ahead(state, world, agent, terrain), view, style)
            goal = route.goal_of(state, world, agent, terrain)
        cast = actors.cast_of(
            state.body[world], state.mind[world], view, style, agent, (terrain.origin_x, terrain.origin_y)
        )
        signals.draw_bars(image, self._signals, terrain, lights, tick, view)
        actors.draw_shadows(image, cast, view)
        actors.draw_actors(image, cast)
        weather.draw_darkness(image, cast, view, dark, rain)
        actors.draw_all_lamps(image, cast, tick, dark)
        if plan is not None:
            route.draw_plan(image, plan, view, style)
        signals.draw_signs(image, self._signals, view)
        signals.draw_lights(image, self._signals, terrain, lights, tick, view)
        if goal is not None:
            route.draw_goal(image, goal, view, style)
        weather.draw_rain(image, view, rain, tick)
        weather.draw_fog(image, view, float(weather_now[layout.VISIBILITY]))
        if hud is not None:
            draw_hud(image, hud, style)
        return image
