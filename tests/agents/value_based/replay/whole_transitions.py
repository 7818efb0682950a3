"""A replay memory as one would write it first: lists of whole observations, searched anew at each question. The oracle of the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agents.value_based.replay import Replay, ReplayOptions


@dataclass
class Shown:
    """One row: a whole observation (None for a frame that only later ones need) and the step taken there."""

    observation: np.ndarray | None
    begins: bool
    action: int = -1
    reward: float = 0.0
    end: str = "no step"


class WholeTransitions:
    """E lists of what was shown, of which the last `length` rows count."""

    def __init__(self, num_envs: int, stack: int, options: ReplayOptions) -> None:
        self.stack, self.options, self.length = stack, options, options.capacity // num_envs
        self.shown: list[list[Shown]] = [[] for _ in range(num_envs)]

    def add(self, observations, actions, rewards, terminated, truncated, next_observations) -> None:
        for env, rows in enumerate(self.shown):
            if not rows or (
                (len(rows) < 2 or rows[-2].end != "goes on")
                and not np.array_equal(rows[-1].observation, observations[env])
            ):
                self._begin(rows, observations[env])
            end = "terminated" if terminated[env] else "truncated" if truncated[env] else "goes on"
            rows[-1].action, rows[-1].reward, rows[-1].end = int(actions[env]), float(rewards[env]), end
            rows.append(Shown(next_observations[env].copy(), False))

    def cut(self) -> None:
        for rows in self.shown:
            if len(rows) > 1 and rows[-2].end == "goes on":
                rows[-2].end = "truncated"

    def _begin(self, rows: list[Shown], observation: np.ndarray) -> None:
        older = observation[: self.stack - 1] if self.stack > 1 else observation[:0]
        if older.any() and not all(np.array_equal(frame, observation[-1]) for frame in older):
            rows += [Shown(None, begins=number == 0) for number in range(self.stack - 1)]
            rows.append(Shown(observation.copy(), False))
        else:
            rows.append(Shown(observation.copy(), True))

    def transitions(self) -> dict[int, tuple]:
        """Row -> (observation, action, return, discount, observation behind the window), of all that can be drawn."""
        found = {}
        for env, rows in enumerate(self.shown):
            oldest = max(0, len(rows) - self.length)
            for begin in range(oldest, len(rows)):
                window = self._window(rows, begin)
                if window is not None and self._oldest_frame(rows, begin) >= oldest:
                    found[env * self.length + begin % self.length] = window
        return found

    def _window(self, rows: list[Shown], begin: int) -> tuple | None:
        total = 0.0
        for taken in range(self.options.n_step):
            if begin + taken >= len(rows) or rows[begin + taken].end == "no step":
                return None
            row = rows[begin + taken]
            total += self.options.discount**taken * row.reward
            if row.end != "goes on" or taken == self.options.n_step - 1:
                discount = 0.0 if row.end == "terminated" else self.options.discount ** (taken + 1)
                behind = rows[begin + taken + 1].observation
                return rows[begin].observation, rows[begin].action, total, discount, behind
        return None

    def _oldest_frame(self, rows: list[Shown], row: int) -> int:
        for back in range(self.stack):
            if rows[row - back].begins:
                return row - back
        return row - self.stack + 1


def agree(replay: Replay, oracle: WholeTransitions) -> None:
    """Both hold the same transitions in the same rows, to the last bit."""
    expected = oracle.transitions()
    assert replay.rows.tolist() == sorted(expected)
    assert len(replay) == len(expected)
    if not expected:
        return
    found = replay.at(replay.rows)
    wanted = [expected[row] for row in sorted(expected)]
    for place, column in enumerate(found[:5]):
        np.testing.assert_array_equal(column.numpy(), np.stack([np.asarray(one[place]) for one in wanted]))
    assert found.rows.tolist() == sorted(expected)
