"""Colours that styles are written in. Source: ours."""

from __future__ import annotations

from sim_suite.errors import SuiteError

Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255 each."""


def refuse_colours(*colours: Colour) -> None:
    """Raise `SuiteError` for what is no colour."""
    for colour in colours:
        if len(colour) != 3 or not all(0 <= value <= 255 for value in colour):
            raise SuiteError(f"a colour is three numbers of 0 to 255, not {list(colour)}.")
