"""An episode has ended: keep it, discard it, give it a word. Source: ours."""

from __future__ import annotations

from typing import Final

from sim_suite.episodes.cockpit.seat import Command

OFFERS: Final = (Command.KEEP, Command.DISCARD, Command.TAG, Command.QUIT, Command.HELP)


class Closing:
    """What the person says of one episode."""

    def __init__(self, words: tuple[str, ...]) -> None:
        """words: that it can be marked with, one at a time or none."""
        self._words = words
        self._word = -1
        self.kept: bool | None = None
        """None: not decided."""

    def obey(self, command: Command) -> bool:
        """Whether the command was for this."""
        match command:
            case Command.KEEP:
                self.kept = True
            case Command.DISCARD:
                self.kept = False
            case Command.TAG:
                self._word = (self._word + 2) % (len(self._words) + 1) - 1
            case Command.PAUSE | Command.RESET:
                pass  # nothing moves, and it has ended: a second press must not decide
            case _:
                return False
        return True

    def is_open(self) -> bool:
        """Whether the person has not decided yet."""
        return self.kept is None

    @property
    def tags(self) -> tuple[str, ...]:
        """The chosen word, or none."""
        return (self._words[self._word],) if self._word >= 0 else ()

    def lines(self) -> tuple[str, ...]:
        """What can be done, for the display."""
        return "Enter  keep it", "Backspace  discard it", f"T  marked: {' '.join(self.tags) or 'not'}"
