"""A map as one HTML page to move about in: style, script, drawing and facts are all in the file, and it opens offline. Source: ours.

A content security policy in the file forbids every network request and any script but the page's own, so that a hostile
name in a map could do nothing even if it were not escaped, which it is.
"""

from __future__ import annotations

import json
from typing import Any, Final

from markupsafe import Markup

from sim_suite.driving.roads.drawing import page_svg
from sim_suite.driving.roads.drawing.page_facts import page_facts
from sim_suite.driving.roads.drawing.scene import Scene
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.roads.opendrive.model import OpenDrive
from sim_suite.pages import asset, template, with_script

OWN: Final = "sim_suite.driving.roads.drawing"


def to_page(scene: Scene, document: OpenDrive, graph: LaneGraph) -> str:
    """The page. Equal maps give equal text."""
    world = page_svg.draw_world(scene)
    data: dict[str, Any] = {
        "scales": world.scales, "box": world.box, "origin": world.origin, "bounds": scene.bounds, **page_facts(document, graph),
    }  # fmt: skip
    return template(OWN).render(
        title=scene.title,
        facts=scene.facts,
        style=Markup(
            asset(OWN, "page.css")
            + page_svg.style_sheet(shape.style for layer in scene.layers for shape in layer.shapes)
        ),
        **with_script(asset(OWN, "page.js")),
        data=Markup(_json_block(data)),
        world=Markup(world.markup),
        box=" ".join(str(value) for value in world.box),
        unit=world.unit,
        layers=world.layers,
        legend=[(Markup(sample), meaning) for sample, meaning in page_svg.legend_samples(scene)],
    )


def _json_block(value: Any) -> str:
    """JSON that may stand in a script element: no "<" can end it, no "&" needs escaping."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
