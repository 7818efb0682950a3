"""Writes what an arena's folder shows, from its records: results.csv, scores.json and the page. Source: ours."""

from __future__ import annotations

import csv
import io
import shlex
from pathlib import Path
from typing import Any, Final

from sim_suite.files import write_atomic, write_json
from sim_suite.leaderboard.arena.page import render
from sim_suite.leaderboard.arena.records import ArenaRecords
from sim_suite.leaderboard.arena.standings import GameTable, Score, Standing, tables
from sim_suite.leaderboard.results import PAGE, RESULTS, SCORES
from sim_suite.leaderboard.statistics import Interval

COLUMNS: Final = (
    "game", "first", "second", "opening", "outcome", "result", "plies", "opening_plies", "moves", "faulty", "message",
)  # fmt: skip


def write_results(out: Path, records: ArenaRecords) -> list[GameTable]:
    """Write all three, each atomically, and return the tables shown. None of them holds a clock time."""
    write_atomic(out / RESULTS, results_csv(records))
    found = tables(records, films_in=out)
    write_json(out / SCORES, plain_scores(records, found))
    write_atomic(out / PAGE, render(records.suite, found, provenance(records)))
    return found


def results_csv(records: ArenaRecords) -> str:
    """A row a game, sorted; moves by name. result: 1, 0, -1 as who moved first sees it, empty after a fault."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in records.sorted_games():
        names = records.suite.spec(row.game).game.move_names
        result = "" if row.result is None else row.result
        moves = " ".join(names[move] for move in row.moves)
        writer.writerow(
            [row.game, *row.sides, row.opening, row.outcome, result, len(row.moves), row.opening_plies, moves, row.faulty, row.message]
        )  # fmt: skip
    return text.getvalue()


def plain_scores(records: ArenaRecords, found: list[GameTable]) -> dict[str, Any]:
    """For programs: each game's ratings, scores of pairs and judgements."""
    suite = records.suite
    return {
        "suite": {"name": suite.name, "version": suite.version, "sha256": suite.sha256},
        "games": {table.spec.name: _game(table) for table in found},
    }


def _game(table: GameTable) -> dict[str, Any]:
    against = {
        one.label: {
            other.label: _score(cell)
            for other, cell in zip(table.standings, cells, strict=True)
            if cell is not None and cell.games
        }
        for one, cells in zip(table.standings, table.cells, strict=True)
    }
    return {
        "zero": table.zero or "the mean of all",
        "openings": table.spec.openings,
        "agents": [{**_standing(one), "against": against[one.label]} for one in table.standings],
        "judged_by": table.judge,
        "random_moves_keep": {name: round(share, 6) for name, share in table.judge_random.items()},
    }


def _standing(one: Standing) -> dict[str, Any]:
    return {
        "label": one.label,
        "agent": one.agent,
        "elo": _interval(one.elo),
        "lead": _interval(one.lead),
        "score": _score(one.score) if one.score.games else None,
        "faults": one.faults,
        "lost_processes": one.lost_processes,
        "value_keeping": {name: _interval(share) for name, share in one.judged.items()},
        "judge_fault": one.judge_fault,
    }


def _score(score: Score) -> dict[str, Any]:
    return {"wins": score.wins, "draws": score.draws, "losses": score.losses, **(_interval(score.share) or {})}


def _interval(found: Interval | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"point": found.point, "low": found.low, "high": found.high, "n": found.episodes}


def provenance(records: ArenaRecords) -> dict[str, str]:
    """Where the page's figures come from, by heading."""
    suite = records.suite
    agents = [
        shlex.quote(f"{label}={entry.runs[0].agent}" if label != entry.runs[0].agent else label)
        for label, entry in sorted(records.entries.items())
    ]
    return {
        "Command": f"sim-suite leaderboard {suite.name} --agents {' '.join(agents)}",
        "Suite": f"{suite.name}, version {suite.version}, SHA-256 {suite.sha256}",
        "Seeds": ", ".join(f"{spec.name} {spec.seed}" for spec in suite.games),
        "Machine": records.header["hardware"],
        "Versions": ", ".join(f"{name} {version}" for name, version in sorted(records.header["versions"].items())),
        "Agents": "; ".join(
            f"{label}: {entry.runs[0].agent} ({entry.runs[0].fingerprint[:12]})"
            for label, entry in sorted(records.entries.items())
        ),
    }
