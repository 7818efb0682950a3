"""The one error that refuses an OpenSCENARIO file, with its place. Source: ours."""

from __future__ import annotations

from sim_suite.errors import SuiteError


class ScenarioFileError(SuiteError):
    """A file that cannot be read as a scenario. The only error that reading raises for a file's contents."""

    def __init__(self, message: str, *, element: str = "", line: int = 0, source: str = "") -> None:
        """message: what was wrong, the value seen and how to mend it; the rest says where. `source` is the file's name."""
        place = [part for part in (source, f"line {line}" if line else "", f"<{element}>" if element else "") if part]
        super().__init__(f"{', '.join(place)}: {message}" if place else message)
        self.message, self.element, self.line, self.source = message, element, line, source
