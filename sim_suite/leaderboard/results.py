"""Writes what a leaderboard folder shows, from its records: results.csv, scores.json and the page."""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Sequence
from pathlib import Path

from sim_suite.files import write_atomic, write_json
from sim_suite.leaderboard.episode import COLUMNS
from sim_suite.leaderboard.records import Records
from sim_suite.leaderboard.report.model import Board, Section
from sim_suite.leaderboard.report.page import render
from sim_suite.leaderboard.scores import sections
from sim_suite.leaderboard.scores_json import plain_scores

RESULTS = "results.csv"
SCORES = "scores.json"
PAGE = "leaderboard.html"


def write_results(out: Path, records: Records) -> list[Section]:
    """Write all three, each atomically, and return the sections shown. None of them holds a clock time."""
    write_atomic(out / RESULTS, results_csv(records))
    parts = sections(records, clips_in=out)
    write_json(out / SCORES, plain_scores(records, parts))
    write_atomic(out / PAGE, render(board(records, parts)))
    return parts


def results_csv(records: Records) -> str:
    """A row an episode, sorted, floats in full; a column for each metric that any episode has, empty where it has none."""
    rows = records.sorted_rows()
    columns = [*COLUMNS, *sorted({name for row in rows for name in row.metrics})]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({**{name: getattr(row, name) for name in COLUMNS}, **row.metrics} for row in rows)
    return text.getvalue()


def board(records: Records, parts: Sequence[Section]) -> Board:
    """The page's contents."""
    suite = records.suite
    first, last = (
        min(task.first_seed for task in suite.tasks),
        max(task.seed(task.episodes - 1) for task in suite.tasks),
    )
    provenance = {
        "Command": command(records),
        "Suite": f"{suite.name}, version {suite.version}, SHA-256 {suite.sha256}",
        "Episode seeds": f"{first} to {last}"
        + ("; people drove their own" if any(entry.person for entry in records.entries.values()) else ""),
        "Machine": records.header["hardware"],
        "Versions": ", ".join(f"{name} {version}" for name, version in sorted(records.header["versions"].items())),
        "Agents": "; ".join(
            f"{entry.label}: {run.agent} ({run.fingerprint[:12]})"
            for _, entry in sorted(records.entries.items())
            for run in entry.runs
        ),
    }
    if "merged_from" in records.header:
        provenance["Merged from"] = f"{len(records.header['merged_from'])} folders"
    return Board(f"Leaderboard: {suite.name}", tuple(parts), provenance, (suite.summary,) if suite.summary else ())


def command(records: Records) -> str:
    """The command that runs this leaderboard anew."""
    agents = [
        shlex.quote(f"{label}={run.agent}") for label, entry in sorted(records.entries.items()) for run in entry.runs
    ]
    return f"sim-suite leaderboard {records.suite.name} --agents {' '.join(agents)}"
