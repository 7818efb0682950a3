"""What a client may ask and does not get."""

from __future__ import annotations

from sim_suite.errors import SuiteError


class RefusedError(SuiteError):
    """A call that was understood and is not done; the client's user reads the text."""
