"""Which elements the reader uses, and which of the standard it passes over in silence. Source: ASAM OpenDRIVE 1.4 to 1.8."""

from __future__ import annotations

from typing import Final

WITH_TEXT: Final = frozenset({"geoReference"})
"""Elements whose text means something."""

KNOWN: Final = WITH_TEXT | frozenset({
    "OpenDRIVE", "header", "offset", "road", "link", "predecessor", "successor", "type", "speed", "planView",
    "geometry", "line", "arc", "spiral", "poly3", "paramPoly3", "elevationProfile", "elevation", "lateralProfile",
    "superelevation", "crossfall", "shape", "lanes", "laneOffset", "laneSection", "left", "center", "right", "lane",
    "width", "border", "roadMark", "explicit", "signals", "signal", "signalReference", "validity", "dependency", "controller",
    "control", "objects", "object", "outlines", "outline", "cornerRoad", "cornerLocal", "repeat", "parkingSpace",
    "objectReference", "tunnel", "bridge", "junction", "connection", "laneLink", "priority",
})  # fmt: skip

UNUSED: Final = frozenset({
    "userData", "dataQuality", "error", "rawData", "surface", "CRG", "cruise", "railroad", "switch", "station",
    "platform", "segment", "neighbor", "material", "visibility", "access", "height", "rule", "sway",
    "license", "defaultRegulations", "roadRegulations", "signalRegulations", "positionRoad", "positionInertial",
    "reference", "markings", "marking", "cornerReference", "borders", "skeleton", "polyline", "vertexRoad",
    "vertexLocal", "junctionGroup", "junctionReference", "roadSection", "crossPath", "elevationGrid", "boundary",
    "planeReference", "crossSectionSurface", "tOffset", "surfaceStrips", "strip", "mode", "constant", "linear",
    "quadratic", "cubic", "cooperation", "staticBoard", "vmsBoard", "displayArea", "vmsGroup", "vmsBoardReference",
    "boundaryReference", "restriction", "semantics",
})  # fmt: skip
"""Elements of the standard that say nothing about lanes, traffic or what stands in its way."""
