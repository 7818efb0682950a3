"""A suite of board games, read from TOML: which games are played, from how many openings, drawn by which seed. Source: ours.

name = "mine"
version = 1

[[games]]
name = "othello_6x6"     # a name of `sim_suite.boards.registry`
openings = 50            # 100 games a pair: each opening is played from both sides
# seed, least_plies, most_plies are optional
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from sim_suite.boards.game import Game
from sim_suite.boards.registry import game_named
from sim_suite.envs.boards.names import env_of
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.files import canonical_json
from sim_suite.leaderboard.suite import Suite, TaskSpec
from sim_suite.toml_files import find_toml, read_toml, shipped

FOLDER: Final = Path(__file__).parent / "suites"
_KEYS: Final = {"name": str, "version": int, "summary": str, "games": list}


@dataclass(frozen=True)
class GameSpec:
    """One game, and the openings that it is played from."""

    name: str
    """A name of `sim_suite.boards.registry`."""
    openings: int
    """How many; each makes two games of a pair, one from either side."""
    seed: int = 10_000
    """Of openings and of what agents draw; evaluation seeds begin at 10,000 (`leaderboard/suite.py`)."""
    least_plies: int = 2
    most_plies: int = 4
    """Moves of an opening: drawn evenly from this range."""

    def __post_init__(self) -> None:
        game = game_named(self.name)
        if self.openings < 1 or self.seed < 0:
            raise SuiteError(
                f"{self.name} needs openings >= 1 and seed >= 0, not {self.openings} and {self.seed} in the suite."
            )
        if not 0 <= self.least_plies <= self.most_plies < game.most_plies:
            raise SuiteError(
                f"{self.name} needs 0 <= least_plies <= most_plies < {game.most_plies}, "
                f"not {self.least_plies} and {self.most_plies}."
            )

    @property
    def game(self) -> Game:
        """Its rules."""
        return game_named(self.name)

    @property
    def env(self) -> str:
        """The environment that agents of the game are made for."""
        return env_of(self.name)


@dataclass(frozen=True)
class ArenaSuite:
    """Games played together."""

    name: str
    version: int
    summary: str
    games: tuple[GameSpec, ...]

    @property
    def sha256(self) -> str:
        """Hash of all that decides a result: games, their rules' versions, openings, seeds."""
        rules = {spec.name: spec.game.version for spec in self.games}
        return hashlib.sha256(canonical_json({**self.to_dict(), "rules": rules}).encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Plain data that `parse` reads back."""
        return {**asdict(self), "games": [asdict(spec) for spec in self.games]}

    def spec(self, name: str) -> GameSpec:
        """A game by name."""
        return next(spec for spec in self.games if spec.name == name)

    def as_tasks(self) -> Suite:
        """The same as environments, to find out which agent fits which game."""
        tasks = tuple(TaskSpec(spec.name, spec.env, 2 * spec.openings, spec.seed) for spec in self.games)
        return Suite(self.name, self.version, self.summary, tasks)


def names() -> list[str]:
    """The suites that are shipped."""
    return shipped(FOLDER)


def is_arena(name: str) -> bool:
    """Whether a suite's name, or the file of one's own, speaks of games rather than tasks."""
    if not name.endswith(".toml"):
        return name in names()
    return Path(name).is_file() and "games" in read_toml(Path(name))


def load(name: str) -> ArenaSuite:
    """A shipped suite by name, or a `.toml` file of one's own. Raises `SuiteError` saying what is wrong with it."""
    path, data = find_toml(name, FOLDER, "suite of games", "A suite of your own is named by its .toml file.")
    return parse(data, str(path))


def parse(data: Mapping[str, Any], where: str) -> ArenaSuite:
    """Check and build a suite. `where` names the source in errors."""
    _refuse_unknown(data, _KEYS, f"key in {where}")
    values = {"summary": "", **data}
    for key, kind in _KEYS.items():
        _refuse_other_kind(values, key, kind, where)
    specs = tuple(_spec(one, where) for one in values["games"])
    if not specs:
        raise SuiteError(f"{where} has no games. Add a [[games]] table with name and openings.")
    found = [spec.name for spec in specs]
    twice = {name for name in found if found.count(name) > 1}
    if twice:
        raise SuiteError(f"{where} has {min(twice)!r} twice. Leave one of them out.")
    return ArenaSuite(values["name"], values["version"], values["summary"], specs)


def _spec(data: Any, where: str) -> GameSpec:
    if not isinstance(data, Mapping):
        raise SuiteError(f"{where}: a game is a table ([[games]]), not {data!r}.")
    known = {item.name: str if item.name == "name" else int for item in fields(GameSpec)}
    _refuse_unknown(data, known, f"key of a game in {where}")
    for key in {"name", "openings", *data}:
        _refuse_other_kind(data, key, known[key], where)
    return GameSpec(**data)


def _refuse_unknown(data: Mapping[str, Any], known: Mapping[str, type], what: str) -> None:
    unknown = set(data) - set(known)
    if unknown:
        raise UnknownNameError(what, min(unknown), known)


def _refuse_other_kind(data: Mapping[str, Any], key: str, kind: type, where: str) -> None:
    if key not in data:
        raise SuiteError(f"{where}: {key!r} is missing.")
    if not isinstance(data[key], kind) or isinstance(data[key], bool):
        raise SuiteError(f"{where}: {key} must be a {kind.__name__}, not {data[key]!r}.")
