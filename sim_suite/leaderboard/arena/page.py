"""The arena as one HTML file that opens anywhere, offline: ratings, who beat whom, judgements, a film of each pair. Source: ours.

Looks are the leaderboard's (`sim_suite.leaderboard.report`), and so is the content security policy. Equal records give equal text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

from sim_suite.leaderboard.arena.rating import RESAMPLES
from sim_suite.leaderboard.arena.standings import GameTable, Score
from sim_suite.leaderboard.arena.suite import ArenaSuite
from sim_suite.leaderboard.report import charts, figures
from sim_suite.leaderboard.report.page import heat
from sim_suite.pages import asset, data_uri, template, with_script

_REPORT: Final = "sim_suite.leaderboard.report"
_OWN: Final = "sim_suite.leaderboard.arena"


def render(suite: ArenaSuite, tables: Sequence[GameTable], provenance: Mapping[str, str]) -> str:
    """The page."""
    page = template(
        _OWN,
        point=figures.point,
        bounds=figures.bounds,
        middle=figures.middle,
        percent=figures.percent,
        data_uri=data_uri,
    )
    return page.render(
        suite=suite,
        tables=tables,
        provenance=provenance,
        style=Markup(asset(_REPORT, "page.css") + asset(_OWN, "page.css")),
        **with_script(asset(_REPORT, "page.js")),
        colours=charts.COLOURS,
        elo_plot=elo_plot,
        tint=tint,
        resamples=RESAMPLES,
        judged=any(table.judge for table in tables),
    )


def elo_plot(table: GameTable) -> Markup:
    """Rating with interval of each rated agent."""
    rated = [(at, one.elo) for at, one in enumerate(table.standings) if one.elo is not None]
    bars = [charts.Bar(elo, at) for at, elo in rated]
    return charts.interval_plot(bars, [], f"Elo of each agent on {table.title}")


def tint(score: Score | None) -> str:
    """CSS of a cell: who scores more than half in one colour, less in the other."""
    return heat(None if score is None else score.share)
