"""What an arena's folder remembers: who entered, each game with its moves, and how each agent answered what it was judged by.

journal.jsonl     header, entries, games, judgements; append-only, checked line by line
timing.jsonl      seconds of each game; kept apart because clocks do not repeat
clips/            a film of one game of each pair
results.csv, scores.json, leaderboard.html   made from the journal, whole or not at all
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import read_journal
from sim_suite.leaderboard.arena.suite import ArenaSuite, parse
from sim_suite.leaderboard.records import JOURNAL, EntryRecord

FORMAT: Final = 1
ARENA: Final = "arena"
"""The key of an arena's suite in the header of its journal, where other leaderboards have "suite"."""

Outcome = Literal["ok", "agent_error", "worker_died"]


@dataclass(frozen=True)
class Pairing:
    """Who meets whom on what."""

    game: str
    one: str
    other: str
    """Labels of two entries, `one` before `other` in the alphabet."""

    def sides(self, number: int) -> tuple[str, str]:
        """Who moves first and who second in a game of the pair: `one` first in the even ones."""
        return (self.one, self.other) if number % 2 == 0 else (self.other, self.one)

    def wording(self) -> str:
        """For messages."""
        return f"{self.one} against {self.other} on {self.game}"


@dataclass(frozen=True)
class GameRow:
    """One game. What the journal holds, and all that ratings are made of."""

    game: str
    one: str
    other: str
    number: int
    """Games 2 k and 2 k + 1 of a pair begin with opening k, from either side."""
    outcome: Outcome
    result: int | None
    """1, 0, -1: won, drawn or lost by who moved first; None where a fault left none."""
    opening_plies: int
    moves: tuple[int, ...]
    """All of them, those of the opening too."""
    faulty: str = ""
    """Whose fault it was; empty where a process died that played for both, or nothing went wrong."""
    message: str = ""
    """What went wrong, in one line."""

    @property
    def pairing(self) -> Pairing:
        """Who met whom."""
        return Pairing(self.game, self.one, self.other)

    @property
    def episode(self) -> int:
        """The number, as worker processes call it."""
        return self.number

    @property
    def opening(self) -> int:
        """Number of the opening."""
        return self.number // 2

    @property
    def sides(self) -> tuple[str, str]:
        """Who moved first, and who second."""
        return self.pairing.sides(self.number)

    def points(self, label: str) -> float:
        """What an entry scored: 1, 0.5 or 0."""
        assert self.result is not None
        first = 0.5 + 0.5 * self.result
        return first if label == self.sides[0] else 1.0 - first

    @staticmethod
    def from_dict(data: dict[str, Any]) -> GameRow:
        """The inverse of `asdict`, after JSON."""
        return GameRow(**{**data, "moves": tuple(data["moves"])})


@dataclass(frozen=True)
class Judgement:
    """An entry's move in each of a game's judged positions (`judges.py`), in their order; none where a fault came before."""

    game: str
    label: str
    moves: tuple[int, ...]
    message: str = ""
    """What went wrong, in one line."""

    @property
    def episode(self) -> int:
        """There is one of each entry and game."""
        return 0

    @staticmethod
    def from_dict(data: dict[str, Any]) -> Judgement:
        """The inverse of `asdict`, after JSON."""
        return Judgement(**{**data, "moves": tuple(data["moves"])})


@dataclass
class ArenaRecords:
    """A journal in memory."""

    suite: ArenaSuite
    header: dict[str, Any]
    entries: dict[str, EntryRecord] = field(default_factory=dict)
    games: dict[tuple[Pairing, int], GameRow] = field(default_factory=dict)
    judgements: dict[tuple[str, str], Judgement] = field(default_factory=dict)
    """By (game, label)."""

    def add(self, record: dict[str, Any]) -> None:
        """Take in one journal record. Raises `DamagedFileError` on one that this version cannot read."""
        kind = record.get("kind")
        body = {key: value for key, value in record.items() if key != "kind"}
        if kind == "entry":
            entry = EntryRecord.from_dict(body)
            self.entries[entry.label] = entry
        elif kind == "game":
            row = GameRow.from_dict(body)
            self.games[row.pairing, row.number] = row
        elif kind == "judgement":
            found = Judgement.from_dict(body)
            self.judgements[found.game, found.label] = found
        else:
            raise DamagedFileError(f"the journal holds a record of kind {kind!r}, which this version does not know.")

    def sorted_games(self) -> list[GameRow]:
        """All games in an order that does not depend on how they came about."""
        order = {spec.name: index for index, spec in enumerate(self.suite.games)}
        return sorted(self.games.values(), key=lambda row: (order[row.game], row.one, row.other, row.number))

    def taken(self, label: str) -> bool:
        """Whether anything is recorded of an entry."""
        return any(label in (row.one, row.other) for row in self.games.values()) or any(
            label == own for _, own in self.judgements
        )


def plain(record: GameRow | Judgement) -> dict[str, Any]:
    """As it lies in the journal."""
    return {"kind": "game" if isinstance(record, GameRow) else "judgement", **asdict(record)}


def holds_arena(folder: Path) -> bool:
    """Whether a leaderboard folder is an arena's."""
    path = folder / JOURNAL
    if not path.is_file():
        return False
    records = read_journal(path)
    return bool(records) and ARENA in records[0]


def read(folder: Path) -> ArenaRecords:
    """Read an arena's journal. Raises `SuiteError` where there is none or it was altered."""
    path = folder / JOURNAL
    records = read_journal(path) if path.is_file() else []
    if not records:
        raise SuiteError(f"{folder} holds no games. Name the folder that `sim-suite leaderboard boards --out` wrote.")
    head, *rest = records
    if head.get("kind") != "header" or head.get("format") != FORMAT or ARENA not in head:
        raise DamagedFileError(
            f"{path} does not begin with the header of an arena of format {FORMAT}. Restore it from a copy or run it anew."
        )
    result = ArenaRecords(parse(head[ARENA], str(path)), head)
    for record in rest:
        result.add(record)
    return result
