"""Kernels that are built around a game's functions, and kept on disk for each game. Source: ours, over numba's cache (0.68).

A kernel for any game is a function inside a function that takes the `Game`, and closes over what it needs of it:

    def kernels_of(game):
        legal, play = game.legal, game.play

        @compiled_for(game)
        def step(position, mask): ...

numba tells closures apart by pickling what they close over, which differs from process to process for compiled functions:
such kernels would be compiled anew each time. Here they are told apart by the game's name, its version and its sources.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numba.core.caching import FunctionCache

from sim_suite.boards.game import Game
from sim_suite.compiling import called
from sim_suite.compiling.folders import ROOT, cache_folder
from sim_suite.errors import SuiteError

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled_for(game: Game, how: Callable[[Function], Function] = called) -> Callable[[Function], Function]:
    """Compile a function that closes over `game`'s functions; `how` is `called`, `shared`, ... of `sim_suite.compiling`.

    What else it closes over must be numbers or such functions; anything else raises `SuiteError`.
    """

    def compile_now(function: Function) -> Function:
        made: Any = how(function)
        if hasattr(made, "enable_caching"):  # else numba is switched off, and this is the function itself
            made._cache = _GameCache(function, game)
        return cast(Function, made)

    return compile_now


def game_key(game: Game) -> str:
    """Tells compiled kernels of one game from those of any other, or of other rules under the same name."""
    digest = hashlib.sha256(f"{game.name} {game.version}".encode())
    for name in ("begin", "legal", "play", "mover", "outcome", "write_planes"):
        function = getattr(game, name)
        source = Path(getattr(function, "py_func", function).__code__.co_filename)
        ours = source.is_relative_to(ROOT)
        digest.update(cache_folder(source).name.encode() if ours else source.read_bytes())
    return digest.hexdigest()


class _GameCache(FunctionCache):
    """numba's cache of one function on disk; its index tells games apart, and the numbers that functions close over."""

    def __init__(self, function: Callable[..., Any], game: Game) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call]
        held = [_told_apart_by(cell.cell_contents, function) for cell in function.__closure__ or ()]
        self.told_apart_by = (game_key(game), *held)

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        code = hashlib.sha256(self._py_func.__code__.co_code).hexdigest()
        return sig, codegen.magic_tuple(), (code, self.told_apart_by)


def _told_apart_by(held: object, function: Callable[..., Any]) -> object:
    """What stands in the index for something that `function` closes over."""
    if isinstance(held, bool | int | float | np.generic):
        return repr(held)
    if hasattr(held, "py_func"):
        return getattr(getattr(held, "_cache", None), "told_apart_by", None)
    raise SuiteError(
        f"{function.__qualname__} closes over {type(held).__name__} {held!r}, which its kernel would keep for good; "
        f"hand it over as an argument, or close over a number or a compiled function."
    )
