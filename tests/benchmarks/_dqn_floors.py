"""What DQN on Breakout cannot do without, each alone: an update, acting, a step of the environments, multiplications. See dqn.py."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from itertools import cycle, pairwise
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from agents.learning.convolutions import CONVOLUTIONS
from agents.value_based.arithmetic import Calculating
from agents.value_based.config import DqnConfig
from agents.value_based.descent import fresh_network
from agents.value_based.losses import td_loss
from agents.value_based.spec import QSpec
from agents.value_based.targets import dqn_targets
from sim_suite.benchmarking import Measurement
from sim_suite.envs.breakout.vector import BreakoutVectorEnv

MULTIPLYING: Final = (32, 64, 30, 3)
"""Pictures, maps before and after, height and width, kernel of the convolution by which the machine's rate is measured: of those that were
tried on one core the fastest, 109 GFLOP/s in float32 and 219 in bfloat16, where products of 1024 x 1024 matrices reached 87 and 201."""
STEPPING: Final = "stepping"
"""The name of that floor; those of the others have an arithmetic."""


def updating(precision: str) -> str:
    """The name of that floor."""
    return f"updating, {precision}"


def acting(precision: str) -> str:
    """The name of that floor."""
    return f"acting, {precision}"


def multiplying(precision: str) -> str:
    """The name of that rate, in operations a second."""
    return f"multiplying, {precision}"


def rate(work: Callable[[], object], seconds: float, units: int = 1) -> Measurement:
    """Units a second, of which each call of `work` does so many; measured for so many seconds."""

    def measure() -> float:
        calls, started = 0, time.perf_counter()
        while calls == 0 or time.perf_counter() - started < seconds:
            work()
            calls += 1
        return calls * units / (time.perf_counter() - started)

    return measure


def update(spec: QSpec, config: DqnConfig, precision: str) -> Callable[[], object]:
    """One update: the target network forward, the network forward and backward, Adam."""
    network = fresh_network(spec, 0, torch.device("cpu"))
    online, aim = Calculating(network, precision), Calculating(copy.deepcopy(network), precision)
    optimizer = torch.optim.Adam(network.parameters(), config.learning_rate, fused=True)
    seen, following = (pictures(spec, config.batch_size, online.dtype) for _ in range(2))
    actions, ones = torch.arange(config.batch_size) % spec.actions, torch.ones(config.batch_size)

    def work() -> None:
        with torch.no_grad():
            worth = aim.module(following).float()
        targets = dqn_targets(ones, ones * config.replay.discount, worth)
        chosen = online.module(seen).float().gather(1, actions[:, None]).squeeze(1)
        optimizer.zero_grad()
        td_loss(chosen, targets, ones, config.loss).backward()  # type: ignore[no-untyped-call]
        online.hand_gradients_over()
        optimizer.step()
        online.follow()

    return work


def act(spec: QSpec, config: DqnConfig, precision: str) -> Callable[[], object]:
    """The values of one observation of each environment."""
    calculating = Calculating(fresh_network(spec, 0, torch.device("cpu")), precision)
    seen = pictures(spec, config.envs, calculating.dtype)

    def work() -> None:
        with torch.inference_mode():
            calculating.module(seen)

    return work


def multiply(precision: str) -> Callable[[], object]:
    """A convolution that keeps the machine's multipliers busy."""
    dtype, (count, maps, side, kernel) = getattr(torch, precision), MULTIPLYING
    seen = torch.ones(count, maps, side, side, dtype=dtype).to(memory_format=torch.channels_last)
    weight = torch.ones(maps, maps, kernel, kernel, dtype=dtype).to(memory_format=torch.channels_last)
    return lambda: functional.conv2d(seen, weight)


def flops_of_multiplying() -> int:
    """Of that convolution; a multiplication and an addition are two."""
    count, maps, side, kernel = MULTIPLYING
    return 2 * count * maps**2 * kernel**2 * (side - kernel + 1) ** 2


def flops_of_update(spec: QSpec, config: DqnConfig) -> int:
    """Multiplications and additions in an update: two passes forward, gradients of all weights, and of all inputs but the first."""
    channels, height, width = spec.shape
    layers: list[int] = []
    for maps, kernel, stride in CONVOLUTIONS:
        height, width = (height - kernel) // stride + 1, (width - kernel) // stride + 1
        layers.append(maps * height * width * channels * kernel**2)
        channels = maps
    widths = (channels * height * width, *config.hidden, spec.actions)
    layers += [inputs * outputs for inputs, outputs in pairwise(widths)]
    return 2 * config.batch_size * (4 * sum(layers) - layers[0])


def pictures(spec: QSpec, count: int, dtype: torch.dtype) -> Tensor:
    """Noise as the network is shown it: [count, stack, height, width] in 0..1, channels last."""
    noise = np.random.default_rng(0).integers(256, size=(count, *spec.shape), dtype=np.uint8)
    return spec.prepare(torch.from_numpy(noise), dtype)


def stepping(config: DqnConfig) -> Callable[[], object]:
    """One step of all environments with actions that were drawn before, resets included."""
    envs = BreakoutVectorEnv(config.envs)
    envs.reset(seed=0)
    actions = cycle(np.random.default_rng(0).integers(4, size=(256, config.envs)))
    return lambda: envs.step(next(actions))
