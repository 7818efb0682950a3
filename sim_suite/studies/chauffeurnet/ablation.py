"""What an agent does without seeing what it should obey: cues taken out of its raster. Source: Bansal et al. 2018, section 6.4.

The paper removes stop signs, or the other vehicles, from what its model M4 is shown. A model that drives on then has learned what it is to
stop for; one that stops all the same has learned something that goes along with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.interface import Agent, Batch
from agents.wrapper import AgentWrapper
from sim_suite.driving.sensors.raster.intensity import STOP_SIGN_VALUE
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec, preset
from sim_suite.envs.views import DRAWN
from sim_suite.errors import SuiteError


@dataclass(frozen=True)
class Cue:
    """What is taken out of a raster."""

    what: str
    channels: str
    """A pattern that the names of its channels match whole."""
    value: int | None = None
    """Only pixels of this value; None: all of them."""
    families: tuple[str, ...] = ()
    """Where it should matter."""

    def planes(self, spec: RasterSpec) -> NDArray[np.bool_]:
        """[C] Which channels of a raster it is in."""
        return np.array([re.fullmatch(self.channels, name) is not None for name in spec.channels])


CUES: Final[Mapping[str, Cue]] = MappingProxyType({
    "stop_signs": Cue("stop signs' lines", "crosswalks_stops", STOP_SIGN_VALUE, ("stop_sign",)),
    "lights": Cue("traffic lights", r"lights_\d+", None, ("red_light",)),
    "others": Cue("other road users", r"actors_\d+", None, ("nudge", "slow_car")),
})  # fmt: skip
"""Lines are what the raster shows of stop signs (`raster/intensity.py`); those at lights and crosswalks, in the same channel, stay."""


class Blanked(AgentWrapper):
    """An agent that does not see a cue. Everything else is as it was."""

    def __init__(self, agent: Agent, cue: Cue) -> None:
        """Raises `SuiteError` where the agent sees no raster of a known preset, or one without the cue."""
        view = agent.interface.observation
        if view.kind not in DRAWN or view.raster is None:
            raise SuiteError(
                f"{cue.what} are taken out of rasters, and this agent sees {view}. Ablate a network instead."
            )
        super().__init__(agent)
        self._cue = cue
        spec = preset(view.raster)
        self._shape, self._planes = spec.shape, np.flatnonzero(cue.planes(spec))
        if not len(self._planes):
            raise SuiteError(f"the raster {view.raster!r} shows no {cue.what}: {', '.join(spec.channels)}.")

    def blank(self, rasters: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A copy of rasters [B, C, H, W] without the cue."""
        if rasters.shape[1:] != self._shape:
            raise SuiteError(f"the raster is {rasters.shape[1:]}; the agent's view says {self._shape}.")
        copy = rasters.copy()
        for plane in self._planes.tolist():
            shown = copy[:, plane]
            shown[... if self._cue.value is None else shown == self._cue.value] = 0
        return copy

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[Any], Any | None]:
        """As the agent, of rasters [B, C, H, W] without the cue; numbers beside them stay."""
        if isinstance(observation, dict):
            seen: Batch = {**observation, "raster": self.blank(np.asarray(observation["raster"]))}
        else:
            seen = self.blank(np.asarray(observation))
        return super().predict(seen, state, episode_start, deterministic)
