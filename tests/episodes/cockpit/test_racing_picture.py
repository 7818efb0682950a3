"""The picture that a person sees of CarRacing shows what Gymnasium's does."""

import cv2
import numpy as np
import pytest

from sim_suite.envs.making import make
from sim_suite.episodes.cockpit.racing_picture import CAR_AT, HEIGHT, WIDTH, RacingPicture


@pytest.mark.parametrize("seed", [1, 8])
def test_it_is_gymnasiums_scene_unsqueezed(seed):
    with make("sim_suite/CarRacing-v0", render_mode="rgb_array") as env:
        env.reset(seed=seed)
        picture = RacingPicture(env.unwrapped)
        for step in range(160):
            if step % 40 == 0 or step == 159:
                ours = picture.draw()
                assert ours.shape == (HEIGHT, WIDTH, 3)
                # Theirs is 1000 x 800 squeezed to 600 x 400, the car a quarter above its lower edge, indicators in the lowest eighth.
                theirs = cv2.resize(np.asarray(env.render()), (WIDTH, WIDTH * 8 // 10))
                down = round(len(theirs) * 3 / 4 - CAR_AT[1])
                rows = min(HEIGHT, len(theirs) * 7 // 8 - down)
                error = np.abs(ours[:rows].astype(int) - theirs[down : down + rows]).max(-1)
                assert (error > 40).mean() < 0.02  # edges, of which theirs are smoothed
                assert error.mean() < 3.0
            env.step(np.array([-0.3 if step > 60 else 0.0, 0.4, 0.0], np.float32))


def test_a_new_track_is_drawn_anew():
    with make("sim_suite/CarRacing-v0") as env:
        env.reset(seed=1)
        picture = RacingPicture(env.unwrapped)
        first = picture.draw()
        env.reset(seed=2)
        second = picture.draw()
        env.reset(seed=1)
        assert (first != second).any()
        assert np.array_equal(picture.draw(), first)
