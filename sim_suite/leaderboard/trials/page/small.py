"""Small drawings: how a measure is spread, and the time line of one variation. Source: ours; drawn as the leaderboard's charts are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from sim_suite.driving.world.kinds import TICK_S
from sim_suite.leaderboard.report import figures
from sim_suite.leaderboard.report.labels import label
from sim_suite.leaderboard.trials.verdict import Verdict

ROW_PX: Final = 26
SPREAD_PX: Final = 22


def spread(shares: Sequence[float]) -> Markup:
    """Bars of a distribution, from the best value to the worst. shares: 0 to 1."""
    bars = [
        Markup('<rect x="{}" y="{}" width=".86" height="{}"/>').format(k, round(1 - share, 3), share)
        for k, share in enumerate(shares)
    ]
    return Markup(
        '<svg class="spread" width="96" height="{}" viewBox="0 0 {} 1" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(SPREAD_PX, len(shares), Markup("").join(bars))


def time_line(verdict: Verdict) -> Markup:
    """When criteria were broken, and when it was over: a row each."""
    length = max(verdict.duration_s, TICK_S)
    broken = [
        (one.tick * TICK_S, f"broke “{label(one.name)}”", "bad") for one in verdict.criteria if one.tick is not None
    ]
    rows = [*sorted(broken), (verdict.duration_s, f"over: {verdict.end}", "over")]
    bottom = ROW_PX * len(rows)
    positions, step = figures.ticks(0.0, length)
    parts = []
    for at in positions:
        x = round(100 * at / length, 2)
        anchor = "start" if x < 3 else "end" if x > 97 else "middle"
        parts.append(
            Markup(
                '<line class="grid" x1="{x}%" x2="{x}%" y1="0" y2="{bottom}"/>'
                '<text class="tick" x="{x}%" y="{y}" text-anchor="{anchor}">{text} s</text>'
            ).format(x=x, bottom=bottom, y=bottom + 16, anchor=anchor, text=figures.tick(at, step))
        )
    parts += [_event(at, length, row, words, kind) for row, (at, words, kind) in enumerate(rows)]
    return Markup(
        '<svg class="chart timeline" width="100%" height="{}" role="img" aria-label="Time line">{}</svg>'
    ).format(bottom + 22, Markup("").join(parts))


def _event(at: float, length: float, row: int, words: str, kind: str) -> Markup:
    """A dot on a line of its own, with its words on the side that has room."""
    x, y = round(min(100 * at / length, 100.0), 2), ROW_PX * row + ROW_PX / 2
    left = x > 50
    text = Markup('<text class="event" x="{}%" dx="{}" y="{}" text-anchor="{}">{}, {} s</text>').format(
        x, -10 if left else 10, y - 5 if left else y + 4, "end" if left else "start", words, figures.number(at, 2)
    )
    return (
        Markup(
            '<line class="track" x1="0" x2="{x}%" y1="{y}" y2="{y}"/><circle class="{kind}" cx="{x}%" cy="{y}" r="5"/>'
        ).format(x=x, y=y, kind=kind)
        + text
    )
