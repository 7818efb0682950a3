"""Trials of scenarios as one HTML file that opens anywhere, offline: style, script, drawings and films are all inside it.

Source: ours. Looks, sorting of tables and playing of films are the leaderboard's (`sim_suite.leaderboard.report`), and so is the content
security policy: no network request, no script but the page's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

from sim_suite.driving.world.kinds import TICK_S
from sim_suite.leaderboard.report import figures
from sim_suite.leaderboard.report.labels import label
from sim_suite.leaderboard.trials import sentences
from sim_suite.leaderboard.trials.page.heat import MOST_POINTS
from sim_suite.leaderboard.trials.page.model import view_of
from sim_suite.leaderboard.trials.page.pairs import MOST_PAIRS, axis_label
from sim_suite.leaderboard.trials.page.small import spread, time_line
from sim_suite.leaderboard.trials.trial import Trial
from sim_suite.pages import asset, data_uri, template, with_script

REPORT: Final = "sim_suite.leaderboard.report"
OWN: Final = "sim_suite.leaderboard.trials.page"
IN_TABLE: Final = ("least_time_to_collision_s", "post_encroachment_s", "least_gap_m", "impact_speed_mps")
"""Measures with a column in the table of variations."""


def render_page(trials: Sequence[Trial], films: Mapping[tuple[str, str], bytes]) -> str:
    """The page. Equal trials and films give equal text.

    films: WebM by scenario's name and variation's id. Trials of one scenario with several agents need pages of their own to show
    their own films.
    """
    script = asset(REPORT, "page.js") + asset(OWN, "trial.js")
    page = template(
        OWN,
        "template.html.j2",
        plain=_plain,
        number=figures.number,
        label=label,
        quantity=sentences.quantity,
        data_uri=data_uri,
    )
    return page.render(
        views=[view_of(trial, films, len(trials)) for trial in trials],
        title=_title(trials),
        style=Markup(asset(REPORT, "page.css") + asset(OWN, "trial.css")),
        **with_script(script),
        rate=sentences.rate,
        first_broken=sentences.first_broken,
        broken_sentence=sentences.broken_sentence,
        spread=spread,
        time_line=time_line,
        axis_label=axis_label,
        in_table=IN_TABLE,
        most_pairs=MOST_PAIRS,
        most_points=MOST_POINTS,
        tick_s=TICK_S,
    )


def _title(trials: Sequence[Trial]) -> str:
    if len(trials) == 1:
        return f"{trials[0].scenario.name}: {trials[0].agent}"
    return f"{len(trials)} trials of scenarios"


def _plain(value: float) -> str:
    """Four significant digits, whole numbers as they are."""
    return figures.plain(float(f"{value:.4g}"))
