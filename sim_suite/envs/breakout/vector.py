"""Many Breakouts at once, preprocessed by ale-py's C++ threads, with the traps of its `AtariVectorEnv` taken out. Source: ale-py 0.12.

Against the original: rewards are the raw points (clipped ones cannot be undone), the autoreset is same-step with the
final observation in `info`, a lost life is told apart from a lost game, lists of seeds are taken, and an action out of
range is an error instead of a wait without end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from ale_py.vector_env import AtariVectorEnv
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from sim_suite.envs.breakout.start import FRAME_SKIP, NOOP_MAX, ale_seed, check_rules
from sim_suite.errors import SuiteError

Pictures = NDArray[np.uint8]
Info = dict[str, Any]  # Gymnasium's own type
Seeds = int | Sequence[int | None] | NDArray[np.integer[Any]] | None

MAX_EPISODE_STEPS = 27_000
"""108,000 frames, half an hour of play: the cap of every `*Deterministic-v4` identifier."""


class BreakoutVectorEnv(AtariVectorEnv):
    """N Breakouts under the rules of `BreakoutEnv`, seen as Mnih et al. 2015 (Nature 518) did.

    Observation: uint8 [N, stack, height, width], grey by the console's palette, the pixelwise maximum of the last two of four
    frames, resized by area averaging; the newest frame is the last of the stack, which is black where the episode is too
    young. With `grey=False` [N, stack, height, width, 3]. Environment i equals the single environment in the view
    `pixels, size, grey, stack` with seed + i, bit for bit on Linux.
    Action: [N] integers of 0..3. Reward: [N] float64, raw points. Same-step autoreset: where an episode ends, the
    observation, `lives` and frame numbers are those of the next one.

    `info` of a step: `lives`, `frame_number`, `episode_frame_number` [N] int32; `life_lost` [N] bool, a life lost and the game
    still on; `game_over` [N] bool, the fifth life lost. Where something ended, `final_obs` [N, ...] uint8, valid in the rows
    where `_final_obs` [N] bool is True.
    """

    def __init__(
        self,
        num_envs: int,
        *,
        size: Sequence[int] = (84, 84),
        grey: bool = True,
        stack: int = 4,
        noop_max: int = NOOP_MAX,
        fire_reset: bool = True,
        repeat_action_probability: float = 0.0,
        life_loss_info: bool = False,
        max_episode_steps: int = MAX_EPISODE_STEPS,
        num_threads: int = 0,
    ) -> None:
        """Build the batch; `noop_max`, `fire_reset` and `repeat_action_probability` as in `BreakoutEnv`.

        `size` (height, width), `grey`, `stack` as in a pixels view, the axis of the stack always kept; `life_loss_info` reports
        a lost life as a termination (the game goes on, and `final_obs` is the observation itself), to train with; `max_episode_steps`
        truncates; `num_threads` 0 uses one per core. Raises `SuiteError` on a value out of range.
        """
        check_rules(noop_max, repeat_action_probability)
        if num_envs < 1 or stack < 1 or len(size) != 2 or min(size) < 1 or max_episode_steps < 1 or num_threads < 0:
            raise SuiteError(
                f"num_envs, stack, both sides of size and max_episode_steps must be 1 or more and num_threads 0 or more, "
                f"not {num_envs}, {stack}, {tuple(size)}, {max_episode_steps} and {num_threads}."
            )
        # ale-py writes into this dictionary; without one of our own it would write into that of Gymnasium's class.
        self.metadata = {"autoreset_mode": AutoresetMode.SAME_STEP}
        super().__init__(
            "breakout",
            num_envs,
            num_threads=num_threads,
            max_num_frames_per_episode=max_episode_steps * FRAME_SKIP,
            repeat_action_probability=repeat_action_probability,
            autoreset_mode=AutoresetMode.SAME_STEP,
            img_height=size[0],
            img_width=size[1],
            grayscale=grey,
            stack_num=stack,
            frameskip=FRAME_SKIP,
            maxpool=True,
            noop_max=noop_max,
            reward_clipping=False,
            use_fire_reset=fire_reset,
        )
        self._life_loss_terminates = life_loss_info
        self._lives = np.zeros(num_envs, np.int32)

    def reset(  # type: ignore[override]  # ale-py's signature has an unbound type variable
        self, *, seed: Seeds = None, options: dict[str, Any] | None = None
    ) -> tuple[Pictures, Info]:
        """Start all episodes, or those of `options["reset_mask"]` ([N] bool).

        `seed`: an integer for consecutive seeds, or one seed (or None) for each environment that is reset; None goes on
        with the generators at hand.
        """
        mask = None if options is None else options.get("reset_mask")
        count = self.num_envs if mask is None else int(np.sum(mask))
        observation, info = super().reset(seed=_seed_array(seed, count), options=options)
        self._lives = info["lives"]
        return observation, info

    def step(
        self, actions: Sequence[int] | NDArray[np.integer[Any]]
    ) -> tuple[Pictures, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], Info]:
        """Hold each action for four frames."""
        observation, reward, game_over, truncated, info = super().step(self._checked(actions))
        ended = game_over | truncated
        life_lost = (info["lives"] < self._lives) & ~ended
        self._lives = info["lives"]
        terminated = game_over
        if self._life_loss_terminates and life_lost.any():
            terminated = game_over | life_lost
            final = info.setdefault("final_obs", np.zeros_like(observation))
            final[life_lost] = observation[life_lost]
            ended = ended | life_lost
        if ended.any():
            info["_final_obs"] = ended
        info["life_lost"] = life_lost
        info["game_over"] = game_over
        return observation, reward.astype(np.float64), terminated, truncated, info

    def _checked(self, actions: Sequence[int] | NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        """[N] int64. ale-py 0.12 waits for ever on an action out of range, whose worker thread has died."""
        array = np.asarray(actions)
        count = len(self.ale.get_action_set())
        if array.shape != (self.num_envs,) or not np.issubdtype(array.dtype, np.integer):
            raise SuiteError(
                f"Breakout takes {self.num_envs} integer actions, not an array of {array.dtype} {array.shape}."
            )
        if array.min() < 0 or array.max() >= count:
            raise SuiteError(f"Breakout's actions are 0 to {count - 1}, seen {array.min()} to {array.max()}.")
        return array.astype(np.int64)


def _seed_array(seed: Seeds, count: int) -> NDArray[np.int64] | None:
    """One emulator seed for each of `count` environments, -1 for "go on as you are"."""
    if seed is None:
        return None
    if isinstance(seed, int | np.integer):
        seed = [int(seed) + offset for offset in range(count)]
    if len(seed) != count:
        raise SuiteError(f"reset needs one seed for each of {count} environments, not {len(seed)}.")
    return np.array([-1 if one is None else ale_seed(int(one)) for one in seed], np.int64)
