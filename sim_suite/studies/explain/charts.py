"""The page's own drawings as inline SVG: bars to both sides of nothing, shares of a stack's frames, what layers are worth. Source: ours.

Across, places are percentages of the drawing's width; down, they are pixels: letters keep their size on any screen. Colours are CSS.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from sim_suite.leaderboard.report import charts
from sim_suite.studies.explain.ablation import Ablation

BAR_PX: Final = 14
FRAMES_PX: Final = 16
GAIN, LOSS = 5, 1
"""Places of the leaderboard's colours: teal and red."""
_LEAST: Final = 0.4
"""Per cent of the width that a bar which is not zero takes at least, so that it is seen."""


def bar(value: float, strongest: float) -> Markup:
    """One bar from the middle, to the right above 0; `strongest` reaches the edge."""
    length = 0.0 if strongest == 0 or value == 0 else max(50 * min(abs(value) / strongest, 1.0), _LEAST)
    start = 50.0 if value >= 0 else 50.0 - length
    return Markup(
        '<svg class="diverging" width="100%" height="{h}" aria-hidden="true"><line class="zero" x1="50%" x2="50%" y1="0" y2="{h}"/>'
        '<rect class="{kind}" x="{x}%" y="2" width="{w}%" height="{inside}"/></svg>'
    ).format(
        h=BAR_PX, kind="raises" if value >= 0 else "lowers", x=round(start, 3), w=round(length, 3), inside=BAR_PX - 4
    )


def frame_shares(shares: Sequence[float]) -> Markup:
    """Upright bars, the largest share as high as the drawing, the newest frame on the right."""
    width, most = 100 / len(shares), max(shares) or 1.0
    words = ", ".join(f"{100 * share:.0f} %" for share in shares)
    heights = [round(FRAMES_PX * share / most, 2) for share in shares]
    parts = [
        Markup('<rect x="{}%" y="{}" width="{}%" height="{}"/>').format(
            round((k + 0.1) * width, 3), round(FRAMES_PX - height, 2), round(0.8 * width, 3), height
        )
        for k, height in enumerate(heights)
    ]
    return Markup('<svg class="frames" width="100%" height="{}" role="img" aria-label="{}">{}</svg>').format(
        FRAMES_PX, f"Gradient by frame, oldest first: {words}", Markup("").join(parts)
    )


def loss_plot(found: Ablation) -> Markup:
    """Change of the return without each part, with its interval and a tick for each seed."""
    bars = [
        charts.Bar(loss.change, GAIN if loss.change.point > 0 else LOSS, (loss.differences,)) for loss in found.losses
    ]
    lines = [charts.Line(0.0, "whole network", "reference")]
    return charts.interval_plot(bars, lines, "Change of the return without each part of the network")
