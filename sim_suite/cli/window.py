"""A window that shows an environment at its own speed, and the keyboard of the person before it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from sim_suite.display import open_display
from sim_suite.envs.catalog import card
from sim_suite.envs.making import make
from sim_suite.episodes.cockpit.ramps import SteeringWheel
from sim_suite.errors import SuiteError

_SHORT_SIDE = 480  # pixels: small pictures are enlarged to at least this
_DEFAULT_FPS = 30
_INSTEAD = "Film instead: --agent NAME --out clip.webm"
_KEYBOARD_BRAKE = 0.8  # as in Gymnasium's own keyboard play of CarRacing: full brake locks the wheels


def require_display(instead: str = _INSTEAD) -> None:
    """Raise `SuiteError` where no window can be opened."""
    headless = sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if headless and os.environ.get("SDL_VIDEODRIVER") != "dummy":
        raise SuiteError(f"there is no display to open a window on. {instead}, or run under xvfb-run.")


class PictureWindow:
    """Shows pictures at a set pace."""

    def __init__(self, fps: float) -> None:
        """Opens at the first picture."""
        require_display()
        pygame = self._pygame = open_display(_INSTEAD)
        self._clock = pygame.time.Clock()
        self._fps = fps
        self._surface: Any = None
        self.closed = False

    def show(self, picture: NDArray[np.uint8]) -> bool:
        """Show uint8 [H, W, 3] RGB, wait for its time to pass; False once the person has closed the window."""
        self._show(picture)
        for event in self._pygame.event.get():
            escape = event.type == self._pygame.KEYDOWN and event.key == self._pygame.K_ESCAPE
            self.closed = self.closed or escape or event.type == self._pygame.QUIT
        self._clock.tick(self._fps)
        return not self.closed

    def held(self) -> set[str]:
        """Names of the keys that are held down: left, right, up, down, space, 0 to 9."""
        pygame = self._pygame
        pressed = pygame.key.get_pressed()
        names = {
            "left": pygame.K_LEFT,
            "right": pygame.K_RIGHT,
            "up": pygame.K_UP,
            "down": pygame.K_DOWN,
            "space": pygame.K_SPACE,
        }
        names.update({str(digit): pygame.K_0 + digit for digit in range(10)})
        return {name for name, key in names.items() if pressed[key]}

    def _show(self, frame: NDArray[np.uint8]) -> None:
        pygame = self._pygame
        height, width = frame.shape[:2]
        scale = max(1, -(-_SHORT_SIDE // min(height, width)))
        if (
            pygame.display.get_surface() is None
        ):  # at first, and after one of Gymnasium's environments closed all of pygame
            pygame.display.init()
            self._surface = pygame.display.set_mode((width * scale, height * scale))
            pygame.display.set_caption("sim-suite")
        picture = pygame.surfarray.make_surface(frame.swapaxes(0, 1))
        self._surface.blit(pygame.transform.scale(picture, (width * scale, height * scale)), (0, 0))
        pygame.display.flip()


class Window(PictureWindow):
    """Shows an environment made with render_mode "rgb_array", at its own speed."""

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        """Opens at the first frame."""
        super().__init__(int(env.metadata.get("render_fps") or _DEFAULT_FPS))

    def watch(self, env: gym.Env[Any, Any]) -> bool:
        """Show the present frame, wait for its time to pass; False once the person has closed the window."""
        picture: Any = env.render()
        return self.show(np.asarray(picture, dtype=np.uint8))


def action_of(env_id: str, space: gym.Space[Any], keys: set[str]) -> NDArray[Any] | np.int64:
    """The action that held keys mean, in the environment's own type.

    Numbered actions are chosen by digit, and by the keys on the environment's card. A float vector is steered by left and
    right in its first element; driving and CarRacing take gas and brake from up and down.
    """
    card_ = card(env_id)
    steer = ("right" in keys) - ("left" in keys)
    if isinstance(space, gym.spaces.Discrete):
        numbered = {str(digit): digit for digit in range(min(10, int(space.n)))}
        chosen = (action for key, action in {**numbered, **card_.keys}.items() if key in keys)
        assert isinstance(card_.do_nothing, int)
        return np.int64(next(chosen, card_.do_nothing))
    assert isinstance(space, gym.spaces.Box)
    action = np.array(card_.do_nothing, dtype=space.dtype)
    if card_.family == "driving":  # there left is positive; SteeringWheel is what a person drives with
        action[:2] = -steer, ("up" in keys) - ("down" in keys)
        return action
    action[0] = steer * (space.high[0] if steer > 0 else -space.low[0])
    if card_.family == "car racing":
        action[1] = float("up" in keys)
        action[2] = _KEYBOARD_BRAKE * float("down" in keys)
    return action


def play_by_hand(env_id: str, episodes: int, seed: int) -> list[dict[str, object]]:
    """Let a person play; one row an episode. Turn-based (tabular) worlds wait for a key."""
    rows: list[dict[str, object]] = []
    waits = card(env_id).family == "tabular"
    with make(env_id, kwargs=for_people(env_id), render_mode="rgb_array") as env:
        window = Window(env)
        act = hands(env_id, env)
        for episode in range(episodes):
            env.reset(seed=seed + episode)
            total, length, over = 0.0, 0, False
            while not over and window.watch(env):
                keys = window.held()
                if waits and not keys:
                    continue
                _, reward, terminated, truncated, _ = env.step(act(keys))
                total, length, over = total + float(reward), length + 1, terminated or truncated
            rows.append({"seed": seed + episode, "return": total, "length": length, "outcome": "ok", "message": ""})
            if window.closed:
                break
    return rows


def for_people(env_id: str) -> dict[str, object]:
    """People see and steer at every tick."""
    if card(env_id).family != "driving":
        return {}
    return {"ticks_per_step": 1, "max_episode_steps": 2 * card(env_id).max_episode_steps}


def hands(env_id: str, env: gym.Env[Any, Any]) -> Callable[[set[str]], NDArray[Any] | np.int64]:
    """From held keys to actions, step after step."""
    space = env.action_space
    if card(env_id).family != "driving" or not isinstance(space, gym.spaces.Box):
        return lambda keys: action_of(env_id, space, keys)
    wheel, car, step_s = SteeringWheel(), env.unwrapped, 1.0 / float(env.metadata["render_fps"])
    return lambda keys: np.array(wheel.hold(keys, car.speed_mps, step_s), dtype=space.dtype)  # type: ignore[attr-defined]
