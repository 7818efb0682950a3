"""What can be wrong with bytes from the other side."""

from __future__ import annotations

from sim_suite.errors import SuiteError


class WireError(SuiteError):
    """A message that does not keep to the protocol; the text says where and what was seen."""
