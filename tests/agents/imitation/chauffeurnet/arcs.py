"""Eight drives to learn by heart: arcs of different curvature, driven at different speeds, on a road with one other vehicle on it.

The raster shows the arc as route and, as speed limit, how fast it is driven; all targets follow from the two.
"""

from __future__ import annotations

import math

import torch

from agents.imitation.chauffeurnet.batch import Batch
from agents.imitation.chauffeurnet.sizes import Sizes
from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from sim_suite.driving.sensors.raster_spec import RasterSpec

SPEC = ChauffeurSpec(
    RasterSpec(("road", "speed_limit", "route", "ego", "actors_0"), (64, 64), 1.0, (48, 32)), stride=2, waypoints=5
)
SIZES = Sizes(maps=(32, 32, 64), dilations=(1,), fold=2, hidden=32, meta=64)
SPACING_S = 0.4
LENGTH_M, WIDTH_M = 4.5, 1.8


def arcs() -> Batch:
    """B = 8: curvatures of -0.04 to 0.04 1/m, 5 and 10 m/s."""
    rows, columns = (torch.arange(64) + 0.5).view(64, 1), (torch.arange(64) + 0.5).view(1, 64)
    examples = []
    for curvature in (-0.04, -0.015, 0.015, 0.04):
        for speed in (5.0, 10.0):
            times = SPACING_S * torch.arange(1, SPEC.waypoints + 1)
            waypoints, headings = _along(curvature, speed * times)
            route = _near(rows, columns, _along(curvature, torch.linspace(0, 40, 80))[0], 1.5)
            path = _near(rows, columns, _along(curvature, torch.linspace(0, 5.0 * speed * SPACING_S, 40))[0], 1.5)
            road = _near(rows, columns, _along(curvature, torch.linspace(-16, 50, 100))[0], 5.0)
            other = _box(rows, columns, torch.tensor([20.0, 50.0]), 0.0)
            planes = torch.stack(
                [road, speed / 20 * road, route, _box(rows, columns, torch.tensor([48.0, 32.0]), 0.0), other]
            )
            boxes = torch.stack([_box(rows, columns, *pose) for pose in zip(waypoints, headings.tolist(), strict=True)])
            examples.append(
                Batch(
                    (planes * 255).to(torch.uint8), waypoints, headings, torch.full((5,), speed), torch.ones(5, dtype=torch.bool),
                    _cells(boxes), _cells(other.expand(6, 64, 64)), _cells(road[None])[0], _cells(path[None])[0],
                    torch.tensor(1.0), torch.tensor(1.0),
                )
            )  # fmt: skip
    return Batch(*(torch.stack(parts) for parts in zip(*examples, strict=True)))


def _along(curvature: float, metres: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Places [n, 2] and headings [n] so far along an arc that turns left where the curvature is positive."""
    turned = curvature * metres
    ahead, left = torch.sin(turned) / curvature, (1 - torch.cos(turned)) / curvature
    return torch.stack([48 - ahead, 32 - left], dim=1), turned


def _near(rows: torch.Tensor, columns: torch.Tensor, places: torch.Tensor, metres: float) -> torch.Tensor:
    """[64, 64] 1 within so many metres of one of the places."""
    squares = (rows[..., None] - places[:, 0]) ** 2 + (columns[..., None] - places[:, 1]) ** 2
    return (squares.amin(-1) < metres**2).float()


def _box(rows: torch.Tensor, columns: torch.Tensor, place: torch.Tensor, heading: float) -> torch.Tensor:
    """[64, 64] 1 where a pixel's centre lies in the vehicle."""
    down, right = rows - place[0], columns - place[1]
    along = -down * math.cos(heading) - right * math.sin(heading)
    across = down * math.sin(heading) - right * math.cos(heading)
    return ((along.abs() < LENGTH_M / 2) & (across.abs() < WIDTH_M / 2)).float()


def _cells(planes: torch.Tensor) -> torch.Tensor:
    """[n, 64, 64] -> [n, 32, 32], the mean of each cell."""
    return torch.nn.functional.avg_pool2d(planes[:, None], 2)[:, 0]
