"""A run's metrics as TensorBoard reads them: scalars in event files. Source: TensorBoard's `event.proto` and `summary.proto`.

TensorBoard keeps single precision (`simple_value`), so that values read back are rounded to float32. Needs the package
`tensorboard`, which is imported when something is written and not before.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from sim_suite.errors import SuiteError

EVENTS: Final = "events.out.tfevents."
"""How the names of event files begin."""
_FLUSH_S: Final = 10
"""TensorBoard looks for news every 30 s (its --reload_interval): whatever is older than a third of that is on the disk."""


class EventLog:
    """An event file that grows in a folder. A context; closing it writes what is held back."""

    def __init__(self, folder: Path) -> None:
        """Begin a new event file in `folder`, in place of those that it holds. Raises `SuiteError` where the package is missing."""
        self._event, self._summary, writer = needed()
        for old in event_files(folder):
            old.unlink()
        self._file = writer(str(folder), flush_secs=_FLUSH_S)

    def add(self, step: int, metrics: Mapping[str, float], time_s: float) -> None:
        """Append one record. time_s: seconds since 1970 at which it was made."""
        values = [self._summary.Value(tag=name, simple_value=float(value)) for name, value in metrics.items()]
        self._file.add_event(self._event(step=step, wall_time=time_s, summary=self._summary(value=values)))

    def close(self) -> None:
        """Write what is held back and close the file."""
        self._file.close()

    def __enter__(self) -> EventLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def needed() -> tuple[Any, Any, Any]:  # TensorBoard has no types
    """TensorBoard's classes `Event`, `Summary` and `EventFileWriter`. Raises `SuiteError` where the package is missing."""
    try:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.summary.writer.event_file_writer import EventFileWriter
    except ImportError as error:
        raise SuiteError(
            f'event files need the package tensorboard, which could not be imported ({error}): pip install "sim-suite[tensorboard]".'
        ) from error
    return Event, Summary, EventFileWriter


def event_files(folder: Path) -> list[Path]:
    """The event files of a folder, by name."""
    return sorted(folder.glob(f"{EVENTS}*"))


def convert(rows: Iterable[tuple[int, Mapping[str, float]]], folder: Path, time_s: float) -> None:
    """Write a run's records, (step, metrics) each, as one event file in the new folder `folder`, which appears when it is whole.

    time_s: seconds since 1970 that all records carry, since a run keeps no clock times. Raises `SuiteError` where the folder is taken.
    """
    if folder.exists():
        raise SuiteError(f"{folder} exists already. Remove it, or name another --tensorboard DIR.")
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        with EventLog(fresh) as log:
            for step, metrics in rows:
                log.add(step, metrics, time_s)
        fresh.replace(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
