"""The curves as CSV: every record of every run, and each mean with its interval. Source: ours."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from sim_suite.leaderboard.curves.panels import Panel

COLUMNS = ("metric", "label", "run", "seed", "smooth", "step", "value", "low", "high", "runs")


def to_csv(panels: Sequence[Panel], smooth: int) -> str:
    """One row a point. run: the folder, or "mean" for the mean of all `runs`, with its 95 % interval from low to high.

    smooth: records that each value is a mean of, 1 for none. Numbers are written so that they read back the same.
    """
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for panel in panels:
        for line in panel.lines:
            for run, curve in line.runs:
                head = (panel.metric, line.label, run.folder, run.seed, smooth)
                points = zip(curve.steps.tolist(), curve.values.tolist(), strict=True)
                rows.writerows((*head, step, repr(value), "", "", 1) for step, value in points)
            if line.mean is not None:
                head_of_mean = (panel.metric, line.label, "mean", "", smooth)
                for step, found in zip(line.mean.steps.tolist(), line.mean.intervals, strict=True):
                    rows.writerow(
                        (*head_of_mean, step, repr(found.point), repr(found.low), repr(found.high), found.runs)
                    )
    return out.getvalue()
