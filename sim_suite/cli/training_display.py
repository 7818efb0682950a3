"""What one sees while an agent trains: a bar with its pace, and below it the curves of the metrics that tell most. Source: ours.

It draws when the learner reports, at most `REDRAWS_PER_S` times a second, and never spends more than `SHARE` of the run's time on
it: after a drawing that took t seconds the next one waits t / SHARE. A narrow or short window shows the bar alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from math import log10
from types import TracebackType
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

from agents.learner import Metrics
from sim_suite.cli.braille import braille_curve
from sim_suite.cli.history import History
from sim_suite.leaderboard.curves.telling import spans_decades, telling

REDRAWS_PER_S: Final = 4
SHARE: Final = 0.01
"""Of the time that a run takes, at most this much goes into drawing it."""
_MOST_CURVES: Final = 6
_CURVE_ROWS: Final = 4
"""Rows of a curve where there is room: sixteen dots high."""
_LEAST_COLUMNS: Final = 60
_FULL_BAR_COLUMNS: Final = 90
"""Below, the bar goes without count and elapsed time."""
_NAME_COLUMNS: Final = 22
_NUMBER_COLUMNS: Final = 18
_STYLES: Final = ("cyan", "yellow", "green", "magenta", "blue", "red")
_EMPTY_ROWS: Final = 2
"""Rows of the window that stay free: the prompt, and the line above the display."""


class TrainingDisplay:
    """A context in which `watch` shows a run on a terminal; where the console is none, it shows nothing."""

    def __init__(
        self,
        console: Console,
        title: str,
        total: int,
        *,
        done: int = 0,
        before: Iterable[tuple[int, Metrics]] = (),
        watched: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """title: the agent's name; total, done: steps of the run, and those taken before; before: what was recorded of them, as
        (step, metrics); watched: metrics to show besides; clock: seconds that rise."""
        self._console, self._watched, self._clock = console, tuple(watched), clock
        self._histories: dict[str, History] = {}
        self._next_s = -1.0
        self.drawn = 0
        """How often it was drawn."""
        self._bar = Progress(console=console, auto_refresh=False, get_time=clock, expand=True)
        self._task = self._bar.add_task(title, total=total, completed=done)
        self._live = Live(console=console, auto_refresh=False, get_renderable=self.picture)
        for step, metrics in before if console.is_terminal else ():
            self._take(step, metrics)

    def __enter__(self) -> TrainingDisplay:
        if self._console.is_terminal:
            self._live.start(refresh=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def watch(self, done: int, total: int, metrics: Metrics) -> None:
        """Take in what the learner reported after `done` of `total` steps, and draw it if it is time."""
        if not self._console.is_terminal:
            return
        self._take(done, metrics)
        self._bar.update(self._task, completed=done, total=total)
        began = self._clock()
        if began < self._next_s:
            return
        self._live.refresh()
        self.drawn += 1
        ended = self._clock()
        self._next_s = ended + max(1 / REDRAWS_PER_S, (ended - began) / SHARE)

    def picture(self) -> RenderableType:
        """The bar and the curves, as the window has room for them now."""
        columns, rows = self._console.size
        self._bar.columns = _bar_columns(columns)
        bar = self._bar.make_tasks_table(self._bar.tasks)
        room = rows - _EMPTY_ROWS - 1
        if columns < _LEAST_COLUMNS or room < 1 or "utf" not in self._console.encoding.lower():
            return bar
        names = self._names()[: min(_MOST_CURVES, room)]
        if not names:
            return bar
        gap = room >= len(names) * 3
        height = max(1, min(_CURVE_ROWS, room // len(names) - gap))
        lines: list[RenderableType] = [bar]
        for place, name in enumerate(names):
            lines += [Text("")] * gap
            lines += _curve(name, self._histories[name], columns, height, _STYLES[place % len(_STYLES)])
        return Group(*lines)

    def _take(self, step: int, metrics: Metrics) -> None:
        for name, value in metrics.items():
            self._histories.setdefault(name, History()).add(step, float(value))

    def _names(self) -> list[str]:
        """Of what has a course, or a value and is watched."""
        points = {name: history.points for name, history in self._histories.items()}
        return telling([n for n, count in points.items() if count > (n not in self._watched)], self._watched)


def _bar_columns(columns: int) -> tuple[ProgressColumn, ...]:
    title, share, left = (
        TextColumn("{task.description}", markup=False),
        TextColumn("{task.percentage:>3.0f} %"),
        _Left(),
    )
    if columns < _FULL_BAR_COLUMNS:
        return title, BarColumn(bar_width=None), share, _Pace(), left
    counted = TextColumn("{task.completed:,.0f}/{task.total:,.0f}")
    return title, BarColumn(bar_width=None), share, counted, _Pace(), TimeElapsedColumn(), left


class _Pace(ProgressColumn):
    """Steps a second over the last half minute."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(
            "" if speed is None else f"{speed:,.{0 if speed >= 100 else 1}f} steps/s", style="progress.data.speed"
        )


class _Left(ProgressColumn):
    """Time left, as hours, minutes and seconds."""

    def render(self, task: Task) -> Text:
        left = task.time_remaining
        if task.finished or left is None:
            return Text("")
        hours, seconds = divmod(int(left), 3600)
        return Text(f"{hours}:{seconds // 60:02}:{seconds % 60:02} left", style="progress.remaining")


def _curve(name: str, history: History, columns: int, height: int, style: str) -> list[Text]:
    """`height` lines: name and newest value at the left, the curve, greatest and least value at the right."""
    logarithmic = bool(history.values) and spans_decades(name, min(history.values), max(history.values))
    values = [log10(value) for value in history.values] if logarithmic else history.values
    width = columns - _NAME_COLUMNS - _NUMBER_COLUMNS - 2
    drawing = braille_curve(history.steps, values, width, height)
    left = [_fitted(name), f"{history.newest:.5g}" + (" (log axis)" if logarithmic else "")]
    right = [f"max {history.high:.5g}", *[""] * (height - 2), f"min {history.low:.5g}"]
    if height == 1:
        left = [_fitted(name, _NAME_COLUMNS - 11) + f" {history.newest:>10.4g}"]
        right = [f"{history.low:.3g} to {history.high:.3g}" + (" log" if logarithmic else "")]
    lines = []
    for row in range(height):
        words = left[row] if row < len(left) else ""
        line = Text(no_wrap=True, overflow="crop")
        line.append(f"{words:<{_NAME_COLUMNS}} ", "bold" if row == 1 or height == 1 else "")
        line.append(drawing[row], style)
        line.append(f" {right[row]:<{_NUMBER_COLUMNS}}".rstrip(), "dim")
        lines.append(line)
    return lines


def _fitted(name: str, columns: int = _NAME_COLUMNS) -> str:
    return name if cell_len(name) <= columns else set_cell_size(name, columns - 1) + "…"
