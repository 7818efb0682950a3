"""The study as one HTML file that opens anywhere, offline: outcomes, comparisons, ablation, open loop, films. Source: ours.

Looks and the playing of films are the leaderboard's (`sim_suite.leaderboard.report`), and so is the content security policy. Equal
findings and films give equal text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from sim_suite.leaderboard.report import figures
from sim_suite.pages import asset, data_uri, template, with_script
from sim_suite.rates import wilson
from sim_suite.studies.chauffeurnet.ablation import CUES
from sim_suite.studies.chauffeurnet.families import COLLIDES, LEAVES_LANE, LEAVES_ROAD, RUNS, STUCK, Family
from sim_suite.studies.chauffeurnet.open_loop import WARNING, OpenLoop, by_data
from sim_suite.studies.chauffeurnet.table import PAPERS, Comparison, Row

REPORT: Final = "sim_suite.leaderboard.report"
OWN: Final = "sim_suite.studies.chauffeurnet"
COLOURS: Final = {COLLIDES: "bad", RUNS: "bad", STUCK: "stuck", LEAVES_ROAD: "off", LEAVES_LANE: "off"}
"""Classes of a page's style; what passes is `good`."""
MODELS: Final = (
    ("M0", "imitation, with past-motion dropout"),
    ("M1", "M0 and perturbed trajectories"),
    ("M2", "M1 and the losses of the environment"),
    ("M3", "M2 with half the weight on imitation"),
    ("M4", "M2 with imitation dropout"),
)
"""Table 3 of the paper."""
CHART_PX: Final = 260


@dataclass(frozen=True)
class Findings:
    """All that the study found."""

    rows: Sequence[Row]
    ablated: Sequence[Row]
    comparisons: Sequence[Comparison]
    open_loop: Sequence[OpenLoop]
    variations: int
    seed: int
    commands: Mapping[str, str]
    """The agents as they were named on the command line, by name."""
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Clip:
    """A film with what it shows."""

    title: str
    caption: str
    webm: bytes


@dataclass(frozen=True)
class _Section:
    family: Family
    rows: tuple[Row, ...]
    paper: tuple[tuple[str, tuple[int | None, ...]], ...]
    """Models that only the paper has."""


def render_page(findings: Findings, clips: Sequence[Clip] = ()) -> str:
    """The page."""
    page = template(OWN, number=figures.number, data_uri=data_uri)
    return page.render(
        findings=findings,
        sections=_sections(findings.rows),
        ablated=_beside(findings),
        open_loop=by_data(findings.open_loop),
        chart=chart,
        bar=bar,
        bounds=bounds,
        clips=clips,
        cues=CUES,
        models=MODELS,
        papers=PAPERS,
        warning=WARNING,
        style=Markup(asset(REPORT, "page.css") + asset(OWN, "page.css")),
        **with_script(asset(REPORT, "page.js")),
    )


def _sections(rows: Sequence[Row]) -> list[_Section]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.family.name, []).append(row)
    sections = []
    for some in found.values():
        family, names = some[0].family, {row.agent for row in some}
        paper = tuple(
            (model, tuple(_paper(family, model, what) for what in family.classes))
            for model in family.paper
            if model not in names
        )
        sections.append(_Section(family, tuple(some), paper))
    return sections


def _paper(family: Family, model: str, what: str) -> int | None:
    given = dict(zip(family.paper_classes, family.paper[model], strict=True))
    return given.get(what)


def _beside(findings: Findings) -> list[tuple[Row, Row]]:
    """(seen, blanked) for each ablation whose agent drove the family with all that there is to see."""
    seen = {(row.family.name, row.agent): row for row in findings.rows}
    return [(seen[row.family.name, row.agent], row) for row in findings.ablated if (row.family.name, row.agent) in seen]


def bar(row: Row) -> Markup:
    """The shares of the classes, side by side."""
    parts, at = [], 0.0
    for what, count in row.counts.items():
        share = 100 * count / max(row.variations, 1)
        if share:
            colour = "good" if what == row.family.good else COLOURS[what]
            parts.append(
                Markup('<rect class="{}" x="{}%" width="{}%" height="14"><title>{}: {} of {}</title></rect>').format(
                    colour, round(at, 3), round(share, 3), what, count, row.variations
                )
            )
        at += share
    words = ", ".join(f"{what} {count}" for what, count in row.counts.items())
    return Markup('<svg class="shares" width="100%" height="14" role="img" aria-label="{}">{}</svg>').format(
        words, Markup("").join(parts)
    )


def bounds(count: int, total: int) -> str:
    """The interval of a share, per cent."""
    return "[{}, {}]".format(*(figures.number(100 * end, 1) for end in wilson(count, total)))


def chart(models: Sequence[OpenLoop]) -> Markup:
    """Distance by waypoint, a line for each model; its place in the list gives its colour."""
    highest = max((max(one.l2_m) for one in models), default=1.0) or 1.0
    positions, step = figures.ticks(0.0, highest)
    parts = [
        Markup('<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/><text class="tick" x="2" y="{text}">{label} m</text>').format(
            y=_y(at, highest), text=_y(at, highest) - 4, label=figures.tick(at, step)
        )
        for at in positions
    ]  # fmt: skip
    for place, one in enumerate(models):
        xs = [100 * (k + 0.5) / len(one.l2_m) for k in range(len(one.l2_m))]
        ys = [_y(value, highest) for value in one.l2_m]
        ends = zip(xs, ys, xs[1:], ys[1:], strict=False)
        lines = [Markup('<line class="stretch" x1="{}%" y1="{}" x2="{}%" y2="{}"/>').format(*end) for end in ends]
        dots = [
            Markup('<circle class="point" cx="{}%" cy="{}" r="4"/>').format(x, y) for x, y in zip(xs, ys, strict=True)
        ]
        parts.append(Markup('<g class="c{}">{}</g>').format(place % 12, Markup("").join(lines + dots)))
    parts += [
        Markup('<text class="tick" x="{}%" y="{}" text-anchor="middle">w{}</text>').format(
            100 * (k + 0.5) / len(models[0].l2_m), CHART_PX + 18, k
        )
        for k in range(len(models[0].l2_m))
    ]
    return Markup('<svg class="chart" width="100%" height="{}" role="img" aria-label="L2 by waypoint">{}</svg>').format(
        CHART_PX + 26, Markup("").join(parts)
    )


def _y(value: float, highest: float) -> float:
    return round(CHART_PX - (CHART_PX - 20) * value / highest, 2)
