"""Generates whole towns: any size, seeded, closed. Source: ours.

`plan` says which places are joined, `arms` how streets meet, `streets` draws them; here the parts come together. Traffic can
drive from every lane to every other, and a seed gives the same bytes on every machine.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Final

from sim_suite.driving.roads.opendrive.model import OpenDrive
from sim_suite.driving.roads.towns.buildings import add_buildings
from sim_suite.driving.roads.towns.bypass import BYPASS_M, draw_bypass, with_gates
from sim_suite.driving.roads.towns.meeting import build_junctions
from sim_suite.driving.roads.towns.mirror import mirrored
from sim_suite.driving.roads.towns.options import TownOptions
from sim_suite.driving.roads.towns.plan import lay_out
from sim_suite.driving.roads.towns.streets import Streets
from sim_suite.errors import SuiteError

_TRIES: Final = 6
"""Each milder than the one before, until the streets meet without sharp turns; a plain grid always does."""


def generate_town(seed: int, size_m: tuple[float, float], options: TownOptions | None = None) -> OpenDrive:
    """A closed town within size_m = (width east, depth north), metres, its south-west corner at the origin.

    Same seed, size and options, same document. Raises SuiteError where the size is too small for what is asked.
    """
    options = options or TownOptions()
    refused: SuiteError | None = None
    for attempt in range(_TRIES):
        milder = options.irregularity * (1.0 - attempt / (_TRIES - 1))
        try:
            return _draw(seed, size_m, replace(options, irregularity=milder))
        except SuiteError as error:
            refused = error
            if milder == 0.0:
                break
    assert refused is not None
    raise refused


def _draw(seed: int, size_m: tuple[float, float], options: TownOptions) -> OpenDrive:
    rng = Random(seed)
    depth = size_m[1] - (BYPASS_M if options.highway else 0.0)
    plan = lay_out(rng, (size_m[0], depth), options)
    if options.highway:
        plan = with_gates(plan, size_m[0])
    streets = Streets(options, plan, rng)
    if options.highway:
        draw_bypass(streets)
    build_junctions(streets)
    if options.buildings:
        add_buildings(streets.draft, rng, size_m)
    document = streets.draft.finish()
    return mirrored(document, about_y=0.5 * size_m[1]) if options.left_hand else document
