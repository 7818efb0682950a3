"""What environments say became of their episodes (`info["metrics"]` of a last step): means over the latest. Source: ours."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.learner import Metrics

_ROWS, _NAMES = "figures", "figure_names"
_BETWEEN: Final = "\n"


class Figures:
    """Figures of the last episodes that ended; none where environments tell of none."""

    def __init__(self, latest: int) -> None:
        """latest: episodes that means are told of."""
        self._names: tuple[str, ...] = ()
        self._rows: deque[tuple[float, ...]] = deque(maxlen=latest)

    def note(self, info: Mapping[str, Any], ended: NDArray[np.bool_]) -> None:
        """Take in a step's info of a vector environment, whose `metrics` are numbers by name, [E] each. ended: [E] bool."""
        told = info.get("metrics")
        if not isinstance(told, Mapping) or not ended.any():
            return
        columns = {name: values[ended] for name, values in told.items() if f"_{name}" in told and _numbers(values)}
        if tuple(columns) != self._names:
            self._names = tuple(columns)
            self._rows.clear()
        self._rows.extend(zip(*(values.astype(np.float64).tolist() for values in columns.values()), strict=True))

    def means(self) -> Metrics:
        """Of the latest, by name."""
        return dict(zip(self._names, np.mean(self._rows, axis=0).tolist(), strict=True)) if self._rows else {}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What `restore` needs, by name."""
        return {
            _ROWS: np.array(self._rows, np.float64).reshape(len(self._rows), len(self._names)),
            _NAMES: np.frombuffer(_BETWEEN.join(self._names).encode(), np.uint8),
        }

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """The inverse of `arrays`; of a run that was kept before there were figures, none."""
        if _NAMES not in arrays:
            return
        names = arrays[_NAMES].tobytes().decode()
        self._names = tuple(names.split(_BETWEEN)) if names else ()
        self._rows.extend(map(tuple, arrays[_ROWS].tolist()))


def _numbers(values: Any) -> bool:
    return isinstance(values, np.ndarray) and values.dtype.kind in "fiub" and values.ndim == 1
