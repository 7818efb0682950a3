"""What a ChauffeurNet sees and says, in numbers: saved with each checkpoint. Source: Bansal et al. 2018, table 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_outside

WAYPOINTS: Final = 10
"""N of table 1."""
SPACING_S: Final = 0.2
"""Delta t of table 1: waypoint k lies (k + 1) times this ahead, so that they reach 2 s."""

DRIVING, CAR_RACING = "driving", "car_racing"
WORLDS: Final = (DRIVING, CAR_RACING)
"""In which a ChauffeurNet may drive: the embedded driving world, and Gymnasium's CarRacing."""
ENVS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        DRIVING: ("sim_suite/Driving-v0", "sim_suite/Scenario-v0", "sim_suite/Carla-v0"),
        CAR_RACING: ("CarRacing-v3", "sim_suite/CarRacing-v0"),
    }
)
"""The environments of each."""


@dataclass(frozen=True)
class ChauffeurSpec:
    """Raster, grid of the outputs, and waypoints.

    The outputs lie on a grid over the raster, each cell `stride` x `stride` of its pixels: [h, w] = [H / stride, W / stride]. A place is
    (row, column) in pixels of the raster, real numbers, pixel i reaching from i to i + 1; divided by `stride` it is one of the grid.
    """

    raster: RasterSpec
    stride: int = 1
    """1 in the paper; coarser grids are faster."""
    waypoints: int = WAYPOINTS
    """N, 1 to 40."""
    spread: float = 0.0
    """Of P_k: standard deviation, cells, of the Gaussian about a driven place that it learns, 0 to 8; 0, as in the paper: one cell."""

    def __post_init__(self) -> None:
        if self.stride < 1 or any(side % self.stride for side in self.raster.size):
            raise SuiteError(f"stride must divide the raster's sides {self.raster.size}, not be {self.stride}.")
        if not 1 <= self.waypoints <= 40:
            raise SuiteError(f"waypoints must be 1 to 40, not {self.waypoints}.")
        refuse_outside(self, "spread", 0.0, 8.0)

    @property
    def grid(self) -> tuple[int, int]:
        """(h, w) of the outputs."""
        rows, columns = self.raster.size
        return rows // self.stride, columns // self.stride

    @property
    def metres_per_cell(self) -> float:
        """Of the outputs' grid."""
        return self.raster.metres_per_pixel * self.stride
