"""A picture for people of one example: what the network sees, and over it what it is to learn. Source: ours."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.imitation.chauffeurnet.batch import Batch
from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from sim_suite.driving.sensors.raster.paint import Colour, picture

PATH: Final[Colour] = (90, 230, 200)
BOX: Final[Colour] = (255, 60, 160)
LATER: Final[Colour] = (255, 255, 255)
WAYPOINT: Final[Colour] = (255, 255, 0)
OFF_ROAD: Final[Colour] = (120, 0, 0)
_DOT: Final = 1  # pixels to either side


def example_picture(batch: Batch, example: int, spec: ChauffeurSpec, zoom: int = 2) -> NDArray[np.uint8]:
    """[H * zoom, 2 * W * zoom, 3] uint8: at the left the raster; at the right with it the road's mask (what is none in dark red), the
    path, the ego's boxes, others at the last waypoint (white), and the waypoints that are known, each with its heading."""
    plain = picture(batch.raster[example].numpy(), spec.raster, zoom)
    canvas = plain.astype(np.float32)

    def cover(mask: NDArray[np.floating[Any]], colour: Colour, alpha: float) -> None:
        share = alpha * mask.repeat(spec.stride * zoom, axis=0).repeat(spec.stride * zoom, axis=1)[..., None]
        canvas[:] = (1.0 - share) * canvas + share * np.array(colour, np.float32)

    cover(1.0 - batch.road[example].numpy(), OFF_ROAD, 0.5)
    cover(batch.path[example].numpy(), PATH, 0.4)
    boxes = batch.boxes[example].numpy()
    for box in boxes[:-1]:
        cover(box, BOX, 0.12)
    cover(boxes[-1], BOX, 0.6)
    cover(batch.others[example, -1].numpy(), LATER, 0.6)
    for k in np.flatnonzero(batch.known[example].numpy()).tolist():
        heading = float(batch.headings[example, k])
        place = batch.waypoints[example, k].numpy() * zoom
        for reach in range(4 * zoom):
            ahead = place - reach * np.array([np.cos(heading), np.sin(heading)])
            _dot(canvas, ahead, 0)
        _dot(canvas, place, _DOT)
    return np.concatenate([plain, np.rint(canvas).astype(np.uint8)], axis=1)


def _dot(canvas: NDArray[np.float32], place: NDArray[np.float32], reach: int) -> None:
    row, column = np.floor(place).astype(int).tolist()
    canvas[max(row - reach, 0) : max(row + reach + 1, 0), max(column - reach, 0) : max(column + reach + 1, 0)] = (
        WAYPOINT
    )
