"""What environments and callers say, as plain data that an episode's head and seal can hold. Source: ours."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from sim_suite.errors import SuiteError


def told_metrics(info: Mapping[str, Any]) -> dict[str, float]:
    """What the last step says of the episode; what is no finite number is not said."""
    told = {name: float(value) for name, value in info.get("metrics", {}).items()}
    return {name: value for name, value in told.items() if math.isfinite(value)}


def plain(what: str, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """An environment's arguments or a reset's options, as a head keeps them. Raises `SuiteError` for what JSON does not know."""
    try:
        found: dict[str, Any] = json.loads(json.dumps(dict(given or {}), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise SuiteError(
            f"the {what} {given!r} cannot be recorded: {error}. Give numbers, words, lists and tables."
        ) from error
    return found
