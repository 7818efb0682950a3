"""Several CarRacing worlds that are stepped one after the other into arrays, in this process or in a worker. Source: ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_suite.envs.car_racing.env import CarRacingEnv

FRAME = (96, 96, 3)
NOT_FINISHED, LAP_FAILED, LAP_FINISHED = -1, 0, 1


@dataclass(frozen=True)
class Order:
    """What worlds to make: plain data, so that it can be sent to a worker."""

    num_envs: int
    max_episode_steps: int
    lap_complete_percent: float
    domain_randomize: bool
    continuous: bool
    labels: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)

    def layout(self) -> dict[str, tuple[tuple[int, ...], type]]:
        """Shape and dtype of each array that a step reads or writes."""
        n = self.num_envs
        arrays: dict[str, tuple[tuple[int, ...], type]] = {
            "rewards": ((n,), np.float64),
            "actions": ((n, 3), np.float32) if self.continuous else ((n,), np.int64),
            "frames": ((n, *FRAME), np.uint8),
            "final_frames": ((n, *FRAME), np.uint8),
            "terminated": ((n,), np.bool_),
            "truncated": ((n,), np.bool_),
            "lap": ((n,), np.int8),
        }
        if self.labels:
            arrays["labels"] = arrays["final_labels"] = ((n, *FRAME[:2]), np.uint8)
        return arrays

    def nbytes(self) -> int:
        """Bytes of all arrays, one behind the other, each at a multiple of eight."""
        return sum(_padded(shape, dtype) for shape, dtype in self.layout().values())

    def arrays(self, memory: Any) -> dict[str, NDArray[Any]]:
        """The arrays in `memory`, any writable buffer of at least `nbytes()`."""
        found, offset = {}, 0
        for name, (shape, dtype) in self.layout().items():
            found[name] = np.ndarray(shape, dtype, buffer=memory, offset=offset)
            offset += _padded(shape, dtype)
        return found


class Worlds:
    """The worlds `first` to `last - 1` of an order, drawn in place. Each is reset in the same step in which it ends."""

    def __init__(self, order: Order, memory: Any, first: int, last: int) -> None:
        self._arrays = order.arrays(memory)
        self._numbers = range(first, last)
        self._limit = order.max_episode_steps
        self._steps = np.zeros(order.num_envs, dtype=np.int64)
        self._envs = {
            number: CarRacingEnv(
                lap_complete_percent=order.lap_complete_percent,
                domain_randomize=order.domain_randomize,
                continuous=order.continuous,
                labels=order.labels,
            )
            for number in self._numbers
        }
        for number, env in self._envs.items():
            env.draw_into(self._arrays["frames"][number])

    def reset(self, seeds: Sequence[int | None], mask: Sequence[bool], options: dict[str, Any] | None) -> None:
        """Begin new episodes where `mask` is True; seeds and mask for all worlds of the order."""
        for number in self._numbers:
            if mask[number]:
                self._begin(number, seeds[number], options)

    def step(self) -> None:
        """Step each world with its row of `actions`, and write all other arrays."""
        a = self._arrays
        for number in self._numbers:
            frame, reward, terminated, truncated, info = self._envs[number].step(a["actions"][number])
            self._steps[number] += 1
            truncated = truncated or bool(self._steps[number] >= self._limit)
            a["rewards"][number] = reward
            a["terminated"][number] = terminated
            a["truncated"][number] = truncated
            a["lap"][number] = info.get("lap_finished", NOT_FINISHED)
            if terminated or truncated:
                a["final_frames"][number] = frame
                self._label("final_labels", number, info)
                self._begin(number, None, None)
            else:
                self._label("labels", number, info)

    def _begin(self, number: int, seed: int | None, options: dict[str, Any] | None) -> None:
        _, info = self._envs[number].reset(seed=seed, options=options)
        self._steps[number] = 0
        self._label("labels", number, info)

    def _label(self, name: str, number: int, info: dict[str, Any]) -> None:
        if "labels" in info:
            self._arrays[name][number] = info["labels"]


def _padded(shape: tuple[int, ...], dtype: type) -> int:
    return -(-int(np.prod(shape)) * np.dtype(dtype).itemsize // 8) * 8
