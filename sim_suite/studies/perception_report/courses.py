"""Which curves of a run are drawn, and which together: losses, what is held out beside what was learned, and the rest. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Final

import numpy as np

from perception.training.learner import HELD_OUT
from sim_suite.leaderboard.curves.panels import EXAMPLES, Line, Panel
from sim_suite.leaderboard.curves.reading import Curve, TrainingRun
from sim_suite.leaderboard.curves.telling import spans_decades, telling
from sim_suite.studies.perception_report.figures import beside_of, is_by_class, leading, spoken, stands_alone

_LOSS: Final = "loss"
_NORM: Final = "gradient_norm"
_JUDGED: Final = 2
"""Panels of held-out figures."""
_PANELS: Final = 4
"""In all."""


def panels_of(run: TrainingRun, classes: Sequence[str] = ()) -> list[Panel]:
    """The panels of a run: its losses; held-out figures that have a course, or a curve of training beside them, the leading one first;
    then other terms, those of a kind (with the same last word) together. classes: the network's, whose own figures are left out."""
    curves = run.curves
    losses = [name for name in curves if name.split("_")[-1] == _LOSS and not name.startswith(HELD_OUT)]
    panels = [_panel(run, "loss", {_without(name, _LOSS): name for name in losses})] if losses else []
    judged = _judged(curves, classes)
    for own in judged:
        lines = {**({"while learning": own} if own in curves else {}), "held out": HELD_OUT + own}
        panels.append(_panel(run, own, lines | _beside(own, curves)))
    terms = [name for name in curves if name not in {*losses, *judged} and _is_term(name, curves, losses)]
    for kind, names in _kinds(terms).items():
        panels.append(_panel(run, kind, {_without(name, kind): name for name in names}))
    return panels[:_PANELS]


def _judged(curves: Mapping[str, Curve], classes: Sequence[str]) -> list[str]:
    """Of held-out figures those that are drawn, without what stands before their names."""
    told = [name.removeprefix(HELD_OUT) for name in telling(curves) if name.startswith(HELD_OUT)]
    alone = [name for name in told if stands_alone(name, told) and not is_by_class(name, classes)]
    drawn = [name for name in alone if _has_course(HELD_OUT + name, curves)]
    first = leading(dict.fromkeys(drawn, 0.0))
    return sorted(drawn, key=lambda name: name != first)[:_JUDGED]


def _beside(own: str, curves: Mapping[str, Curve]) -> dict[str, str]:
    """What a held-out figure stands beside, where that has a course too."""
    others = {
        column: HELD_OUT + name
        for column, name in beside_of(own, [one.removeprefix(HELD_OUT) for one in curves]).items()
    }
    return {column: name for column, name in others.items() if name in curves and len(curves[name].steps) > 1}


def _has_course(name: str, curves: Mapping[str, Curve]) -> bool:
    return len(curves[name].steps) > 1 or name.removeprefix(HELD_OUT) in curves


def _is_term(name: str, curves: Mapping[str, Curve], losses: Sequence[str]) -> bool:
    """A curve of training that is no gradient's length, and no loss under another name."""
    same = any(np.array_equal(curves[name].values, curves[loss].values) for loss in losses)
    return not name.startswith(HELD_OUT) and not name.endswith(_NORM) and not same


def _kinds(names: Sequence[str]) -> dict[str, list[str]]:
    """Names by their last word, or by as many last words as those of a kind share."""
    by_last: dict[str, list[str]] = {}
    for name in names:
        by_last.setdefault(name.split("_")[-1], []).append(name)
    return {_shared_end(some): some for some in by_last.values()}


def _shared_end(names: Sequence[str]) -> str:
    """The last words that all names have; of a single name all."""
    words = [name.split("_")[::-1] for name in names]
    shared = list(takewhile(lambda column: len(set(column)) == 1, zip(*words, strict=False)))
    return "_".join(column[0] for column in reversed(shared))


def _without(name: str, kind: str) -> str:
    """What sets a curve apart from others of its kind."""
    return name.removesuffix(kind).strip("_").replace("_", " ") or spoken(kind)


def _panel(run: TrainingRun, title: str, names: Mapping[str, str]) -> Panel:
    """names: of curves, by the lines' labels."""
    lines = [Line(label, place, ((run, run.curves[name]),), None) for place, (label, name) in enumerate(names.items())]
    values = np.concatenate([run.curves[name].values for name in names.values()])
    notes = [
        f"{run.curves[one].left_out} values are not finite and are left out."
        for one in names.values()
        if run.curves[one].left_out
    ]
    return Panel(
        spoken(title),
        tuple(lines),
        spans_decades(title, float(values.min()), float(values.max())),
        tuple(notes),
        EXAMPLES,
    )
