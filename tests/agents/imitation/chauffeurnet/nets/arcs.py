"""Eight drives to learn by heart: arcs of different curvature, driven at different speeds, on a road with one other vehicle beside it.

The raster shows the arc as route and, as speed limit, how fast it is driven; all targets follow from the two.
"""

from __future__ import annotations

import math

import torch

from agents.imitation.chauffeurnet.batch import Batch
from agents.imitation.chauffeurnet.nets.sizes import Sizes
from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec

SIDE, WAYPOINTS = 48, 4
EGO = torch.tensor([36.0, 24.0])
SPEC = ChauffeurSpec(
    RasterSpec(("road", "speed_limit", "route", "ego", "actors_0"), (SIDE, SIDE), 1.0, (36, 24)), 2, WAYPOINTS
)
SIZES = Sizes(maps=(32, 32, 64), dilations=(1,))
SPACING_S = 0.4
LENGTH_M, WIDTH_M = SIZES.length_m, SIZES.width_m
PIXELS = torch.arange(SIDE) + 0.5


def arcs() -> Batch:
    """B = 8: curvatures of -0.04 to 0.04 1/m, 5 and 10 m/s."""
    examples = []
    for curvature in (-0.04, -0.015, 0.015, 0.04):
        for speed in (5.0, 10.0):
            driven = speed * SPACING_S * torch.arange(1, WAYPOINTS + 1)
            waypoints, headings = _along(curvature, driven)
            road = _near(_along(curvature, torch.linspace(-12, 40, 100))[0], 5.0)
            route = _near(_along(curvature, torch.linspace(0, 36, 80))[0], 1.5)
            path = _near(_along(curvature, torch.linspace(0, float(driven[-1]), 40))[0], 1.5)
            other = _box(torch.tensor([20.0, 40.0]), 0.0)
            boxes = torch.stack([_box(*pose) for pose in zip(waypoints, headings.tolist(), strict=True)])
            examples.append(
                Batch(
                    raster=(torch.stack([road, speed / 20 * road, route, _box(EGO, 0.0), other]) * 255).to(torch.uint8),
                    waypoints=waypoints,
                    headings=headings,
                    speeds=torch.full((WAYPOINTS,), speed),
                    known=torch.ones(WAYPOINTS, dtype=torch.bool),
                    boxes=_cells(boxes),
                    others=_cells(other.expand(WAYPOINTS + 1, SIDE, SIDE)),
                    road=_cells(road[None])[0],
                    path=_cells(path[None])[0],
                    weight=torch.tensor(1.0),
                    is_imitated=torch.tensor(1.0),
                )
            )
    return Batch(*(torch.stack(parts) for parts in zip(*examples, strict=True)))


def _along(curvature: float, metres: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Places [n, 2] and headings [n] so far along an arc that turns left where the curvature is positive."""
    turned = curvature * metres
    ahead, left = torch.sin(turned) / curvature, (1 - torch.cos(turned)) / curvature
    return EGO - torch.stack([ahead, left], dim=1), turned


def _near(places: torch.Tensor, metres: float) -> torch.Tensor:
    """[SIDE, SIDE] 1 within so many metres of one of the places."""
    squares = (PIXELS[:, None, None] - places[:, 0]) ** 2 + (PIXELS[:, None] - places[:, 1]) ** 2
    return (squares.amin(-1) < metres**2).float()


def _box(place: torch.Tensor, heading: float) -> torch.Tensor:
    """[SIDE, SIDE] 1 where a pixel's centre lies in the vehicle."""
    down, right = PIXELS[:, None] - place[0], PIXELS - place[1]
    along = -down * math.cos(heading) - right * math.sin(heading)
    across = down * math.sin(heading) - right * math.cos(heading)
    return ((along.abs() < LENGTH_M / 2) & (across.abs() < WIDTH_M / 2)).float()


def _cells(planes: torch.Tensor) -> torch.Tensor:
    """[n, SIDE, SIDE] -> [n, h, w], the mean of each cell."""
    return torch.nn.functional.avg_pool2d(planes[:, None], SPEC.stride)[:, 0]
