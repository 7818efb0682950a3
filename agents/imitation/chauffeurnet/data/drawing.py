"""Draws batches from logs: rasters, targets and augmentation in one pass. Source: Bansal et al. 2018, section 5.

What an example draws (turn, past, perturbation, imitation) comes from the batch's generator, so that a batch is the same whenever
it is drawn.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from agents.imitation.chauffeurnet.batch import Batch
from agents.imitation.chauffeurnet.data.log import Brush, Log
from agents.imitation.chauffeurnet.data.perturbation import POSE
from agents.imitation.chauffeurnet.data.targets import (
    REACH,
    Desk,
    Moments,
    Targets,
    draw_targets,
    drive_moments,
    fill_trails,
    new_desk,
)
from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from sim_suite.compiling.sharing import most_threads, share
from sim_suite.driving.sensors.raster.raster_spec import trail_length
from sim_suite.errors import SuiteError

BRUSHES: Final = 128
"""Of as many maps what draws on them is kept: maps for practice come and go."""
TRIES: Final = 8
"""Perturbations that are drawn for an example until one is not refused."""


@dataclass(frozen=True)
class Augmentation:
    """What is changed in examples at random. The numbers are the paper's, unless said otherwise."""

    turn_rad: float = math.radians(25.0)
    """Delta of table 1: the raster is turned by up to so much, either way, 0 to pi."""
    past_dropout: float = 0.5
    """Share of examples that show of their past the present pose only."""
    perturbed: float = 0.5
    """Share of examples that are to be perturbed (ours; the paper gives none). Fewer are: some drives allow none of the draws."""
    jitter_m: float = 0.5
    """Of the perturbed pose, ahead and aside, either way."""
    jitter_rad: float = math.pi / 3
    """Of its heading."""
    perturbed_weight: float = 0.1
    most_curvature: float = 0.2
    """1/m, of a perturbed drive (ours): a circle of 5 m, about a car's smallest."""
    most_lateral: float = 6.0
    """m/s^2, likewise (ours): what tyres hold on a dry road with some to spare."""
    imitation_dropout: float = 0.0
    """Share of examples from which nothing is imitated; 0.5 in the paper's M4."""
    mirrored: float = 0.0
    """Share of examples of which left and right are exchanged (ours): so a network learns to keep to either side of the road."""
    occlusion: bool = True
    """Whether others that are hidden are left out of the raster, as in the environments."""

    def __post_init__(self) -> None:
        for name in ("past_dropout", "perturbed", "perturbed_weight", "imitation_dropout", "mirrored"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise SuiteError(f"{name} must be 0 to 1, not {getattr(self, name)}.")
        for name in ("turn_rad", "jitter_rad"):
            if not 0.0 <= getattr(self, name) <= math.pi:
                raise SuiteError(f"{name} must be 0 to pi, not {getattr(self, name)}.")
        for name in ("jitter_m", "most_curvature", "most_lateral"):
            if not 0.0 <= getattr(self, name) < math.inf:
                raise SuiteError(f"{name} must be 0 or more, not {getattr(self, name)}.")


NOTHING_CHANGED: Final = Augmentation(turn_rad=0.0, past_dropout=0.0, perturbed=0.0)
"""For judging."""


class Drawer:
    """Draws batches of one spec. It keeps scratch memory: use one for each thread that draws."""

    def __init__(self, spec: ChauffeurSpec, augmentation: Augmentation) -> None:
        """Raises SuiteError for a raster that shows no road, which the targets need, and for one that cannot be mirrored and shall be."""
        if "road" not in spec.raster.channels:
            raise SuiteError(
                f"the raster's channels are {', '.join(spec.raster.channels)}; the targets need 'road' too."
            )
        if augmentation.mirrored > 0.0 and 2 * spec.raster.ego_row_col[1] != spec.raster.size[1]:
            raise SuiteError(
                f"mirrored examples need the ego in the middle of the raster's {spec.raster.size[1]} columns, not at "
                f"{spec.raster.ego_row_col[1]}. Set mirrored to 0."
            )
        self.spec, self.augmentation = spec, augmentation
        self._trail = max(trail_length(spec.raster), 1)
        self._past = max(self._trail - 1, REACH)
        self._desks: list[Desk] = [new_desk(spec.grid, self._past, spec.waypoints) for _ in range(most_threads())]
        self._brushes: OrderedDict[int, tuple[object, Brush]] = OrderedDict()

    def draw(
        self, parts: Sequence[tuple[Log, NDArray[np.int64]]], rng: np.random.Generator, out: Batch | None = None
    ) -> Batch:
        """The examples at rows of logs, in this order. A row must be one of its log's `moments`.

        out: memory to fill, of `new_batch` for as many examples. Memory that is new costs twice as much as all that is drawn: the
        system clears it page by page.
        """
        counts = [len(rows) for _, rows in parts]
        batch = new_batch(self.spec, sum(counts)) if out is None else out
        if len(batch.weight) != sum(counts):
            raise SuiteError(
                f"out has room for {len(batch.weight)} examples, not {sum(counts)}. Make it with new_batch."
            )
        arrays = [tensor.numpy() for tensor in batch]
        begin = 0
        for (log, rows), count in zip(parts, counts, strict=True):
            if count:
                self._draw_part(log, rows, rng, Batch(*(array[begin : begin + count] for array in arrays)))  # type: ignore[arg-type]  # views of the tensors
            begin += count
        return batch

    def _draw_part(self, log: Log, rows: NDArray[np.int64], rng: np.random.Generator, out: Any) -> None:
        """Fill `out`, a Batch of arrays."""
        aug, count = self.augmentation, len(rows)
        episodes = log.episode_of(rows)
        if (rows + self.spec.waypoints >= log.end[episodes]).any():
            raise SuiteError(f"a row lies within {self.spec.waypoints} of its episode's end; draw rows of log.moments.")
        rotation = rng.uniform(-aug.turn_rad, aug.turn_rad, (count, 1)).astype(np.float32)
        dropped = rng.random((count, 1)) < aug.past_dropout
        is_perturbed = (rng.random(count) < aug.perturbed).astype(np.uint8)
        draws = rng.uniform(-1.0, 1.0, (count, TRIES, 3)) * np.array([aug.jitter_m, aug.jitter_m, aug.jitter_rad])
        out.is_imitated[:] = rng.random(count) >= aug.imitation_dropout
        is_mirrored = rng.random(count) < aug.mirrored
        moments = Moments(
            log.body, log.mind, log.world, rows, log.first[episodes], log.staged[episodes], rotation, draws, is_perturbed,
            aug.most_curvature, aug.most_lateral,
        )  # fmt: skip
        poses = np.empty((count, self._past + 1 + self.spec.waypoints, POSE))
        body, trail = log.body[rows], np.empty((count, log.body.shape[1], self._trail, 4), np.float32)
        share(lambda part, begin, end: self._drive(moments, poses, body, trail, part, begin, end), count)
        brush = self._brush(log)
        points = np.where(dropped, 1, self.spec.raster.past_points).astype(np.int32)
        brush.draw(log, rows, body, trail, rotation, points, out.raster)
        targets = Targets(
            poses, out.waypoints, out.headings, out.speeds, out.known, out.boxes, out.others, out.road, out.path
        )  # fmt: skip
        plan, stride = brush.plan, self.spec.stride
        share(
            lambda part, begin, end: draw_targets(
                moments, targets, body, out.raster, plan, stride, self._desks[part], begin, end
            ),
            count,
        )
        out.weight[:] = np.where(is_perturbed == 1, aug.perturbed_weight, 1.0)
        mirror(out, np.flatnonzero(is_mirrored), self.spec.raster.size[1])

    def _drive(
        self, moments: Moments, poses: NDArray[np.float64], bodies: NDArray[np.float32], trail: NDArray[np.float32],
        part: int, begin: int, end: int,
    ) -> None:  # fmt: skip
        drive_moments(moments, poses, self.spec.waypoints, self._desks[part], begin, end)
        fill_trails(moments, poses, self._past, bodies, trail, begin, end)

    def _brush(self, log: Log) -> Brush:
        """What draws on the log's ground; the ground is kept along, so that its id stays its own."""
        found = self._brushes.get(id(log.ground))
        if found is None:
            found = log.ground, log.brush(self.spec.raster, self.augmentation.occlusion)
            self._brushes[id(log.ground)] = found
            if len(self._brushes) > BRUSHES:
                self._brushes.popitem(last=False)
        self._brushes.move_to_end(id(log.ground))
        return found[1]


def mirror(batch: Any, examples: NDArray[np.int64], columns: int) -> None:
    """Exchange left and right in some examples of a Batch of arrays, whose ego is in the middle of the raster's columns."""
    for plane in (batch.raster, batch.boxes, batch.others, batch.road, batch.path):
        plane[examples] = plane[examples][..., ::-1]
    batch.waypoints[examples, :, 1] = columns - batch.waypoints[examples, :, 1]
    batch.headings[examples] = -batch.headings[examples]


def new_batch(spec: ChauffeurSpec, count: int) -> Batch:
    """Memory for so many examples."""
    points, grid = spec.waypoints, spec.grid
    return Batch(
        raster=torch.empty((count, *spec.raster.shape), dtype=torch.uint8),
        waypoints=torch.empty((count, points, 2)),
        headings=torch.empty((count, points)),
        speeds=torch.empty((count, points)),
        known=torch.empty((count, points), dtype=torch.bool),
        boxes=torch.empty((count, points, *grid)),
        others=torch.empty((count, points + 1, *grid)),
        road=torch.empty((count, *grid)),
        path=torch.empty((count, *grid)),
        weight=torch.empty(count),
        is_imitated=torch.empty(count),
    )
