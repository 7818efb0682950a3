"""Many CarRacing worlds in a pixels view: each equals the single environment in that view, bit for bit, also past an end."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.envs.car_racing.pixel_vector import CarRacingPixelVector
from sim_suite.envs.making import make
from sim_suite.envs.views import View

LIMIT = 7


@pytest.mark.parametrize(
    "view",
    [
        View("pixels", (64, 64), grey=True, stack=3),
        View("pixels", (48, 40), stack=2),
        View("pixels", grey=True),
        View("pixels"),
    ],
    ids=str,
)
@pytest.mark.parametrize("workers", [0, 1])
def test_each_world_is_the_single_environment(view: View, workers: int):
    many = CarRacingPixelVector(2, view, max_episode_steps=LIMIT, num_workers=workers)
    singles = [make("sim_suite/CarRacing-v0", view) for _ in range(2)]
    assert many.single_observation_space == singles[0].observation_space
    assert many.single_action_space == singles[0].action_space
    rng = np.random.default_rng(0)
    everyone = np.ones(2, bool)
    shown, _ = many.reset(seed=[4, 9], options={"reset_mask": everyone})
    expected = np.stack([env.reset(seed=seed)[0] for env, seed in zip(singles, (4, 9), strict=True)])
    assert np.array_equal(shown, expected)
    age = np.zeros(2, int)
    for step in range(2 * LIMIT):
        kept = shown.copy()
        actions = rng.uniform((-1, 0, 0), (1, 1, 0.5), size=(2, 3)).astype(np.float32)
        after, rewards, terminated, truncated, info = many.step(actions)
        assert np.array_equal(shown, kept)  # what was shown is not overwritten
        answers = [env.step(action) for env, action in zip(singles, actions, strict=True)]
        age += 1
        assert not terminated.any()
        assert truncated.tolist() == (age == LIMIT).tolist()
        assert rewards.tolist() == [answer[1] for answer in answers]
        seen = np.stack([answer[0] for answer in answers])
        assert np.array_equal(info.get("final_obs", after), seen)
        assert ("final_obs" in info) == truncated.any()
        shown = after
        mask = truncated.copy()
        if step == 2:  # one that is begun anew in its midst
            mask[1] = True
        if mask.any():
            seeds = [int(rng.integers(100)) if begins else None for begins in mask]
            shown, _ = many.reset(seed=seeds, options={"reset_mask": mask})
            age[mask] = 0
            for index in np.flatnonzero(mask).tolist():
                seen[index] = singles[index].reset(seed=seeds[index])[0]
        assert np.array_equal(shown, seen)
    many.close()
