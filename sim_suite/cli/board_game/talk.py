"""The conversation of a person with an agent at a board: lines in, text out. Source: ours."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Final

from rich.console import Console
from rich.table import Table as Columns
from rich.text import Text

from agents.advice import MoveAdvice, advise
from agents.interface import Agent
from sim_suite.boards.game import Game
from sim_suite.cli.board_game.drawing import board_text
from sim_suite.cli.board_game.table import Table
from sim_suite.errors import SuiteError

HELP: Final = """moves by name, such as {example}; besides:
  hint   what the agent holds of your moves
  back   take back your last move and the agent's answer
  moves  the legal moves
  board  draw the board again
  help   this
  quit   leave"""
HINTS: Final = 5
"""Moves that a hint shows."""

Lines = Iterator[str]


def lines(prompt: str) -> Lines:
    """What the person writes, line by line, until the end of the input; with a prompt where somebody looks at it."""
    asked = sys.stdin.isatty()
    while True:
        if not asked:
            line = sys.stdin.readline()
            if not line:
                return
            yield line.strip()
            continue
        try:
            yield input(prompt).strip()
        except EOFError:
            print()
            return


def talk(table: Table, agent: Agent, name: str, said: Lines, shown: Console) -> bool:
    """Play the table's game to its end. name: of the agent; said: the person's lines; shown: where
    answers go. Returns False where the person left.

    Raises `AgentFault`.
    """
    game = table.game
    _show(table, shown)
    while not table.over:
        if not table.persons_turn:
            move = table.answer()
            shown.print(f"{name}: {game.move_names[move]}", markup=False)
            _show(table, shown)
            continue
        line = next(said, None)
        if line is None or line.lower() == "quit":
            return False
        try:
            _obey(line.lower(), table, agent, shown)
        except SuiteError as error:
            shown.print(str(error), markup=False, soft_wrap=True)
    return True


def _obey(line: str, table: Table, agent: Agent, shown: Console) -> None:
    """One line of the person's. Raises `SuiteError` for what makes no sense."""
    commands: dict[str, Callable[[], None]] = {
        "hint": lambda: _hint(table, agent, shown),
        "back": lambda: _take_back(table, shown),
        "moves": lambda: shown.print(" ".join(_names(table)), markup=False),
        "board": lambda: _show(table, shown),
        "help": lambda: shown.print(help_text(table.game), markup=False),
    }
    if line in commands:
        commands[line]()
    elif line:
        _play(line, table, shown)


def _play(line: str, table: Table, shown: Console) -> None:
    if line not in table.game.move_names:
        raise SuiteError(f"{line!r} is no move of {table.game.title} and no command. `moves` and `help` list them.")
    table.play(line)
    if table.over:
        _show(table, shown)


def _take_back(table: Table, shown: Console) -> None:
    table.take_back()
    _show(table, shown)


def help_text(game: Game) -> str:
    """What a person may write."""
    return HELP.format(example=" or ".join(game.move_names[move] for move in game.legal_moves(game.start())[:2]))


def _names(table: Table) -> list[str]:
    return [table.game.move_names[move] for move in table.game.legal_moves(table.position)]


def _show(table: Table, shown: Console) -> None:
    shown.print(board_text(table.game, table.position, table.last))


def _hint(table: Table, agent: Agent, shown: Console) -> None:
    columns = Columns(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for heading in ("move", "policy", "value", "visits"):
        columns.add_column(heading, justify="left" if heading == "move" else "right")
    for one in advise(agent, table.game, table.position)[:HINTS]:
        columns.add_row(Text(table.game.move_names[one.move]), *_numbers(one))
    shown.print(columns)


def _numbers(one: MoveAdvice) -> list[str]:
    """Policy in per cent, value from -1 to 1, visits; a dash where the agent does not say."""
    policy = "–" if one.policy is None else f"{100 * one.policy:.1f} %"
    value = "–" if one.value is None else f"{one.value:+.2f}"
    return [policy, value, "–" if one.visits is None else str(one.visits)]
