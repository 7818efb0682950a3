"""All that a board network is besides its numbers: the game, the sizes, how it searches. Source: ours.

policy.json         the spec
model.safetensors   the network
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from agents.alphazero.networks import ResidualNetwork, Sizes
from sim_suite.boards.game import Game
from sim_suite.boards.registry import game_named
from sim_suite.boards.search.rules import GumbelRule, PuctRule, Rule
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import read_json, write_json
from sim_suite.learning.weights import load_weights, save_weights
from sim_suite.settings import build_config

MODEL: Final = "model.safetensors"
POLICY: Final = "policy.json"
_FORMAT: Final = 1
_RULES: Final[dict[str, type]] = {"gumbel": GumbelRule, "puct": PuctRule}


@dataclass(frozen=True)
class BoardSpec:
    """A board network without its numbers."""

    game: str
    """Its registered name."""
    version: int
    """Of the game's rules and planes, as they were learned."""
    sizes: Sizes
    simulations: int
    """Of the agent's searches; 0: none."""
    rule: Rule
    """Of the agent's searches."""

    def board_game(self) -> Game:
        """The game. Raises `SuiteError` where its rules or planes have changed since."""
        game = game_named(self.game)
        if game.version != self.version:
            raise SuiteError(
                f"this agent learned version {self.version} of {game.title}, and this is version {game.version}, in which planes or moves "
                f"mean something else. Train it anew."
            )
        return game

    def network(self) -> ResidualNetwork:
        """A fresh network. Its weights come from torch's global generator."""
        game = self.board_game()
        return ResidualNetwork(game.planes, game.shape, game.actions, self.sizes)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        kind = next(name for name, cls in _RULES.items() if isinstance(self.rule, cls))
        return {**asdict(self), "rule": {"kind": kind, **asdict(self.rule)}, "format": _FORMAT}

    @staticmethod
    def from_dict(data: dict[str, Any], where: str) -> BoardSpec:
        """The inverse of `to_dict`. Raises `DamagedFileError` for what is no board network."""
        try:
            if data["format"] != _FORMAT:
                raise ValueError(f"format {data['format']}")
            rule = dict(data["rule"])
            made: Rule = build_config(_RULES[rule.pop("kind")], rule, where)
            sizes: Sizes = build_config(Sizes, data["sizes"], where)
            return BoardSpec(str(data["game"]), int(data["version"]), sizes, int(data["simulations"]), made)
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedFileError(
                f"{where} describes no board network ({error}). Restore it from a copy or train anew."
            ) from error


def write_policy(folder: Path, spec: BoardSpec, network: ResidualNetwork) -> None:
    """Write policy.json and model.safetensors into an existing folder."""
    write_json(folder / POLICY, spec.to_dict())
    save_weights(network, folder / MODEL)


def read_policy(folder: Path) -> tuple[BoardSpec, ResidualNetwork]:
    """The inverse of `write_policy`. Raises `DamagedFileError` for numbers that do not fit."""
    spec = BoardSpec.from_dict(read_json(folder / POLICY), str(folder / POLICY))
    network = spec.network()
    load_weights(network, folder / MODEL)
    return spec, network
