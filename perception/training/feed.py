"""Batches by their number, drawn in a thread while the one before is learned from. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from perception.training.task import Batch


class Feed:
    """A context in which `batch` answers. What is drawn does not depend on what was asked for before."""

    def __init__(self, draw: Callable[[int], Batch], ahead: int, last: int) -> None:
        """draw: batch by number; ahead: how many are prepared, 0 draws in the calling thread; last: the last number that is wanted."""
        self._draw, self._ahead, self._last = draw, ahead, last
        self._drawing = ThreadPoolExecutor(1, "perception-batches") if ahead else None
        self._coming: dict[int, Future[Batch]] = {}

    def batch(self, number: int) -> Batch:
        """Batch `number`; those behind it are drawn meanwhile. Raises what drawing raises."""
        if self._drawing is None:
            return self._draw(number)
        for one in range(number, min(number + self._ahead, self._last) + 1):
            if one not in self._coming:
                self._coming[one] = self._drawing.submit(self._draw, one)
        asked = self._coming.pop(number).result()
        for gone in [one for one in self._coming if not number < one <= number + self._ahead]:
            self._coming.pop(gone).cancel()
        return asked

    def close(self) -> None:
        """Stop the thread, once it has done what it is at."""
        if self._drawing is not None:
            self._drawing.shutdown(cancel_futures=True)

    def __enter__(self) -> Feed:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
