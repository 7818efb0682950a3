"""Agents whose name carries a number: `mcts-400` searches with 400 rollouts a move. Source: ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agents.registry import entries

if TYPE_CHECKING:
    from agents.alphazero.mcts import MctsAgent

_COUNTED: Final = re.compile(r"mcts-([1-9]\d{0,6})")


def counted_agent(name: str) -> type[MctsAgent] | None:
    """UCT with the rollouts that its name says, without the solver of `mcts`; None for other names and for registered ones."""
    found = _COUNTED.fullmatch(name)
    if found is None or name in entries():
        return None
    from agents.alphazero.mcts import MctsAgent

    return type("CountedMctsAgent", (MctsAgent,), {"simulations": int(found[1]), "solver": False})
