"""A film holds every frame of an episode, and no more than it has room for."""

import gymnasium as gym
import numpy as np

from sim_suite.leaderboard import filming
from sim_suite.leaderboard.filming import Film, film_fps


class Counter(gym.Env):
    """Its pictures are numbered; it draws two a step."""

    def __init__(self, fps, many):
        self.metadata = {"render_modes": ["rgb_array", "rgb_array_list"], "render_fps": fps}
        self.drawn, self.many = 0, many

    def render(self):
        self.drawn += 2 if self.many else 1
        picture = np.full((2, 2, 3), self.drawn, np.uint8)
        return [picture - 1, picture] if self.many else picture


def test_every_frame_is_handed_on():
    frames = []
    env = Counter(20, many=True)
    film = Film(env, frames.append)
    assert all(film.note(env) for _ in range(3))
    assert [int(frame[0, 0, 0]) for frame in frames] == [1, 2, 3, 4, 5, 6]
    assert film_fps(env) == 20


def test_a_full_film_lets_the_episode_go_on_unseen(monkeypatch):
    monkeypatch.setattr(filming, "FILM_SECONDS", 2.0)
    frames = []
    env = Counter(2, many=False)
    film = Film(env, frames.append)
    assert all(film.note(env) for _ in range(9))
    assert len(frames) == env.drawn == 4
