"""Catalogs: entries by name, from the folders that a scenario names. Source: OpenSCENARIO XML 1.3, 9.4 (reuse mechanisms)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.xosc.errors import ScenarioFileError
from sim_suite.driving.storyboard.xosc.kinds import TEXT
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.driving.storyboard.xosc.reading.declarations import with_assignments
from sim_suite.driving.storyboard.xosc.reading.documents import read_document
from sim_suite.errors import SuiteError, UnknownNameError

LOCATIONS: Final = {
    "VehicleCatalog": "Vehicles", "ControllerCatalog": "Controllers", "PedestrianCatalog": "Pedestrians",
    "MiscObjectCatalog": "MiscObjects", "EnvironmentCatalog": "Environments", "ManeuverCatalog": "Maneuvers",
    "TrajectoryCatalog": "Trajectories", "RouteCatalog": "Routes",
}  # fmt: skip
"""Elements of CatalogLocations, and the folder below Catalogs/ in which such files usually lie."""
MOST_FILES: Final = 1000
"""Files of a folder that are looked at. Ours."""
MOST_ELEMENTS: Final = 1_000_000
"""Elements that references put in. Ours: entries that refer to each other could double without end."""
DEEPEST: Final = 8
"""References within entries. Ours: a route within a position within a trajectory is three."""


@dataclass
class Catalogs:
    """The catalogs of one scenario; a file is read when a name is first looked for."""

    folders: list[Path]
    _named: dict[str, tuple[Path, Node, int]] = field(default_factory=dict)
    _passed_over: dict[str, str] = field(default_factory=dict)
    _read: bool = False
    _left: int = MOST_ELEMENTS

    def entry(self, reference: Node, tags: str | tuple[str, ...], context: Context) -> tuple[Node, Context]:
        """What a CatalogReference refers to, one of some elements, and the context to read it in."""
        names = []
        for attribute in ("catalogName", "entryName"):
            if attribute not in reference.attributes:
                raise context.refuse(reference, f"the attribute {attribute} is missing. State it.")
            try:
                names.append(TEXT.read(reference.attributes[attribute], reference, attribute, context))
            except SuiteError as error:
                raise context.placed(reference, error) from None
        path, catalog, minor = self._catalog(names[0], reference, context)
        wanted = (tags,) if isinstance(tags, str) else tags
        entries = {one.attributes.get("name", ""): one for one in catalog.children if one.tag in wanted}
        if names[1] not in entries:
            unknown = UnknownNameError(f"{' or '.join(wanted)} of catalog {names[0]!r}", names[1], entries)
            raise context.placed(reference, unknown)
        self._left -= _size(entries[names[1]])
        if self._left < 0 or context.depth >= DEEPEST:
            raise context.refuse(reference, "catalogs refer to each other without end. Take a reference out.")
        around = replace(context, source=str(path), minor=minor, depth=context.depth + 1)
        return entries[names[1]], with_assignments(reference, around)

    def _catalog(self, name: str, reference: Node, context: Context) -> tuple[Path, Node, int]:
        if not self._read:
            self._read = True
            for folder in self.folders:
                self._look_into(folder, context)
        if name not in self._named:
            looked = ", ".join(str(folder) for folder in self.folders) or "no folder at all"
            fault = self._passed_over.get(name)
            hint = f"Looked for it in {looked}." if fault is None else f"A file of that name cannot be read: {fault}"
            raise context.placed(reference, UnknownNameError("catalog", name, self._named, hint))
        return self._named[name]

    def _look_into(self, folder: Path, context: Context) -> None:
        try:
            paths = [folder] if folder.is_file() else sorted(folder.glob("*.xosc"))
        except (OSError, ValueError):
            paths = []
        for path in paths[:MOST_FILES]:
            try:
                document = read_document(path)
            except ScenarioFileError as error:
                context.note(f"passed over among the catalogs: {error}")
                self._passed_over[path.stem] = str(error)
                continue
            catalog = document.root.first("Catalog")
            if catalog is not None:
                name = catalog.attributes.get("name", path.stem)
                self._named.setdefault(name, (path, catalog, document.minor))


def find_catalogs(root: Node, folder: Path, context: Context) -> Catalogs:
    """The folders that CatalogLocations names, relative to the scenario's own; one that is missing is looked for beside it."""
    block = root.first("CatalogLocations")
    found: list[Path] = []
    for one in block.children if block is not None else []:
        if one.tag not in LOCATIONS:
            raise context.refuse(one, f"not a kind of catalog; there are {', '.join(LOCATIONS)}.")
        directory = one.first("Directory")
        if directory is None:
            raise context.refuse(one, "<Directory> is missing. State it.")
        try:
            text = TEXT.read(directory.attributes.get("path", ""), directory, "path", context)
        except SuiteError as error:
            raise context.placed(directory, error) from None
        found.append(_existing(folder, text, one.tag, context))
    return Catalogs(list(dict.fromkeys(found)))


def _existing(folder: Path, text: str, tag: str, context: Context) -> Path:
    stated = folder / text.replace("\\", "/")
    usual = folder / "Catalogs" / LOCATIONS[tag]
    try:
        if not stated.exists() and usual.is_dir():
            context.note(f"the {tag} is not at {text}; read from {usual.relative_to(folder)}")
            return usual
    except (OSError, ValueError):
        return usual
    return stated


def _size(node: Node) -> int:
    return 1 + sum(_size(child) for child in node.children)
