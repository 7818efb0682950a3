"""Shows a leaderboard at work on the progress bar of a command."""

from __future__ import annotations

from rich.progress import Progress, TaskID

from sim_suite.cli.console import note
from sim_suite.leaderboard.compare import Watch


def leaderboard_watch(bar: Progress) -> Watch:
    """Shows a leaderboard's stages in `bar` and says which agent leaves out which task."""
    tasks: dict[str, TaskID] = {}

    def started(what: str, done: int, total: int) -> None:
        tasks[what] = bar.add_task(what, total=total, completed=done, note="")

    return Watch(
        skipped=lambda left: note(f"{left.label} does not enter {left.task}: {left.reason}"),
        started=started,
        advanced=lambda what: bar.advance(tasks[what]),
    )
