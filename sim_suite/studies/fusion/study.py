"""The whole study: drives on several maps, fused and judged, others tracked, one drive drawn. Source: ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from perception.fusion.mot_metrics import MotScore, add_scores
from perception.fusion.tracking import TrackerOptions
from perception.sources import SceneOptions
from sim_suite.errors import SuiteError
from sim_suite.studies.fusion.drawing import drawn
from sim_suite.studies.fusion.drives import DECISION_TICKS, DriveOptions, record
from sim_suite.studies.fusion.following import follow
from sim_suite.studies.fusion.fusing import Judged, fuse, judge

MOST_TRACKED: Final = 20
"""Runs in which others are tracked: each has some 4,000 of them to follow from frame to frame."""


@dataclass(frozen=True)
class Row:
    """What came of one map."""

    options: DriveOptions
    judged: Judged
    tracked: MotScore
    tracked_runs: int

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        judged, tracked = self.judged, self.tracked
        return {
            "options": vars(self.options),
            "ego": {
                **vars(judged), "nees_band": list(judged.nees_band), "nis_band": list(judged.nis_band),
                "ratio": judged.ratio, "holds": judged.holds,
            },
            "others": {
                **vars(tracked), "mota": tracked.mota, "motp_m": tracked.motp_m, "idf1": tracked.idf1, "runs": self.tracked_runs,
            },
        }  # fmt: skip


def study(
    options: DriveOptions, maps: Sequence[str], fix_ticks: int, drawn_run: int = 0, advance: Callable[[int], None] = lambda ticks: None
) -> tuple[list[Row], bytes]:  # fmt: skip
    """(a row for each map, the picture of one run on the first). fix_ticks: every so many ticks a fix is used.

    advance: told of progress in ticks, `steps` of them in all. Raises SuiteError for what is not known.
    """
    if not 1 <= fix_ticks <= 20 * options.seconds or not 0 <= drawn_run < options.runs:
        raise SuiteError(
            f"a fix every {fix_ticks} ticks and a picture of run {drawn_run}; give 1 to {20 * options.seconds}, 0 to {options.runs - 1}."
        )
    rows, picture = [], b""
    for name in maps:
        own = replace(options, map=name)
        drives, driving_map = record(own, advance)
        fused = fuse(drives, fix_ticks)
        runs = min(own.runs, MOST_TRACKED)
        scores = []
        for run in range(runs):
            scores.append(follow(drives, run, own.seed, SceneOptions(), TrackerOptions(), own.range_m))
            advance(DECISION_TICKS)
        rows.append(Row(own, judge(drives, fused), add_scores(scores), runs))
        if not picture:
            title = (
                f"{name}, driven by {own.agent}, seed {own.seed + drawn_run}: a GNSS fix every {fix_ticks * 0.05:g} s"
            )
            picture = drawn(drives, fused, driving_map.graph, drawn_run, title)
    return rows, picture


def steps(options: DriveOptions, maps: Sequence[str]) -> int:
    """Ticks of progress that `study` tells of."""
    return len(maps) * (options.seconds * 20 + DECISION_TICKS * min(options.runs, MOST_TRACKED))
