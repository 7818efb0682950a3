"""Trained perception networks as one HTML file that opens anywhere, offline. Source: ours; looks and curves are the leaderboard's.

Equal networks give equal text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import cv2
from markupsafe import Markup

from sim_suite.leaderboard.curves.chart import chart, dash
from sim_suite.leaderboard.curves.panels import Line, Panel
from sim_suite.leaderboard.report import figures as words
from sim_suite.leaderboard.report.charts import COLOURS
from sim_suite.pages import asset, data_uri, template, with_script
from sim_suite.studies.perception_report.courses import panels_of
from sim_suite.studies.perception_report.figures import Figure, Sorted, explained, ordered, spoken, text
from sim_suite.studies.perception_report.networks import Network

REPORT: Final = "sim_suite.leaderboard.report"
CURVES: Final = "sim_suite.leaderboard.curves"
OWN: Final = "sim_suite.studies.perception_report"
SEEN: Final = {
    "classification": "Held-out pictures of each class, in red those named wrongly; what each was taken for; and the surest mistakes.",
    "segmentation": "Held-out pictures, the truth, what the network says of each pixel, and what a threshold on colours says.",
    "yolo": "Held-out frames with the boxes that the network is sure of and, in white, what it misses.",
    "autoencoder": "Held-out pictures as they are shown to the network, what comes back, and as they truly are.",
    "vae": "Held-out pictures, what comes back of their codes, neighbours, draws from the prior, and the way from one code to another.",
    "diffusion": "Held-out pictures, and others of the same class drawn out of noise.",
    "gan": "Held-out pictures, and below them pictures made from noise.",
    "pix2pix": "Held-out scenes: what is shown, what the network makes of it, and the true picture.",
    "cyclegan": "Held-out scenes in two looks, and each brought into the other.",
}
"""What a task's picture shows; of a task that is not listed: see its own guide."""
OF_OTHERS: Final = "What the network makes of held-out pictures."


@dataclass(frozen=True, eq=False)
class Section:
    """A network, made ready for the page."""

    network: Network
    figures: Sorted
    panels: Sequence[Panel]
    picture: bytes | None
    """PNG."""

    @property
    def first(self) -> Figure | None:
        """The figure that says most."""
        return next(iter(self.figures.rows), None)


def section_of(network: Network) -> Section:
    """The network with its figures in order, its curves chosen and its picture encoded."""
    picture = None
    if network.picture is not None:
        written, data = cv2.imencode(".png", network.picture[..., ::-1], (cv2.IMWRITE_PNG_COMPRESSION, 9))
        assert written
        picture = data.tobytes()
    return Section(network, ordered(network.figures, network.classes), panels_of(network.run, network.classes), picture)


def render_page(networks: Sequence[Network]) -> str:
    """The page."""
    sections = [section_of(one) for one in networks]
    page = template(OWN, spoken=spoken, text=text, count=words.count, data_uri=partial(data_uri, kind="image/png"))
    return page.render(
        sections=sections,
        meanings=explained({name for one in networks for name in one.figures}),
        seen=SEEN,
        of_others=OF_OTHERS,
        chart=chart,
        dash=dash,
        last=_last,
        colours=COLOURS,
        style=Markup(asset(REPORT, "page.css") + asset(CURVES, "page.css") + asset(OWN, "page.css")),
        **with_script(asset(CURVES, "page.js")),
    )


def _last(line: Line) -> float:
    return float(line.runs[0][1].values[-1])
