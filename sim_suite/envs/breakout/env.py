"""Atari Breakout under the rules of `BreakoutDeterministic-v4`, which current ale-py no longer registers.

`gymnasium.make` gives one environment with the raw screen, for people and for any view; `gymnasium.make_vec` gives a batch
that is already preprocessed by ale-py's C++ threads (`sim_suite.envs.breakout.vector`). Rules, starts, rewards and limits
are the same in both. Sources: the Arcade Learning Environment, Bellemare et al. 2013 (arXiv:1207.4708); starts of
Mnih et al. 2015 (Nature 518).
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from ale_py import Action, ALEInterface, LoggerMode
from ale_py.env import AtariEnv, AtariEnvStepMetadata
from gymnasium.utils import EzPickle, seeding
from numpy.typing import NDArray

from sim_suite.envs.breakout.start import FRAME_SKIP, NOOP_MAX, StartDraws, ale_seed, check_rules


class BreakoutEnv(AtariEnv):
    """Breakout: keep a ball in play with a paddle and break a wall of bricks with it.

    ## Description
    Six rows of 18 bricks lie above the paddle. The ball rebounds from walls, bricks and the paddle, faster after some hits;
    missing it costs one of five lives. A cleared wall is built a second time, and no third time.

    After each lost life the ball stays away until FIRE is pressed. A policy that never presses it then stalls until the
    time limit; report stalled episodes, or evaluate with a little randomness (epsilon 0.01 to 0.05), as published results do.

    ## Action Space
    `Discrete(4)`, each held for 4 frames: 0 NOOP | 1 FIRE | 2 RIGHT | 3 LEFT. There are no sticky actions.

    ## Observation Space
    uint8 [210, 160, 3], the screen after the fourth frame, red, green, blue, in 0..255; not pooled over frames.

    ## Rewards
    The points of the bricks broken in the four frames, unclipped: 1 in the two lower rows, 4 in the middle two, 7 in the
    upper two. One wall holds 432, so an episode is worth at most 864.

    ## Starting State
    FIRE is pressed for one frame, then up to 28 frames pass (`noop_max`). This wait is the only chance in the game: a
    deterministic policy plays at most 29 different episodes, however many seeds it is given.

    ## Episode End
    Terminates when the fifth life is lost. Truncated by the registration's time limit of 27,000 steps (108,000 frames,
    half an hour of play), counted after the starting wait.

    `info` has `lives`, `frame_number` and `episode_frame_number`, and after a seeded reset `seeds`.

    ## Arguments
    - `noop_max` (30): the wait is drawn from 0..noop_max-1 frames, FIRE's frame included; 0 waits for none.
    - `fire_reset` (True): press FIRE at the start. `noop_max=0, fire_reset=False` starts exactly as `BreakoutDeterministic-v4` did.
    - `repeat_action_probability` (0.0): the chance in each frame that the previous action is kept, for robustness tests.
    - `render_mode` (None): `rgb_array` or `human`.

    ## Version History
    - v0: the rules of `BreakoutDeterministic-v4` with random starts, emulated by ale-py.
    """

    def __init__(
        self,
        noop_max: int = NOOP_MAX,
        fire_reset: bool = True,
        repeat_action_probability: float = 0.0,
        render_mode: Literal["human", "rgb_array"] | None = None,
    ) -> None:
        """See the class. Raises `SuiteError` on a `noop_max` below 0 or a probability outside [0, 1]."""
        check_rules(noop_max, repeat_action_probability)
        self._noop_max = noop_max
        self._fire_reset = fire_reset
        ALEInterface.setLoggerMode(
            LoggerMode.Error
        )  # else each emulator prints a banner before AtariEnv can ask it not to
        super().__init__(
            "breakout",
            frameskip=FRAME_SKIP,
            repeat_action_probability=repeat_action_probability,
            render_mode=render_mode,
        )
        # AtariEnv recorded its own arguments for copies of the environment; a copy of this class takes these instead.
        EzPickle.__init__(self, noop_max, fire_reset, repeat_action_probability, render_mode)

    def seed_game(self, seed: int | None = None) -> tuple[int, int]:
        """Seed the emulator and the draws of the start, as the C++ vector environment does (AtariEnv hashes the seed first)."""
        chosen = ale_seed(seed)
        self._starts = StartDraws(chosen, self._noop_max)
        self._np_random, _ = seeding.np_random(chosen)
        self.ale.setInt("random_seed", chosen)
        return chosen, chosen

    def reset(  # type: ignore[override]  # ale-py's own type of info, which is no dict[str, Any]
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.uint8], AtariEnvStepMetadata]:
        """Start an episode: [210, 160, 3] uint8 and `info`."""
        _, info = super().reset(seed=seed, options=options)
        wait = self._starts.draw()
        if self._fire_reset:
            self.ale.act(Action.FIRE)
            wait -= 1
        # Waiting cannot end the game: the ball stays away after one lost life.
        for _ in range(wait):
            self.ale.act(Action.NOOP)
        info.update(self._get_info())
        return self.ale.getScreenRGB(), info
