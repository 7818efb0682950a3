"""Builds an environment of the suite in the view that an agent declared, or refuses in one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import gymnasium as gym

from sim_suite.envs.catalog import EnvCard, card
from sim_suite.envs.views import ASKED, DRAWN, View
from sim_suite.errors import SuiteError

_BOARD_VIEW = "sim_suite.envs.boards.view:BoardView"


def load_object(target: str) -> Any:
    """The object that `module:name` names."""
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)


def make(
    env_id: str, view: View | None = None, *, kwargs: Mapping[str, Any] | None = None, render_mode: str | None = None
) -> gym.Env[Any, Any]:
    """One environment, seen through `view` (None: its own observation).

    Raises `SuiteError` when the environment does not offer that view, does not know a keyword argument, or cannot be built.
    """
    env_card = card(env_id)
    if view is not None:
        refuse_view(env_card, view)
    if env_card.registers is not None:
        gym.register_envs(import_module(env_card.registers))
    asked = drawn_by(env_card, view)
    arguments = {**(kwargs or {}), **({} if asked is None else asked.asked)}
    try:
        env = gym.make(env_id, render_mode=render_mode, disable_env_checker=True, **arguments)
    except (TypeError, ValueError, gym.error.Error) as error:
        raise SuiteError(f"could not make {env_id} with {arguments}: {_first_line(error)}") from error
    if env_card.quicken is not None:
        load_object(env_card.quicken)(env)
    return env if view is None else look(env, env_card, view)


def refuse_view(env_card: EnvCard, view: View) -> None:
    """Raise `SuiteError` unless the environment offers the view."""
    if view.kind not in env_card.views:
        raise SuiteError(
            f"{env_card.id} offers the views {', '.join(env_card.views)}, but the agent looks at {view.kind!r}. "
            f"Choose an agent with another view, or another environment."
        )


def refuse_unready(env_card: EnvCard, kwargs: Mapping[str, Any]) -> None:
    """Raise `SuiteError` where episodes need a server that is not there."""
    if env_card.ready is not None:
        load_object(env_card.ready)(kwargs)


def look(env: gym.Env[Any, Any], env_card: EnvCard, view: View) -> gym.Env[Any, Any]:
    """Wrap `env` so that its observation is the view."""
    if view.kind == "state":
        assert env_card.state_reader is not None, f"{env_card.id} offers 'state' without a reader"
        return StateView(env, load_object(env_card.state_reader))
    if view.kind == "pixels":
        return pixel_view(env, view)
    if view.kind == "board":
        return load_object(_BOARD_VIEW)(env)  # type: ignore[no-any-return]  # a wrapper
    if view.kind in DRAWN and env_card.map_view is not None:
        return load_object(env_card.map_view)(env, view)  # type: ignore[no-any-return]  # a wrapper
    return env


def drawn_by(env_card: EnvCard, view: View | None) -> View | None:
    """The view, where the environment draws it itself and must be told of it when it is made; else None: `look` lays it on top."""
    return view if view is not None and view.kind in ASKED and env_card.map_view is None else None


def pixel_view(env: gym.Env[Any, Any], view: View) -> gym.Env[Any, Any]:
    """`env` with its picture, uint8 RGB [h, w, 3], replaced by `view`.

    One picture is [H, W] when grey, else [H, W, 3]; `view.stack` above 1 puts an axis in front, the newest picture last, black
    where the episode is younger than the stack. A view that asks for nothing returns `env` itself. Raises `SuiteError`
    when the observation is no such picture.
    """
    if view.kind != "pixels":
        raise SuiteError(f"a pixel view needs a view of kind 'pixels', not {view.kind!r}.")
    if view == View("pixels"):
        return env
    if hasattr(env.unwrapped, "ale"):
        from sim_suite.envs.atari_pixels import AtariPixelView

        return AtariPixelView(env, view)
    from sim_suite.envs.pixels import PixelView

    return PixelView(env, view)


def space_text(space: gym.Space[Any]) -> str:
    """A space on one line; equal texts mean equal spaces."""
    return " ".join(str(space).split())


class AnythingSpace(gym.Space[Any]):
    """The space of typed state objects: whatever the environment's state reader returns. It cannot be sampled."""

    def contains(self, x: Any) -> bool:
        """True for any object."""
        return x is not None


class StateView(gym.Wrapper[Any, Any, Any, Any]):
    """Hands out the environment's privileged state, a frozen dataclass, in place of its observation."""

    def __init__(self, env: gym.Env[Any, Any], read: Callable[[gym.Env[Any, Any]], Any]) -> None:
        """`read` turns the unwrapped environment into its state."""
        super().__init__(env)
        self._read = read
        self.observation_space = AnythingSpace()

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Reset, then read the state."""
        _, info = self.env.reset(seed=seed, options=options)
        return self._read(self.env.unwrapped), info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step, then read the state."""
        _, reward, terminated, truncated, info = self.env.step(action)
        return self._read(self.env.unwrapped), reward, terminated, truncated, info


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n", 1)[0]
