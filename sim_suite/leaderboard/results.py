"""Writes what a leaderboard folder shows, from its records: results.csv, scores.json and the page."""

from __future__ import annotations

import csv
import io
from dataclasses import fields
from pathlib import Path

from sim_suite.files import write_atomic, write_json
from sim_suite.leaderboard.episode import Row
from sim_suite.leaderboard.records import Records
from sim_suite.leaderboard.scores import scores

RESULTS = "results.csv"
SCORES = "scores.json"
PAGE = "leaderboard.html"


def write_results(out: Path, records: Records) -> None:
    """Write all three, each atomically. Neither results.csv nor scores.json holds a clock time."""
    write_atomic(out / RESULTS, results_csv(records))
    write_json(out / SCORES, scores(records))


def results_csv(records: Records) -> str:
    """A row an episode, sorted, floats in full."""
    columns = [item.name for item in fields(Row)]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row.to_dict() for row in records.sorted_rows())
    return text.getvalue()
