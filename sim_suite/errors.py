"""Errors a person can act on: each says what was wrong, the value seen, and how to mend it.

`SuiteError` is the one class that the command line prints as a single line and turns into exit status 2. Anything else
that reaches the command line is a fault of ours and shows its traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class SuiteError(Exception):
    """A mistake in what was asked for or found, with the advice that mends it. `str(error)` is one line."""


class UnknownNameError(SuiteError):
    """A name that is not registered; suggests the nearest ones."""

    def __init__(self, what: str, name: str, known: Iterable[str], hint: str = "") -> None:
        """`what` is the noun ("agent"), `name` the value seen, `known` all valid names, `hint` how to list them."""
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.55)  # more than half alike
        if near:
            guess = f"Did you mean {' or '.join(map(repr, near))}?"
        elif names:
            guess = f"Known: {', '.join(names[:12])}{', ...' if len(names) > 12 else '.'}"
        else:
            guess = "There are none."
        super().__init__(f"unknown {what} {name!r}. {guess}{' ' + hint if hint else ''}")
        self.name = name


class DamagedFileError(SuiteError):
    """A file whose contents do not match its checksum or format."""
