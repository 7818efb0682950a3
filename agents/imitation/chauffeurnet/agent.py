"""Drives by a ChauffeurNet: scene, waypoints, wheel and pedals. Source: Bansal et al. 2018, figure 2 and section 3.

It looks at the raster and, of the numbers beside it, at its own motion alone: the paper's controller knows how the vehicle moves, and a
raster does not tell it to better than a pixel every 0.2 s.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from agents.imitation.chauffeurnet.nets.acting import Acting
from agents.imitation.chauffeurnet.nets.prediction import Prediction
from agents.imitation.chauffeurnet.policy import ChauffeurPolicy, read_policy, write_policy
from agents.imitation.chauffeurnet.safety.layer import NUMBERS, SafetyLayer
from agents.imitation.chauffeurnet.safety.path import reachable_headings
from agents.imitation.chauffeurnet.spec import DRIVING, ENVS
from agents.imitation.chauffeurnet.tracker import in_vehicle_frame, on_raster, slowed
from agents.imitation.chauffeurnet.tracking import HANDLING, own_speeds
from agents.interface import Batch, Interface
from perception.sources import ERRORS, TRUTH, SceneSource, Truth, perceived, source_of
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError

FIXED: Final = 8
"""Rasters in a batch of the network on a processor, whose arithmetic depends on the batch's size: as fast for each as 64."""


class ChauffeurAgent:
    """A ChauffeurNet at the wheel. Its state [B, 2 + A]: steps of the episode, the tracker's number, and the action that holds; beyond
    them what a safety layer remembers, where there is one."""

    def __init__(
        self, policy: ChauffeurPolicy, network: nn.Module, source: SceneSource | None = None, is_guarded: bool = False
    ) -> None:
        """network: one of the policy's, which may learn meanwhile. source: perceives in place of what the policy names. is_guarded: a
        safety layer checks what it plans; raises `SuiteError` on CarRacing, where there are neither lines nor others."""
        if is_guarded and policy.world != DRIVING:
            raise SuiteError(f"a safety layer is for the driving world; this network drives in {policy.world!r}.")
        self.interface = Interface(View("both", raster=policy.raster), "continuous")
        self.envs = ENVS[policy.world]
        self._handling = HANDLING[policy.world]
        self._safety = SafetyLayer(policy.spec.raster) if is_guarded else None
        self.policy, self.network = policy, network
        self._acting = Acting(network)
        self.source = source or source_of(policy.scene, policy.spec.raster)
        self._seed, self._dice = 0, torch.Generator().manual_seed(0)

    @property
    def side_by_side(self) -> bool:
        """Whether it answers for a car as if it were alone (`agents.interface`): errors of perception are drawn by the seed, and a class of
        somebody's own may do as it likes."""
        return isinstance(self.source, Truth) and next(self.network.parameters()).device.type == "cpu"

    def seed(self, seed: int) -> None:
        """Begin the random choices of perception and of `deterministic=False` anew."""
        self._seed = seed
        self._dice.manual_seed(seed)

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Actions [B, A] of the policy's world. observation: {"raster": [B, C, H, W] uint8, "vector": [B, n] float32}, or a list of B such.

        Without `deterministic` a network that has chances for its places draws them (section 6.6); what comes out then depends on the
        batch. Raises `SuiteError` for rasters of another shape than those of training.
        """
        rasters, vectors = _parts(observation, self.policy.spec.raster.shape)
        acts = slice(2, 2 + self._handling.numbers)
        width = acts.stop + (0 if self._safety is None else NUMBERS)
        held = np.zeros((len(rasters), width)) if state is None else np.array(state, np.float64)
        if episode_start is not None:
            held[np.asarray(episode_start, np.bool_)] = 0.0
        due = np.flatnonzero(self.decides(held))
        if len(due):
            drawn = deterministic or self.policy.network != "chauffeurnet"
            steps, dice = held[due, 0].astype(np.int64), None if drawn else self._dice
            said = self.foresee(rasters[due], steps, dice, is_alone=len(rasters) == 1)
            kept = held[due, 1].astype(np.float32)
            if self._safety is None:
                held[due, acts] = self._handling.track(self.policy.spec, said, vectors[due], kept)
            else:
                memory = held[due, acts.stop :]
                seen = self._perceived(rasters[due], steps)
                held[due, acts] = self._guarded(self._safety, seen, steps, said, vectors[due], kept, memory)
                held[due, acts.stop :] = memory
            held[due, 1] = kept
        held[:, 0] += 1.0
        return held[:, acts].astype(np.float32), held

    def _guarded(
        self, safety: SafetyLayer, seen: NDArray[np.uint8], steps: NDArray[np.int64], said: Prediction,
        vectors: NDArray[np.float32], kept: NDArray[np.float32], memory: NDArray[np.float64],
    ) -> NDArray[np.float32]:  # fmt: skip
        """[B, 2] Actions that the safety layer lets pass; kept: [B] and memory: [B, NUMBERS] are changed."""
        spec, speeds = self.policy.spec, own_speeds(vectors)
        places, headings = in_vehicle_frame(spec, said.waypoints.numpy()), said.headings.numpy()
        own, source = _without_copies(seen, np.column_stack([steps, speeds]))
        checked = [safety.checked(seen[b], places[b], headings[b], float(speeds[b]), memory[b]) for b in own]
        places, most = np.array([checked[b][0] for b in source]), [checked[b][1] for b in source]
        memory[:] = memory[own][source]
        plan = said._replace(
            waypoints=torch.from_numpy(on_raster(spec, places)),
            headings=torch.from_numpy(reachable_headings(places, headings)),
        )
        actions = self._handling.track(spec, plan, vectors, kept)
        rows = zip(actions, speeds.tolist(), most, strict=True)
        return np.array([one if accel is None else slowed(one, speed, accel) for one, speed, accel in rows])

    def decides(self, state: NDArray[np.float64]) -> NDArray[np.bool_]:
        """[B] Who decides in the next step; of the others the action holds. state: [B, 2 + A]."""
        return np.asarray(state[:, 0] % self._handling.holds == 0)

    def foresee(
        self,
        rasters: NDArray[np.uint8],
        steps: NDArray[np.int64] | None = None,
        dice: torch.Generator | None = None,
        is_alone: bool | None = None,
    ) -> Prediction:
        """What the network says of rasters [B, C, H, W], as it perceives them; on the CPU. steps: [B] of their episodes; is_alone: whether
        nobody drives beside it, as where there is one raster, so that there is nobody to agree with by the last bit."""
        numbers = np.zeros(len(rasters), np.int64) if steps is None else steps
        # The evaluation shows copies in place of worlds that are over, and to fill its batches: those are not looked at again.
        own, source = _without_copies(rasters, numbers[:, None])
        seen = torch.from_numpy(self._perceived(rasters[own], numbers[own]))
        with torch.inference_mode():
            said = self._said(seen, dice, len(rasters) == 1 if is_alone is None else is_alone)
        if len(own) < len(rasters):
            said = Prediction(*(None if part is None else part[source] for part in said))  # type: ignore[arg-type]  # parts that are None stay so
        return Prediction(*(None if part is None else part.float().cpu() for part in said))  # type: ignore[arg-type]  # parts that are None stay so

    def _perceived(self, rasters: NDArray[np.uint8], steps: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Rasters [B, C, H, W] as they are perceived in these steps [B]. A world's errors are the same alone and among others: they depend
        on the seed and its step only."""
        return perceived(self.source, rasters, [np.random.default_rng([self._seed, int(step)]) for step in steps])

    def _said(self, seen: Tensor, dice: torch.Generator | None, is_alone: bool) -> Prediction:
        """Of rasters [B, C, H, W], in batches of FIXED: what is said of one depends on no other then, by the last bit."""
        device = next(self.network.parameters()).device
        if is_alone or device.type != "cpu":
            return self._acting(seen.to(device), dice)
        told = [self._told(chunk, dice) for chunk in torch.split(seen, FIXED)]
        if len(told) == 1:
            return told[0]
        joined = (None if column[0] is None else torch.cat(column) for column in zip(*told, strict=True))
        return Prediction(*joined)  # type: ignore[arg-type]  # parts that are None stay so

    def _told(self, chunk: Tensor, dice: torch.Generator | None) -> Prediction:
        """Of FIXED rasters or fewer."""
        lacking = FIXED - len(chunk)
        if not lacking:
            return self._acting(chunk, dice)
        said = self._acting(torch.cat([chunk, chunk[-1:].expand(lacking, *chunk.shape[1:])]), dice)
        return Prediction(*(None if part is None else part[: len(chunk)] for part in said))  # type: ignore[arg-type]  # likewise

    def save(self, folder: Path) -> None:
        """Write model.safetensors and chauffeur.json into an existing folder."""
        write_policy(folder, self.policy, self.network)

    @classmethod
    def load(cls, folder: Path, device: str = "cpu", source: SceneSource | None = None) -> ChauffeurAgent:
        """Read what `save` wrote. Raises `DamagedFileError` when the files are not that.

        source: perceives in place of what the policy names. A policy that was trained through a class of somebody's own needs it: no code
        is imported because a checkpoint says so.
        """
        policy, network = read_policy(folder)
        if source is None and policy.scene.source not in (TRUTH, ERRORS):
            raise SuiteError(
                f"{folder} perceives through {policy.scene.source}, which is not loaded from a checkpoint. Give the object: "
                f"ChauffeurAgent.load(folder, source=...)."
            )
        return cls(policy, network.to(torch.device(device)), source)


def _without_copies(rasters: NDArray[np.uint8], numbers: NDArray[Any]) -> tuple[list[int], list[int]]:
    """(rows that are not copies of the row before them, which of these each row is). numbers: [B, k] of rasters [B, C, H, W]."""
    own, source = [0], [0]
    for row in range(1, len(rasters)):
        if not np.array_equal(numbers[row], numbers[row - 1]) or not np.array_equal(rasters[row], rasters[row - 1]):
            own.append(row)
        source.append(len(own) - 1)
    return own, source


def _parts(observation: Batch, shape: tuple[int, int, int]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Rasters [B, C, H, W] and vectors [B, n]."""
    if isinstance(observation, dict):
        rasters, vectors = np.asarray(observation["raster"]), np.asarray(observation["vector"])
    else:
        rasters = np.stack([one["raster"] for one in observation])
        vectors = np.stack([one["vector"] for one in observation])
    if rasters.shape[1:] != shape or rasters.dtype != np.uint8:
        raise SuiteError(f"this network was trained on rasters uint8 {shape}, not {rasters.dtype} {rasters.shape[1:]}.")
    return rasters, vectors
