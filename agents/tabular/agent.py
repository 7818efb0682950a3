"""Plays a table of action values: in each state the action with the highest value. Source: ours.

The values are all there is to save, as one tensor of a safetensors file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from agents.interface import Batch, Interface
from sim_suite.envs.views import VECTOR
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import write_atomic

FILE = "model.safetensors"
KEY = "action_values"


class TabularAgent:
    """Greedy on a table of values. It never explores: learners break ties at random while they train, the agent does not."""

    interface = Interface(VECTOR, "discrete")

    def __init__(self, values: NDArray[np.float64]) -> None:
        """values: [S, A] float64, worth of each action in each state. A private copy is kept."""
        if values.ndim != 2 or values.shape[1] < 1 or not np.isfinite(values).all():
            raise SuiteError(f"action values must be finite and of shape [states, actions], not {values.shape}.")
        self.values = np.array(values, np.float64)
        self._choice = self.values.argmax(axis=1)

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[Any], Any | None]:
        """Actions [B] int64 for states [B]; the lowest number among equally good ones, whether `deterministic` or not.

        Raises `SuiteError` for a state that the table does not have.
        """
        return self._choice[self._states(observation)], state

    def q_values(self, observations: Batch) -> NDArray[np.float64]:
        """What each action is worth, [B, A] float64, in states [B]. Raises `SuiteError` for a state that the table does not have."""
        values: NDArray[np.float64] = self.values[self._states(observations)]
        return values

    def _states(self, observations: Batch) -> NDArray[Any]:
        states = np.asarray(observations).reshape(len(observations))
        if states.dtype.kind not in "iu" or np.any((states < 0) | (states >= len(self._choice))):
            raise SuiteError(f"this agent knows the states 0 to {len(self._choice) - 1}; seen: {states.tolist()}.")
        return states

    def save(self, folder: Path) -> None:
        """Write the values into `folder`."""
        write_atomic(folder / FILE, save({KEY: self.values}))

    @classmethod
    def load(cls, folder: Path) -> TabularAgent:
        """Read what `save` wrote. Raises `DamagedFileError` when the file is not that."""
        try:
            return cls(load_file(folder / FILE)[KEY])
        except (SafetensorError, KeyError, OSError) as error:
            raise DamagedFileError(
                f"{folder / FILE} holds no table of action values ({error}). Restore it or train the agent anew."
            ) from error
