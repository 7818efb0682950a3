"""How well a network foresees driving that it never learned from. Source: Bansal et al. 2018, section 6.5: L2 error of each waypoint."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from agents.imitation.chauffeurnet.batch import Batch
from agents.imitation.chauffeurnet.config import ChauffeurConfig
from agents.imitation.chauffeurnet.data.drawing import NOTHING_CHANGED
from agents.imitation.chauffeurnet.data.experience import generate
from agents.imitation.chauffeurnet.data.feeding import Feed
from agents.imitation.chauffeurnet.data.laps import drive_laps
from agents.imitation.chauffeurnet.data.log import Log
from agents.imitation.chauffeurnet.nets.losses import total
from agents.imitation.chauffeurnet.nets.prediction import Prediction
from agents.imitation.chauffeurnet.spec import CAR_RACING, DRIVING
from agents.learner import Metrics
from perception.sources import SceneSource, perceived

HELD_OUT: Final = 1_000_000
"""Number of the generation that is kept apart: no training lasts so long."""
_SCENES: Final = 10  # what random numbers are for, beside those of learner.py


class Judge:
    """Batches of driving that is kept apart, unchanged by augmentation. Use it as a context."""

    def __init__(self, config: ChauffeurConfig, seed: int, logs: Sequence[Log] = (), world: str = DRIVING) -> None:
        """logs: recorded driving; where there is none, experts drive one generation in the world, at the first judgement."""
        self._config, self._seed, self._logs, self._world = config, seed, logs, world
        self._feed: Feed | None = None

    def judge(self, network: nn.Module, source: SceneSource, device: torch.device) -> Metrics:
        """`held_out_px_wK`: mean distance of waypoint K, in pixels of the raster, `held_out_m` that of all in metres, and `held_out_TERM`
        the mean of each loss. Those are means of batches; waypoints that are not known count in none."""
        config = self._config
        feed = self._begun()
        was_training = network.training
        network.eval()
        sums, counts = np.zeros(config.waypoints), np.zeros(config.waypoints)
        terms: list[dict[str, Tensor]] = []
        with torch.inference_mode():
            for number in range(config.judged_batches):
                batch = feed.batch(number)
                rasters = batch.raster.numpy()
                dice = [np.random.default_rng([self._seed, _SCENES, number, k]) for k in range(len(rasters))]
                seen = batch._replace(raster=torch.from_numpy(perceived(source, rasters, dice))).to(str(device))
                said: Prediction = network(seen.raster, seen)
                off, known = distances(said, seen)
                sums += (off * known).sum(0).cpu().numpy()
                counts += known.sum(0).cpu().numpy()
                terms.append(total(said, seen, config.spec.stride, config.losses, config.spec.spread)[1])
        network.train(was_training)
        pixels = sums / np.maximum(counts, 1)
        metres = sums.sum() / max(counts.sum(), 1) * config.spec.raster.metres_per_pixel
        means = {name: float(torch.stack([one[name] for one in terms]).nanmean()) for name in terms[0]}
        return {
            "held_out_m": float(metres),
            **{f"held_out_px_w{k}": float(value) for k, value in enumerate(pixels)},
            **{f"held_out_{name}": value for name, value in means.items() if math.isfinite(value)},
        }

    def _begun(self) -> Feed:
        if self._feed is None:
            config = self._config
            logs = self._logs
            if not logs and self._world == CAR_RACING:
                logs = [drive_laps(replace(config.feed.laps, laps=config.judged_worlds), self._seed, HELD_OUT)]
            elif not logs:
                logs = generate(
                    replace(config.feed.experience, worlds=config.judged_worlds, handed_over=0.0), self._seed, HELD_OUT
                )
            unchanged = replace(NOTHING_CHANGED, occlusion=config.feed.augmentation.occlusion)
            options = replace(
                config.feed, augmentation=unchanged, recorded=1.0, approaching=1, held=1, pressing=1, slowing=1
            )
            self._feed = Feed(config.spec, options, self._seed, logs)
        return self._feed

    def __enter__(self) -> Judge:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._feed is not None:
            self._feed.close()


def distances(said: Prediction, batch: Batch) -> tuple[Tensor, Tensor]:
    """(L2 distance of waypoints in pixels, whether they are known), [B, N] each."""
    return torch.linalg.vector_norm(said.waypoints - batch.waypoints, dim=-1), batch.known
