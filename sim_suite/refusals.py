"""How the settings of a recipe are refused, in one voice: the field, what it may be, and what it is. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim_suite.errors import SuiteError, UnknownNameError


def refuse_unknown(what: str, names: tuple[str, ...], known: Any) -> None:
    """Raise `UnknownNameError` for the first name that is not known."""
    for name in names:
        if name not in known:
            raise UnknownNameError(what, name, known)


def refuse_less(config: Any, least: Mapping[str, int]) -> None:
    """Raise `SuiteError` for a field that is below what it must at least be."""
    for name, low in least.items():
        if getattr(config, name) < low:
            raise SuiteError(f"{name} must be at least {low}, not {getattr(config, name)}.")


def refuse_outside(config: Any, name: str, low: float, high: float, open_below: bool = False) -> None:
    """Raise `SuiteError` for a field outside its interval."""
    value = getattr(config, name)
    if not (low < value if open_below else low <= value) or not value <= high:
        raise SuiteError(f"{name} must lie in {low} to {high}, not be {value}.")
