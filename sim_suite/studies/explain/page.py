"""An explanation as one HTML file that opens anywhere, offline, without a script; its pictures beside it as PNG. Source: ours.

Looks are the leaderboard's. A content security policy in the file forbids every request and every script. Equal findings give equal text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Final

import numpy as np
from markupsafe import Markup

from sim_suite.leaderboard.report import figures
from sim_suite.pages import asset, data_uri, template
from sim_suite.studies.explain import charts, pictures
from sim_suite.studies.explain.bars import Bar, bars_png
from sim_suite.studies.explain.findings import Asked, Explanation, Moment

REPORT: Final = "sim_suite.leaderboard.report"
OWN: Final = "sim_suite.studies.explain"
MOST_INPUTS: Final = 12
"""Rows of a vector that are drawn, the strongest of the moment; a page has room for no more."""
MOST_SHOWN: Final = 6
"""Outputs that stand beside a frame, the largest first."""
ABLATION_PNG: Final = "ablation.png"
MEANINGS: Final[Mapping[str, str]] = {
    "action": "the numbers of the action, in its own unit",
    "mean": "the numbers of the action, before they are squashed or cut to their bounds",
    "logit": "logits: the chance of an action is its share of their softmax",
    "action value": "action values: the discounted return that the network expects of each action",
}


def all_pictures(found: Explanation) -> dict[str, bytes]:
    """PNG files by name."""
    made: dict[str, bytes] = {}
    for place, moment in enumerate(found.moments):
        if moment.frame is not None:
            made[frame_name(moment)] = pictures.png(pictures.enlarged(moment.frame))
        for one in found.asked:
            if found.is_picture:
                assert moment.frame is not None, "pictures are their own frames"
                slopes = pictures.magnitude_over(moment.frame, one.gradient[place])
                lost = pictures.heat_over(moment.frame, one.hidden[place])
                made[map_name(moment, one, "gradient")] = pictures.png(slopes)
                made[map_name(moment, one, "hidden")] = pictures.png(lost)
            else:
                made[map_name(moment, one, "inputs")] = _input_bars(found, one, place)
    if found.ablation is not None:
        losses = [Bar(x.name, x.change.point, x.change.low, x.change.high) for x in found.ablation.losses]
        title = f"{found.agent}: return without a part of the network, minus with it"
        caption = f"{len(found.ablation.seeds)} episodes, 95 % intervals"
        made[ABLATION_PNG] = bars_png([(caption, losses)], title)
    return made


def render_page(found: Explanation, made: Mapping[str, bytes]) -> str:
    """The page. made: what `all_pictures` returns."""
    page = template(
        OWN,
        number=figures.number,
        figure=figure,
        point=figures.point,
        bounds=figures.bounds,
        data_uri=partial(data_uri, kind="image/png"),
    )
    return page.render(
        found=found,
        made=made,
        meaning=MEANINGS[found.meaning],
        frame_name=frame_name,
        map_name=map_name,
        largest_outputs=largest_outputs,
        strongest_inputs=strongest_inputs,
        bar=charts.bar,
        frame_shares=charts.frame_shares,
        loss_plot=charts.loss_plot,
        mean=lambda values: sum(values) / len(values),
        style=Markup(asset(REPORT, "page.css") + asset(OWN, "page.css")),
    )


def frame_name(moment: Moment) -> str:
    """File of a frame."""
    return f"step-{moment.step:05d}-frame.png"


def map_name(moment: Moment, asked: Asked, kind: str) -> str:
    """File of a map or of bars; kind: gradient, hidden or inputs."""
    slug = re.sub(r"[^a-z0-9]+", "-", asked.name.lower()).strip("-")
    return f"step-{moment.step:05d}-{slug}-{kind}.png"


def largest_outputs(found: Explanation, moment: Moment) -> list[tuple[str, float, bool]]:
    """(name, value, whether a choice fell on it): all outputs of an action in order, the largest of a choice from above."""
    decided = {one.columns[found.moments.index(moment)] for one in found.asked if one.name.startswith("chosen")}
    rows = [
        (name, value, k in decided) for k, (name, value) in enumerate(zip(found.outputs, moment.outputs, strict=True))
    ]
    if found.meaning in ("logit", "action value") and len(rows) > MOST_SHOWN:
        rows.sort(key=lambda row: -row[1])
    return rows[:MOST_SHOWN]


def strongest_inputs(found: Explanation, asked: Asked, place: int) -> list[tuple[str, float, float]]:
    """(name, gradient times deviation, lost without) of the inputs that matter most at a moment, in their own order."""
    slopes, lost = asked.gradient[place], asked.hidden[place]
    weight = np.maximum(np.abs(slopes), np.abs(lost))
    kept = np.sort(np.argsort(-weight, kind="stable")[:MOST_INPUTS])
    return [(found.inputs[k], float(slopes[k]), float(lost[k])) for k in kept.tolist()]


def figure(value: float) -> str:
    """Three significant digits, with a true minus sign."""
    text = f"{value:.3g}"
    return "0" if float(text) == 0 else text.replace("-", "−")


def _input_bars(found: Explanation, asked: Asked, place: int) -> bytes:
    rows = strongest_inputs(found, asked, place)
    name, value = found.output_at(asked, place)
    return bars_png(
        [
            ("gradient × standard deviation", [Bar(row[0], row[1]) for row in rows]),
            ("lost when the input is at its mean", [Bar(row[0], row[2]) for row in rows]),
        ],
        f"{found.agent}, step {found.moments[place].step}: {name} {figure(value)}",
    )
