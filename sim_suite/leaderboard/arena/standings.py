"""What an arena's games say, as tables: one for each game, a function of the recorded games alone. Source: ours.

A game that ended in a fault is counted but is no result. Who has none is shown without a rating, never with zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sim_suite.leaderboard.arena.films import film_path, poster
from sim_suite.leaderboard.arena.judges import judge_of
from sim_suite.leaderboard.arena.rating import Ratings, rate, total_points
from sim_suite.leaderboard.arena.records import ArenaRecords, GameRow, Pairing
from sim_suite.leaderboard.arena.suite import GameSpec
from sim_suite.leaderboard.records import EntryRecord
from sim_suite.leaderboard.statistics import Interval
from sim_suite.rates import wilson

ANCHOR: Final = "random"
"""The registered agent that stands at 0 where it plays."""
_SEED: Final = 0


@dataclass(frozen=True)
class Score:
    """How games went for one side, whoever moved first."""

    wins: int
    draws: int
    losses: int

    @property
    def games(self) -> int:
        """Games with a result."""
        return self.wins + self.draws + self.losses

    @property
    def share(self) -> Interval | None:
        """Share of points with Wilson's interval over games, in which a drawn game counts half; somewhat too wide where many are drawn.
        None without games."""
        if self.games == 0:
            return None
        points = self.wins + 0.5 * self.draws
        low, high = wilson(points, self.games)
        return Interval(points / self.games, low, high, 1, self.games, method="wilson")


@dataclass(frozen=True)
class Standing:
    """An agent on one game."""

    label: str
    agent: str
    """How it was named."""
    elo: Interval | None
    """Points above `GameTable.zero`; None where no game connects them."""
    lead: Interval | None
    """Points above the next below it; None for the last and for who has no rating."""
    score: Score
    """Against all."""
    faults: int
    """Games without a result by its own fault."""
    lost_processes: int
    """Games of it that a dying process took along."""
    judged: dict[str, Interval | None]
    """Share of value-keeping moves by column of the judge; None where it could not be asked."""
    judge_fault: str
    """Why not; empty where it could."""
    training: dict[str, Any]
    """Of a checkpoint."""
    privileged: bool = False
    is_person: bool = False


@dataclass(frozen=True)
class Film:
    """One game of a pair."""

    row: GameRow
    sentence: str
    webm: bytes
    poster: bytes
    """The last position, PNG."""


@dataclass(frozen=True)
class GameTable:
    """All that is shown of one game."""

    spec: GameSpec
    title: str
    zero: str
    """What stands at 0 points: an agent's label, or empty where it is the mean of all."""
    standings: tuple[Standing, ...]
    """The best first, who has no rating last."""
    cells: tuple[tuple[Score | None, ...], ...]
    """Score of the row's agent against the column's, in the order of `standings`; None on the diagonal."""
    judge: str
    """The judged positions in words; empty of games without."""
    judge_columns: tuple[str, ...]
    judge_random: dict[str, float]
    """What uniformly random legal moves keep on average, by column."""
    films: tuple[Film, ...]


def tables(records: ArenaRecords, films_in: Path | None = None) -> list[GameTable]:
    """A table for each game that anybody entered; with `films_in`, the arena's folder, its films are taken up."""
    return [
        table for spec in records.suite.games for table in [_table(records, spec, films_in)] if table.standings
    ]  # fmt: skip


def _table(records: ArenaRecords, spec: GameSpec, films_in: Path | None) -> GameTable:
    entered = [entry for _, entry in sorted(records.entries.items()) if spec.name in entry.tasks]
    rows = [row for row in records.sorted_games() if row.game == spec.name]
    played = [row for row in rows if row.outcome == "ok"]
    labels = [entry.label for entry in entered]
    ratings, zero = _ratings(spec, entered, played)
    unrated = [at for at in range(len(entered)) if at not in ratings.order]
    order = [*ratings.order, *unrated]
    standings = tuple(_standing(records, spec, entered[at], rows, ratings, at) for at in order)
    judge = judge_of(spec.name)
    return GameTable(
        spec,
        spec.game.title,
        "" if zero is None else labels[zero],
        standings,
        tuple(tuple(_cell(played, one.label, other.label) for other in standings) for one in standings),
        "" if judge is None else judge.what,
        () if judge is None else tuple(judge.columns),
        {}
        if judge is None
        else {name: judge.labelled.where(chosen).random_share() for name, chosen in judge.columns.items()},
        () if films_in is None else tuple(_films(spec, played, films_in)),
    )


def _ratings(spec: GameSpec, entered: Sequence[EntryRecord], played: Sequence[GameRow]) -> tuple[Ratings, int | None]:
    """Ratings, and who stands at 0."""
    place = {entry.label: at for at, entry in enumerate(entered)}
    results = [(row.opening, place[row.sides[0]], place[row.sides[1]], row.points(row.sides[0])) for row in played]
    points = total_points(results, spec.openings, len(entered))
    met = points.sum(axis=(0, 2)) + points.sum(axis=(0, 1)) > 0.0
    zero = next((at for at, entry in enumerate(entered) if entry.runs[0].agent == ANCHOR and met[at]), None)
    return rate(points, zero, _SEED), zero


def _standing(
    records: ArenaRecords, spec: GameSpec, entry: EntryRecord, rows: Sequence[GameRow], ratings: Ratings, at: int
) -> Standing:
    own = [row for row in rows if entry.label in (row.one, row.other)]
    judged, fault = _judged(records, spec, entry.label)
    run = entry.runs[0]
    return Standing(
        entry.label,
        run.agent,
        ratings.elo[at],
        ratings.leads[at],
        score_of(own, entry.label),
        sum(row.faulty == entry.label for row in own),
        sum(row.outcome == "worker_died" for row in own),
        judged,
        fault,
        run.training,
        entry.privileged,
    )


def score_of(rows: Sequence[GameRow], label: str) -> Score:
    """How the faultless ones among an agent's games went for it."""
    counts = Counter(row.points(label) for row in rows if row.outcome == "ok")
    return Score(counts[1.0], counts[0.5], counts[0.0])


def _cell(played: Sequence[GameRow], one: str, other: str) -> Score | None:
    return None if one == other else score_of([row for row in played if {row.one, row.other} == {one, other}], one)


def _judged(records: ArenaRecords, spec: GameSpec, label: str) -> tuple[dict[str, Interval | None], str]:
    judge, found = judge_of(spec.name), records.judgements.get((spec.name, label))
    if judge is None:
        return {}, ""
    if found is None or found.message:
        return dict.fromkeys(judge.columns), "" if found is None else found.message
    shares: dict[str, Interval | None] = {}
    for column, (kept, count) in judge.shares(found.moves).items():
        low, high = wilson(kept, count)
        shares[column] = Interval(kept / count, low, high, 1, count, method="wilson")
    return shares, ""


def _films(spec: GameSpec, played: Sequence[GameRow], folder: Path) -> list[Film]:
    first: dict[Pairing, GameRow] = {}
    for row in played:
        first.setdefault(row.pairing, row)
    found = [(row, film_path(folder, pairing)) for pairing, row in first.items()]
    return [
        Film(row, sentence_of(spec, row), path.read_bytes(), poster(spec.game, row.moves))
        for row, path in found
        if path.is_file()
    ]


def sentence_of(spec: GameSpec, row: GameRow) -> str:
    """A game in one line."""
    first, second = row.sides
    plies = len(row.moves)
    if row.result == 0:
        return f"{first} and {second} drew after {plies} plies"
    winner, loser = (first, second) if row.result == 1 else (second, first)
    side = "moving first" if winner == first else "moving second"
    return f"{winner}, {side}, beat {loser} in {plies} plies"
