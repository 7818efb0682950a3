"""Returns and advantages by hand, against their definitions on drawn episodes, and against Stable-Baselines3."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from stable_baselines3.common.buffers import RolloutBuffer

from agents.policy_gradient.returns import generalised_advantages, next_values_of, returns_to_go, standardised


def column(*values: float) -> np.ndarray:
    return np.array(values, np.float32)[:, None]


def flags(*values: int) -> np.ndarray:
    return np.array(values, bool)[:, None]


def test_returns_to_go_by_hand_stop_where_an_episode_ends():
    found = returns_to_go(column(1, 2, 4, 8), flags(0, 1, 0, 0), 0.5)
    assert found.tolist() == column(1 + 1, 2, 4 + 4, 8).tolist()
    assert found.dtype == np.float32


def test_a_truncation_bootstraps_and_a_termination_does_not():
    """Values 10, 20, 30, 40; after the last step a state of 50; the truncated episode's last state is worth 7."""
    values, terminated, ended = column(10, 20, 30, 40), flags(0, 1, 0, 0), flags(0, 1, 1, 0)
    following = next_values_of(values, np.array([50], np.float32), ended & ~terminated, np.array([7], np.float32))
    assert following.tolist() == column(20, 30, 7, 50).tolist()
    rewards = column(1, 2, 3, 4)
    one_step = generalised_advantages(rewards, values, following, terminated, ended, 0.5, 0.0)
    assert one_step.tolist() == column(1 + 10 - 10, 2 - 20, 3 + 3.5 - 30, 4 + 25 - 40).tolist()
    to_the_end = generalised_advantages(rewards, values, following, terminated, ended, 0.5, 1.0)
    assert to_the_end.tolist() == column(1 + 0.5 * 2 - 10, 2 - 20, 3 + 3.5 - 30, 4 + 25 - 40).tolist()
    halfway = generalised_advantages(rewards, values, following, terminated, ended, 0.5, 0.5)
    assert halfway[0, 0] == 1 + 0.25 * -18


ENDS = st.sampled_from(["goes on", "terminated", "truncated"])


@given(
    st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4), ENDS), min_size=1, max_size=9),
    st.sampled_from([0, 0.3, 0.8, 1]),
)
def test_lambda_mixes_advantages_of_n_steps(steps: list, decay: float):
    """Schulman et al. 2016, eq. 16: (1 - decay) sum of decay^(n-1) A(n), the longest with the rest of the weight."""
    rewards, values, ends = (np.array(part) for part in zip(*steps, strict=True))
    terminated, ended = ends == "terminated", ends != "goes on"
    count, discount = len(steps), 0.5
    following = np.append(values[1:], 3.0)
    following[ends == "truncated"] = -2.0

    def n_steps(first: int, n: int) -> float:
        """Mnih et al. 2016: n rewards and the discounted value of what follows, less the value."""
        last = first + n - 1
        total = sum(discount**k * rewards[first + k] for k in range(n))
        return total + (0 if terminated[last] else discount**n * following[last]) - values[first]

    def longest(first: int) -> int:
        return next((t for t in range(first, count) if ended[t]), count - 1) - first + 1

    expected = [
        sum((1 - decay) * decay ** (n - 1) * n_steps(t, n) for n in range(1, longest(t)))
        + decay ** (longest(t) - 1) * n_steps(t, longest(t))
        for t in range(count)
    ]
    arrays = (column(*rewards), column(*values), column(*following), terminated[:, None], ended[:, None])
    found = generalised_advantages(*arrays, discount, decay)
    assert found[:, 0].tolist() == pytest.approx(expected, abs=1e-4)


def test_advantages_are_those_of_stable_baselines3_where_nothing_is_truncated():
    rng, times, count = np.random.default_rng(0), 30, 3
    rewards, values = rng.normal(size=(2, times, count)).astype(np.float32)
    terminated, after = rng.random((times, count)) < 0.1, rng.normal(size=count).astype(np.float32)
    buffer = RolloutBuffer(times, _box(), _box(), gae_lambda=0.9, gamma=0.95, n_envs=count)
    buffer.rewards, buffer.values = rewards, values
    buffer.episode_starts[1:] = terminated[:-1]
    buffer.compute_returns_and_advantage(torch.from_numpy(after), terminated[-1])
    following = next_values_of(values, after, np.zeros_like(terminated), after[:0])
    found = generalised_advantages(rewards, values, following, terminated, terminated, 0.95, 0.9)
    assert found == pytest.approx(buffer.advantages, abs=1e-5)


def _box():
    from gymnasium.spaces import Box

    return Box(-1, 1, (1,))


def test_standardised_advantages_have_mean_0_and_deviation_1():
    assert standardised(np.array([1, 3], np.float32)).tolist() == pytest.approx([-1, 1])
    assert standardised(np.array([2, 2], np.float32)).tolist() == [0, 0]
