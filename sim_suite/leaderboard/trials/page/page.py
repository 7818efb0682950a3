"""Trials of scenarios as one HTML file that opens anywhere, offline: style, script, drawings and films are all inside it.

Source: ours. Looks, sorting of tables and playing of films are the leaderboard's (`sim_suite.leaderboard.report`), and so is the content
security policy: no network request, no script but the page's own.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sim_suite.driving.world.kinds import TICK_S
from sim_suite.leaderboard.report import figures
from sim_suite.leaderboard.report.labels import label
from sim_suite.leaderboard.trials.page import sentences
from sim_suite.leaderboard.trials.page.heat import MOST_POINTS
from sim_suite.leaderboard.trials.page.model import view_of
from sim_suite.leaderboard.trials.page.pairs import MOST_PAIRS, axis_label
from sim_suite.leaderboard.trials.page.small import spread, time_line
from sim_suite.leaderboard.trials.trial import Trial

REPORT: Final = "sim_suite.leaderboard.report"
OWN: Final = "sim_suite.leaderboard.trials.page"
IN_TABLE: Final = ("least_time_to_collision_s", "post_encroachment_s", "least_gap_m", "impact_speed_mps")
"""Measures with a column in the table of variations."""


def render_page(trials: Sequence[Trial], films: Mapping[tuple[str, str], bytes]) -> str:
    """The page. Equal trials and films give equal text.

    films: WebM by scenario's name and variation's id. Trials of one scenario with several agents need pages of their own to show
    their own films.
    """
    environment = Environment(
        loader=PackageLoader("sim_suite.leaderboard.trials", "page"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(
        plain=_plain, number=figures.number, label=label, quantity=sentences.quantity, data_uri=_data_uri
    )
    script = _asset(REPORT, "page.js") + _asset(OWN, "trial.js")
    return environment.get_template("template.html.j2").render(
        views=[view_of(trial, films, len(trials)) for trial in trials],
        title=_title(trials),
        style=Markup(_asset(REPORT, "page.css") + _asset(OWN, "trial.css")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
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


def _data_uri(film: bytes) -> str:
    return "data:video/webm;base64," + base64.b64encode(film).decode()


def _asset(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text(encoding="utf-8")
