"""Kernels that are built around a game's functions, and kept on disk for each game. Source: ours, over numba's cache (0.68).

A kernel for any game is a function inside a function that takes the `Game`, and closes over what it needs of it:

    def kernels_of(game):
        legal, play = game.legal, game.play

        @compiled_for(game)
        def step(position, mask): ...

numba tells closures apart by pickling what they close over, which differs from process to process for compiled functions:
such kernels would be compiled anew each time. Here they are told apart by the names and sources of the game's functions, so
that boards of several sizes that share their functions share their kernels too.
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
    """Tells compiled kernels of one game from those of any other, or of other rules under the same name.

    Equal for games that differ in their beginning alone: who closes over `game.begin` is told apart by it.
    """
    functions = (game.legal, game.play, game.mover, game.outcome, game.write_planes)
    return hashlib.sha256(repr([_key_of(function) for function in functions]).encode()).hexdigest()


def _key_of(function: Callable[..., Any]) -> tuple[object, ...]:
    """A function's name, its sources, and what it closes over."""
    plain = getattr(function, "py_func", function)
    source = Path(plain.__code__.co_filename)
    ours = source.is_relative_to(ROOT)
    digest = cache_folder(source).name if ours else hashlib.sha256(source.read_bytes()).hexdigest()
    held = (_told_apart_by(cell.cell_contents, plain) for cell in plain.__closure__ or ())
    return (plain.__module__, plain.__qualname__, digest, *held)


class _GameCache(FunctionCache):
    """numba's cache of one function on disk; its index tells games apart, and the numbers that functions close over."""

    def __init__(self, function: Callable[..., Any], game: Game) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call]
        self.told_apart_by = (game_key(game), *_key_of(function))

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        code = hashlib.sha256(self._py_func.__code__.co_code).hexdigest()
        return sig, codegen.magic_tuple(), (code, self.told_apart_by)


def _told_apart_by(held: Any, function: Callable[..., Any]) -> object:
    """What stands in the index for something that `function` closes over."""
    if isinstance(held, bool | int | float | np.generic):
        return repr(held)
    if hasattr(held, "py_func"):
        return _key_of(held)
    raise SuiteError(
        f"{function.__qualname__} closes over {type(held).__name__} {held!r}, which its kernel would keep for good; "
        f"hand it over as an argument, or close over a number or a compiled function."
    )
