"""OpenSCENARIO in: a file into a scenario, or into a refusal that names the element and the line. Source: OpenSCENARIO XML 1.0 to 1.3.

    scenario = read_scenario(Path("cut-in.xosc"), {"EgoSpeed": "120"})
    scenario.notes       # what was taken how, and what does nothing

The parts: `tables` say which element is which part of the model; `reading` knows parameters, catalogs, roads and what the ego is
judged by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from sim_suite.driving.documents.files import file_bytes
from sim_suite.driving.documents.xml import Node
from sim_suite.driving.roads.collecting import collection_paused
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.parameters import Parameter
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.xosc.canonical import OPENSCENARIO
from sim_suite.driving.storyboard.xosc.errors import ScenarioFileError
from sim_suite.driving.storyboard.xosc.forms import Bare
from sim_suite.driving.storyboard.xosc.kinds import TEXT
from sim_suite.driving.storyboard.xosc.properties import apply_properties
from sim_suite.driving.storyboard.xosc.reading.catalogs import find_catalogs
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.driving.storyboard.xosc.reading.distributions import (
    declared_words,
    read_sets,
    settings_of,
    vary,
    words_of,
)
from sim_suite.driving.storyboard.xosc.reading.documents import (
    MOST_BYTES,
    NEWEST,
    Document,
    parse_document,
    read_document,
)
from sim_suite.driving.storyboard.xosc.reading.judging import USUAL, find_ego, find_goal, find_limit, take_criteria
from sim_suite.driving.storyboard.xosc.reading.parameters import read_parameters, read_variables
from sim_suite.driving.storyboard.xosc.reading.roads import find_road, read_signal_controllers
from sim_suite.driving.storyboard.xosc.reading.value_sets import choose_sets, keep_words, read_value_sets
from sim_suite.driving.storyboard.xosc.tables.entities import ENTITY_ROWS, PEDESTRIANS, PREFIX, VEHICLES, read_entity
from sim_suite.driving.storyboard.xosc.tables.story import STORYBOARD
from sim_suite.errors import SuiteError

NOTHING_SET: Final[Mapping[str, str]] = MappingProxyType({})
_PARTS: Final = frozenset({
    "FileHeader", "ParameterDeclarations", "VariableDeclarations", "MonitorDeclarations", "CatalogLocations", "RoadNetwork",
    "Entities", "Storyboard",
})  # fmt: skip
"""Elements of a scenario."""


def read_scenario(path: str | Path, settings: Mapping[str, str] = NOTHING_SET) -> Scenario:
    """The scenario of a file, or of the file that a file of distributions refers to, with these.

    settings: values by name of parameters that count in place of the declared ones. Raises `SuiteError`, its only error.
    """
    file = Path(path).expanduser()
    return parse_scenario(file_bytes(file, MOST_BYTES, OPENSCENARIO), file, settings)


def parse_scenario(data: bytes, file: Path, settings: Mapping[str, str] = NOTHING_SET) -> Scenario:
    """The scenario of the bytes that stand in `file`, as `read_scenario` has it; other files are looked for beside it."""
    try:
        document = parse_document(data, str(file))
        distribution = document.root.first("ParameterValueDistribution")
        if distribution is None:
            return scenario_of(document, file, settings)
        return _varied(distribution, document, file, settings)
    except RecursionError:
        raise ScenarioFileError("elements nest too deeply. Check the file.", source=str(file)) from None


def _varied(node: Node, document: Document, file: Path, settings: Mapping[str, str]) -> Scenario:
    context = Context(str(file), document.minor)
    reference = node.first("ScenarioFile")
    if reference is None:
        raise context.refuse(node, "<ScenarioFile> is missing. Name the scenario in it.")
    of_file = file.parent / Bare("filepath", TEXT).read(reference, context).replace("\\", "/")
    inner = read_document(of_file)
    sets = read_sets(node, context)
    several = read_value_sets(node, context)
    declared = declared_words(inner.root)
    words = words_of(sets, declared, settings, context)
    for k, one in enumerate(several):
        several[k], own = keep_words(one, declared, {**words, **settings}, context)
        words |= own
    alike = {name: text for one in several for name, text in one.alike().items()}
    chosen = {**settings_of(sets), **words, **alike, **settings}
    scenario = scenario_of(inner, of_file, chosen)
    parameters = vary(scenario.parameters, node, sets, chosen, context)
    scenario = replace(scenario, name=file.stem, parameters=parameters, notes=(*scenario.notes, *context.notes))
    return choose_sets(scenario, several, chosen, context)


@collection_paused()
def scenario_of(document: Document, file: Path, settings: Mapping[str, str], road: Path | None = None) -> Scenario:
    """The scenario of a file that is XML already. road: its road file; None: where it says. Raises `SuiteError`."""
    root, source = document.root, str(file)
    context = Context(source, min(document.minor, NEWEST))
    if document.minor > NEWEST:
        context.note(f"version 1.{document.minor} is read as 1.{NEWEST}")
    for child in root.children:
        if child.tag not in _PARTS:
            raise context.refuse(child, "not a part of a scenario. Give a scenario, or a file of distributions.")
    parameters, constraints, scope = read_parameters(root, settings, context)
    context = context.within(scope)
    context = replace(context, catalogs=find_catalogs(root, file.parent, context))
    road = road or find_road(root, file.parent, context)
    entities, controls, marks = _read_entities(root, context)
    context = replace(context, selections=_selections(root, entities, context))
    carla = take_criteria(root, context)
    board = root.first("Storyboard")
    if board is None:
        raise context.refuse(root, "<Storyboard> is missing.")
    storyboard = STORYBOARD.read(board, context)
    ego = find_ego(entities, controls, context)
    if not marks[ego] and not carla:
        context.note(f"no criteria in the file: judged by {', '.join(one.name for one in USUAL)}")
    fields: dict[str, Any] = {  # fields of a scenario, of all types
        "name": file.stem,
        "map": str(road),
        "entities": entities,
        "storyboard": storyboard,
        "criteria": carla or USUAL,
        "ego": ego,
        "goal": find_goal(storyboard.init, ego),
        "parameters": parameters,
        "constraints": constraints,
        "signal_controllers": read_signal_controllers(root, context),
        "variables": read_variables(root, context),
        "limit_s": find_limit(storyboard.stop),
        "summary": document.header.attributes.get("description", ""),
        "source": document.header.attributes.get("author", ""),
    }
    try:
        fields |= _own(marks[ego], parameters, context)
        return Scenario(**{"notes": tuple(context.notes), **fields})
    except SuiteError as error:
        raise context.placed(root, error) from None


def _own(marks: Mapping[str, str], parameters: tuple[Parameter, ...], context: Context) -> dict[str, Any]:
    """What the ego's properties of ours say, which goes before all else."""
    return apply_properties(marks, parameters, context) if marks else {}


def _read_entities(
    root: Node, context: Context
) -> tuple[tuple[Entity, ...], dict[str, Mapping[str, str]], dict[str, Mapping[str, str]]]:
    """Entities; by name, what their controllers and our own properties say of each."""
    block = root.first("Entities")
    found: list[Entity] = []
    controls: dict[str, Mapping[str, str]] = {}
    marks: dict[str, Mapping[str, str]] = {}
    for node in block.children if block is not None else []:
        if node.tag == "ScenarioObject":
            entity, control = read_entity(node, context)
            marks[entity.name] = {key: value for key, value in entity.properties.items() if key.startswith(PREFIX)}
            controls[entity.name] = {**control, **marks[entity.name]}
            found.append(_unmarked(entity, marks[entity.name]))
        elif ENTITY_ROWS.get(node.tag, ("refused", ""))[0] == "refused":
            raise context.refuse(node, "not supported in <Entities>. Take it out.")
    if not found:
        raise context.refuse(block or root, "there is no <ScenarioObject>. A scenario needs an ego.")
    return tuple(found), controls, marks


def _unmarked(entity: Entity, marks: Mapping[str, str]) -> Entity:
    """An entity without properties of ours, and as these say."""
    rest = MappingProxyType({key: value for key, value in entity.properties.items() if key not in marks})
    usual = marks.get(f"{PREFIX}usual", "").split()
    return replace(
        entity,
        category=marks.get(f"{PREFIX}category", entity.category),
        length=None if "length" in usual else entity.length,
        width=None if "width" in usual else entity.width,
        properties=rest,
    )


def _selections(root: Node, entities: tuple[Entity, ...], context: Context) -> dict[str, tuple[str, ...]]:
    """Members of each EntitySelection: those named, or all of a kind."""
    found: dict[str, tuple[str, ...]] = {}
    blocks = [one for block in root.all("Entities") for one in block.all("EntitySelection")]
    for node in blocks:
        names: list[str] = []
        for one in [inner for members in node.all("Members") for inner in members.children]:
            if one.tag == "EntityRef":
                names.append(Bare("entityRef", TEXT).read(one, context))
            elif one.tag == "ByType":
                kind = Bare("objectType", TEXT).read(one, context)
                names += [entity.name for entity in entities if _object_type(entity) == kind]
            else:
                raise context.refuse(one, "not supported in <Members>. Take it out.")
        found[Bare("name", TEXT).read(node, context)] = tuple(names)
    return found


def _object_type(entity: Entity) -> str:
    if entity.category in PEDESTRIANS:
        return "pedestrian"
    return "vehicle" if entity.category in VEHICLES else "miscellaneous"
