"""How things look: colours of a light and a dark picture, and a style for each thing that is drawn. Source: ours.

Surfaces are told apart by lightness as well as hue, lines also by dash and width, symbols by their shape, so that the
picture does not rest on hue. Surfaces keep apart under simulated protanopia and deuteranopia (Machado et al. 2009), which
a test holds.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal, NamedTuple

from sim_suite.driving.roads.graph.kinds import LaneKind

Theme = Literal["light", "dark"]

PALETTES: Final[dict[Theme, dict[str, str]]] = {
    "light": {
        "paper": "#ffffff", "land": "#f3f1ea", "ink": "#20262b", "soft": "#5a646b", "line": "#d5d3ca",
        "asphalt": "#6a7178", "bus": "#50698a", "ramp": "#7d8389", "shoulder": "#9ea4a8", "border": "#dcdfc4", "none": "#e2dfd3",
        "parking": "#8ea6bd", "biking": "#a4583f", "sidewalk": "#cdae8c", "green": "#8cb070", "curb": "#aaa9a2", "rail": "#a3918a",
        "special": "#b79fc0", "junction": "#e3d3ee", "junction-ink": "#6b2f8f",
        "white": "#ffffff", "yellow": "#ffd23f", "red": "#d63a2f", "blue": "#3d7dd8", "grass": "#6f9350", "orange": "#f08a24",
        "arrow": "#ffffff", "link": "#16c0ae", "end": "#d6006c",
        "building": "#c3b2a0", "building-edge": "#8d7b69", "pole": "#454c52", "tree": "#6c9a5b", "barrier": "#4b5055",
        "sign-white": "#ffffff", "sign-ink": "#15191c", "sign-red": "#c8231b", "sign-blue": "#1d5fae", "amber": "#ffb000",
        "light-green": "#30c06a", "light-red": "#ff4a3d", "lane-ink": "#ffffff", "height": "#8a4b08",
    },
    "dark": {
        "paper": "#14171a", "land": "#1b1f23", "ink": "#e6e9eb", "soft": "#9da7ae", "line": "#363d43",
        "asphalt": "#59636b", "bus": "#3f6fb0", "ramp": "#596168", "shoulder": "#3a4046", "border": "#2d3023", "none": "#25292b",
        "parking": "#3d566e", "biking": "#a5513a", "sidewalk": "#7d7a6c", "green": "#2c5324", "curb": "#6b6b66", "rail": "#5c4c46",
        "special": "#5b4764", "junction": "#3a2b46", "junction-ink": "#d3a4f2",
        "white": "#f2f4f5", "yellow": "#ffd23f", "red": "#ff5a4d", "blue": "#6aa5ff", "grass": "#7ea562", "orange": "#ff9d3f",
        "arrow": "#f2f4f5", "link": "#2fe0cc", "end": "#ff5fa8",
        "building": "#4a423a", "building-edge": "#85786a", "pole": "#b9c0c5", "tree": "#55803f", "barrier": "#a6adb2",
        "sign-white": "#ffffff", "sign-ink": "#15191c", "sign-red": "#d8332a", "sign-blue": "#2f74c8", "amber": "#ffb000",
        "light-green": "#30c06a", "light-red": "#ff4a3d", "lane-ink": "#ffffff", "height": "#f0b46a",
    },
}  # fmt: skip
"""Colour names to sRGB, for each theme."""


class Style(NamedTuple):
    """A look. Colours are names of the palette; empty for none."""

    fill: str = ""
    stroke: str = ""
    width_m: float = 0.0
    """Of the line, in world metres..."""
    width_px: float = 0.0
    """... and never thinner than this on paper."""
    dash_m: tuple[float, ...] = ()
    opacity: float = 1.0
    legend: str = ""
    """What the legend says; empty where it says nothing."""


def _surface(colour: str, legend: str) -> Style:
    """An area; the hairline of its own colour closes the seams that anti-aliasing leaves between neighbours."""
    return Style(fill=colour, stroke=colour, width_px=0.9, legend=legend)


def _kind(kind: LaneKind) -> tuple[str, str]:
    """Colour and legend of a kind of lane."""
    groups: dict[tuple[str, str], tuple[LaneKind, ...]] = {
        ("asphalt", "driving lane"): (LaneKind.DRIVING, LaneKind.BIDIRECTIONAL),
        ("ramp", "ramp, entry or exit"): (
            LaneKind.ENTRY, LaneKind.EXIT, LaneKind.ON_RAMP, LaneKind.OFF_RAMP, LaneKind.CONNECTING_RAMP, LaneKind.SLIP_LANE,
        ),
        ("bus", "bus, taxi or car pool lane"): (LaneKind.BUS, LaneKind.TAXI, LaneKind.HOV),
        ("shoulder", "shoulder or hard strip"): (LaneKind.SHOULDER, LaneKind.STOP),
        ("border", "border"): (LaneKind.BORDER,),
        ("parking", "parking lane"): (LaneKind.PARKING,),
        ("biking", "cycle lane"): (LaneKind.BIKING,),
        ("sidewalk", "sidewalk"): (LaneKind.SIDEWALK,),
        ("green", "median"): (LaneKind.MEDIAN,),
        ("curb", "curb"): (LaneKind.CURB,),
        ("rail", "tram or rail"): (LaneKind.TRAM, LaneKind.RAIL),
        ("special", "restricted, road works or special"): (LaneKind.RESTRICTED, LaneKind.ROAD_WORKS, LaneKind.SPECIAL),
    }  # fmt: skip
    return next((look for look, kinds in groups.items() if kind in kinds), ("none", "lane without use"))


def lane_style(kind: LaneKind) -> str:
    """The style of a lane's surface."""
    return f"lane-{kind.name.lower().replace('_', '-')}"


MARK_COLOURS: Final = ("white", "yellow", "red", "blue", "grass", "orange")
MARK_WIDTH_M: Final = 0.15
"""Where the file gives none: a usual narrow line (German RMS: 0.12 m in towns, 0.15 m on motorways)."""
BOLD_WIDTH_M: Final = 0.3
DASH_M: Final = (3.0, 6.0)
"""Line and gap of a lane line in towns and on rural roads (German RMS-1), where the file states none."""
MOTORWAY_DASH_M: Final = (6.0, 12.0)
DOTS_M: Final = (0.15, 1.2)
"""Botts' dots, drawn as dots; real rows have four of them a gap of 7 m."""


def _mark_styles() -> dict[str, Style]:
    found = {}
    for colour in MARK_COLOURS:
        for bold, width in (("", MARK_WIDTH_M), ("-bold", BOLD_WIDTH_M)):
            for name, dash in (("solid", ()), ("broken", DASH_M), ("long", MOTORWAY_DASH_M), ("dots", DOTS_M)):
                legend = f"{'solid' if name == 'solid' else 'dotted' if name == 'dots' else 'broken'} line"
                legend += "" if colour == "white" else f", {'green' if colour == 'grass' else colour}"
                found[f"mark-{name}-{colour}{bold}"] = Style(
                    stroke=colour, width_m=width, width_px=0.7, dash_m=dash, legend=legend
                )
    return found


STYLES: Final[dict[str, Style]] = {
    **{lane_style(kind): _surface(*_kind(kind)) for kind in LaneKind},
    "junction-area": Style(fill="junction", stroke="junction-ink", width_px=1.0, opacity=0.75, legend="junction"),
    **_mark_styles(),
    "mark-curb": Style(stroke="curb", width_m=0.15, width_px=0.8, legend="curb"),
    "mark-grass": Style(stroke="grass", width_m=0.3, width_px=0.8, legend="grass edge"),
    "stop-line": Style(stroke="white", width_m=0.45, width_px=1.6, legend="stop line"),
    "yield-line": Style(stroke="white", width_m=0.45, width_px=1.6, dash_m=(0.5, 0.35), legend="give-way line"),
    "stripe": Style(fill="white", legend="crosswalk"),
    "crosswalk": Style(fill="asphalt", opacity=0.5),
    "bay": Style(stroke="white", width_m=0.12, width_px=0.8, legend="parking bay"),
    "building": Style(fill="building", stroke="building-edge", width_px=1.0, legend="building"),
    "tree": Style(fill="tree", stroke="land", width_px=0.6, legend="tree"),
    "pole": Style(fill="pole", stroke="land", width_px=0.5, legend="pole"),
    "barrier": Style(fill="barrier", stroke="barrier", width_px=1.2, legend="barrier or railing"),
    "obstacle": Style(fill="special", stroke="pole", width_px=0.8, legend="obstacle"),
    "paint": Style(stroke="white", width_m=0.12, width_px=0.7),
    "thing": Style(stroke="soft", width_px=0.8, legend="other object"),
    "link": Style(stroke="link", width_m=0.14, width_px=1.1, opacity=0.9, legend="way through a junction"),
    "lane-end": Style(stroke="end", width_m=0.5, width_px=2.6, legend="a driving lane ends here"),
    # parts of symbols and of the sheet
    "arrow": Style(fill="arrow", legend="direction of travel"),
    "link-arrow": Style(fill="link"),
    "housing": Style(fill="sign-ink", stroke="sign-white", width_px=1.0),
    "lamp-red": Style(fill="light-red"),
    "lamp-amber": Style(fill="amber"),
    "lamp-green": Style(fill="light-green"),
    "sign-red": Style(fill="sign-red", stroke="sign-white", width_px=1.0),
    "sign-ring": Style(fill="sign-red"),
    "sign-face": Style(fill="sign-white"),
    "sign-blue": Style(fill="sign-blue", stroke="sign-white", width_px=1.0),
    "spot": Style(fill="height"),
    "land": Style(fill="land", stroke="line", width_px=1.0),
    "frame": Style(stroke="line", width_px=1.0),
    "scale": Style(stroke="ink", width_px=2.0),
    "north": Style(fill="ink"),
    "window": Style(stroke="end", width_px=1.4),
    "swatch-asphalt": Style(fill="asphalt"),
}


_STATED: Final = "mark-stated"


def stated_line(colour: str, line_m: float, gap_m: float, width_m: float) -> str:
    """The style of a line whose measures the file states, to the centimetre; line_m and gap_m 0 for one without gaps."""
    return "-".join([_STATED, colour, *(f"{min(round(100.0 * size), 10**7)}" for size in (line_m, gap_m, width_m))])


@lru_cache(1024)
def style_of(name: str) -> Style:
    """The look that a name stands for: one of STYLES, or a `stated_line`."""
    if not name.startswith(_STATED):
        return STYLES[name]
    usual = STYLES[legend_style(name)]
    line_m, gap_m, width_m = (int(text) / 100.0 for text in name.split("-")[3:])
    return usual._replace(width_m=width_m, dash_m=(line_m, gap_m) if gap_m else ())


def legend_style(name: str) -> str:
    """The style that stands for this one in the legend: of lines with stated measures, those without."""
    if not name.startswith(_STATED):
        return name
    colour, _, gap = name.split("-")[2:5]
    return f"mark-{'broken' if int(gap) else 'solid'}-{colour}"
