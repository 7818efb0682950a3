"""Shows a leaderboard at work on the progress bar of a command."""

from __future__ import annotations

from rich.progress import Progress, TaskID

from sim_suite.cli.console import note
from sim_suite.leaderboard.compare import Watch
from sim_suite.leaderboard.entries import Left
from sim_suite.leaderboard.records import EntryRecord


def leaderboard_watch(bar: Progress) -> Watch:
    """Shows a leaderboard's stages in `bar` and says which agent leaves out which task."""
    tasks: dict[str, TaskID] = {}

    def started(what: str, done: int, total: int) -> None:
        tasks[what] = bar.add_task(what, total=total, completed=done, note="")

    return Watch(
        entered=_say_what_does_not_fit,
        started=started,
        advanced=lambda what: bar.advance(tasks[what]),
    )


def _say_what_does_not_fit(entry: EntryRecord, left: list[Left]) -> None:
    """One line an entry, and none for those that fit everywhere."""
    if left:
        others = f"{len(left)} other tasks do" if len(left) > 1 else f"{left[0].task} does"
        note(f"{entry.label} enters {', '.join(entry.tasks)}; {others} not fit it ({left[0].reason.rstrip('.')})")
