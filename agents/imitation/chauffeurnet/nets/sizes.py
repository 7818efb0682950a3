"""How large the networks of ChauffeurNet are: saved with each checkpoint. Source: ours, for the paper names no layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from sim_suite.driving.dynamics.vehicles import LENGTH_M, PARAMETERS, WIDTH_M
from sim_suite.driving.world.kinds import ActorKind
from sim_suite.errors import SuiteError, UnknownNameError

Memory = Literal["predicted", "driven"]


@dataclass(frozen=True)
class Sizes:
    """Channels and layers. Level i of the feature net has cells of 2^(i + 1) pixels of the raster.

    The recurrent nets work on blocks of `fold` x `fold` cells of the grid, whose cells lie side by side in the channels. So one small
    convolution sees far, and a step costs `fold`^2 times less than one that convolves cells.
    """

    maps: tuple[int, ...] = (32, 64, 64, 128)
    """Of each level; multiples of 32 are what the bfloat16 kernels of processors are fast at."""
    dilations: tuple[int, ...] = (1, 2)
    """Of the residual blocks at the last level; they carry the receptive field to the raster's borders."""
    fold: int = 4
    """Cells of the grid along a block. `stride * fold` is the pixels of a cell of F: 2, 4, 8.. up to the last level's."""
    hidden: int = 32
    """Channels of AgentRNN."""
    co_hidden: int = 16
    """Channels of road mask and PerceptionRNN, which do not drive."""
    meta: int = 64
    """Units of the layer before offset, heading and speed."""
    memory: Memory = "predicted"
    """Where training adds 1 to M_k: at the place that the network predicts, as the paper says and as it drives; or at the driven one."""
    fast_maps: int = 32
    """chauffeurnet-fast: channels that the last level is squeezed to before its dense layers."""
    fast_units: int = 256
    """chauffeurnet-fast: units of the dense layer."""
    length_m: float = float(PARAMETERS[ActorKind.CAR, LENGTH_M])
    """chauffeurnet-fast: of the box that is drawn at each waypoint; the simulator's car."""
    width_m: float = float(PARAMETERS[ActorKind.CAR, WIDTH_M])
    """Likewise."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "maps", tuple(self.maps))
        object.__setattr__(self, "dilations", tuple(self.dilations))
        for name in ("fold", "hidden", "co_hidden", "meta", "fast_maps", "fast_units", "length_m", "width_m"):
            if not getattr(self, name) > 0:
                raise SuiteError(f"{name} must be above 0, not {getattr(self, name)}.")
        if len(self.maps) < 2 or min(self.maps) < 1 or min(self.dilations, default=0) < 1:
            raise SuiteError(
                f"maps {self.maps} and dilations {self.dilations}: give the channels of two or more levels and one or more dilations, "
                "all of them 1 or more."
            )
        if self.memory not in get_args(Memory):
            raise UnknownNameError("memory", self.memory, get_args(Memory))

    def feature_level(self, spec: ChauffeurSpec) -> int:
        """The level that F lies at. Raises `SuiteError` where raster, stride and fold do not go together."""
        cell = spec.stride * self.fold
        cells = [2 ** (level + 1) for level in range(len(self.maps))]
        if cell not in cells:
            raise SuiteError(f"stride {spec.stride} times fold {self.fold} is {cell}; it must be one of {cells}.")
        if any(side % cells[-1] for side in spec.raster.size):
            raise SuiteError(
                f"the raster's sides {spec.raster.size} must be multiples of {cells[-1]}, for {len(cells)} levels."
            )
        return cells.index(cell)
