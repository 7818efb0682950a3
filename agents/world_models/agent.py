"""Drives by what V sees, M remembers and C does. Source: Ha and Schmidhuber 2018 (arXiv:1803.10122), section 2."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from agents.interface import Batch, Interface
from agents.world_models.controller import ACTIONS, act, parameters_of
from agents.world_models.mdn_rnn import MdnRnn
from agents.world_models.vision import FRAME, VIEW, Vision, read_vision
from sim_suite.errors import SuiteError
from sim_suite.files import read_json, write_json
from sim_suite.learning.weights import load_weights, save_weights
from sim_suite.settings import build_config

_MODEL, _SPEC = "model.safetensors", "world_model.json"


@dataclass(frozen=True)
class WorldModelSpec:
    """What an agent is made of, besides its numbers."""

    latents: int
    units: int
    """Of M."""
    gaussians: int
    """Of each latent in M."""
    hold: int
    """Environment steps that an action is held."""
    precision: str
    """Arithmetic of V."""


class MemoryAndController(nn.Module):
    """M, and C as a vector of its numbers."""

    controller: Tensor

    def __init__(self, spec: WorldModelSpec) -> None:
        super().__init__()
        self.memory = MdnRnn(spec.latents, ACTIONS, spec.units, spec.gaussians)
        self.register_buffer("controller", torch.zeros(parameters_of(spec.latents, spec.units)))


class Remembered(NamedTuple):
    """What the agent keeps of B episodes from step to step."""

    memory: NDArray[np.float32]
    """[B, 2, H] of M."""
    actions: NDArray[np.float32]
    """[B, 3] that are held."""
    ages: NDArray[np.int64]
    """[B] steps since the episode began."""


class WorldModelAgent:
    """A trained world model with its controller, or one in training. It acts the same with and without `deterministic`."""

    interface = Interface(VIEW, "continuous")

    def __init__(self, spec: WorldModelSpec, vision: Vision, network: MemoryAndController) -> None:
        """network: used as it is."""
        self.spec, self.vision, self.network = spec, vision, network

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[np.float32], Remembered]:
        """Actions [B, 3] float32 for frames [B, 96, 96, 3] uint8.

        Raises `SuiteError` for other frames, and for a state that the last call did not return.
        """
        frames = np.asarray(observation)
        if frames.shape[1:] != FRAME or frames.dtype != np.uint8:
            raise SuiteError(
                f"world-models looks at frames of uint8 [B, 96, 96, 3], not {frames.dtype} {frames.shape}."
            )
        kept = self._kept(len(frames), state)
        if episode_start is not None and np.any(episode_start):
            begun = np.asarray(episode_start, np.bool_)
            kept = Remembered(*(_where(begun, np.zeros_like(part), part) for part in kept))
        due = kept.ages % self.spec.hold == 0
        if not due.any():
            return kept.actions.copy(), kept._replace(ages=kept.ages + 1)
        device = self.network.controller.device
        with torch.inference_mode():
            latents, _ = self.vision.encode(self.vision.shown(frames))
            memory = torch.from_numpy(kept.memory).to(device)
            chosen = act(self.network.controller.expand(len(frames), -1), latents, memory[:, 0])
            memory = self.network.memory.step(latents, chosen, memory)
        actions = _where(due, chosen.cpu().numpy(), kept.actions)
        return actions, Remembered(_where(due, memory.cpu().numpy(), kept.memory), actions.copy(), kept.ages + 1)

    def save(self, folder: Path) -> None:
        """Write model.safetensors (M and C), world_model.json, and V into an existing folder."""
        save_weights(self.network, folder / _MODEL)
        write_json(folder / _SPEC, asdict(self.spec))
        self.vision.save(folder)

    @classmethod
    def load(cls, folder: Path, device: str = "cpu") -> WorldModelAgent:
        """Read what `save` wrote. Raises `DamagedFileError` when the files are not that."""
        spec: WorldModelSpec = build_config(WorldModelSpec, read_json(folder / _SPEC), str(folder / _SPEC))
        network = MemoryAndController(spec)
        load_weights(network, folder / _MODEL)
        place = torch.device(device)
        return cls(spec, read_vision(folder, spec.precision, place), network.to(place).eval())

    def _kept(self, count: int, state: Any | None) -> Remembered:
        if state is None:
            return Remembered(
                np.zeros((count, 2, self.spec.units), np.float32),
                np.zeros((count, ACTIONS), np.float32),
                np.zeros(count, np.int64),
            )
        if not isinstance(state, Remembered) or len(state.ages) != count:
            raise SuiteError(
                f"{count} frames go with what the last call returned for {count} episodes, or with None where none is open; seen: "
                f"{type(state).__name__}."
            )
        return state


def _where(chosen: NDArray[np.bool_], these: NDArray[Any], those: NDArray[Any]) -> NDArray[Any]:
    """Rows of `these` where chosen [B], else of `those`."""
    return np.where(chosen.reshape(-1, *[1] * (those.ndim - 1)), these, those)
