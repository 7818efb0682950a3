"""A survey as one HTML file that opens anywhere, offline, without a script. Source: ours.

A content security policy in the file forbids every request and every script, so that a hostile name could do nothing even if it were not
escaped, which it is.
"""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from sim_suite.episodes.survey import plots
from sim_suite.episodes.survey.counting import spread
from sim_suite.episodes.survey.survey import Survey
from sim_suite.pages import asset, template

OWN: Final = "sim_suite.episodes.survey"


def render(found: Survey) -> str:
    """The page. Equal surveys give equal text."""
    return template(OWN).render(
        found=found,
        style=Markup(asset(OWN, "page.css")),
        plots=plots,
        returns=spread(found.returns) if found.returns else None,
        lengths=spread(found.lengths) if found.lengths else None,
        time=duration,
    )


def duration(seconds: float) -> str:
    """12.3 s, 4 min 5 s, 3 h 12 min."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    if seconds < 3600:
        return f"{int(seconds // 60)} min {int(seconds % 60)} s"
    return f"{int(seconds // 3600)} h {int(seconds % 3600 // 60)} min"
