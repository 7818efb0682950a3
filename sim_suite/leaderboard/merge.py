"""Joins leaderboards of the same suite into one, without playing anything."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from sim_suite.errors import SuiteError
from sim_suite.leaderboard.episode import Row
from sim_suite.leaderboard.open_folder import OpenFolder
from sim_suite.leaderboard.records import Records, read
from sim_suite.leaderboard.results import write_results


def merge(folders: Sequence[Path], out: Path) -> Records:
    """Write to `out` what all `folders` hold together.

    Raises `SuiteError` where the suites differ, where one label stands for two agents, or where two rows of the same
    episode disagree.
    """
    if len(folders) < 2:
        raise SuiteError(f"merging needs two folders or more, not {len(folders)}.")
    if out.resolve() in {folder.resolve() for folder in folders}:
        raise SuiteError(f"--out {out} is one of the folders to merge. Choose a new one.")
    parts = [read(folder) for folder in folders]
    first = parts[0]
    for folder, part in zip(folders[1:], parts[1:], strict=True):
        if part.suite.sha256 != first.suite.sha256:
            raise SuiteError(
                f"{folder} was played on {part.suite.name!r} version {part.suite.version} ({part.suite.sha256[:12]}), {folders[0]} on "
                f"{first.suite.name!r} version {first.suite.version} ({first.suite.sha256[:12]}). Only equal suites can be joined."
            )
    origins = [{"versions": part.header["versions"], "hardware": part.header["hardware"]} for part in parts]
    with OpenFolder(out, {**first.header, "merged_from": origins}, resume=False) as target:
        for folder, part in zip(folders, parts, strict=True):
            _take_in(target, part, folder)
            _copy_clips(folder, out)
        write_results(out, target.records)
        return target.records


def _take_in(target: OpenFolder, part: Records, folder: Path) -> None:
    for label, entry in part.entries.items():
        known = target.records.entries.get(label)
        if known is not None and known != entry:
            raise SuiteError(
                f"{label!r} stands for another agent in {folder} than in a folder before it. Run one under another label."
            )
        target.add_entry(entry)
    for key, row in part.rows.items():
        known_row = target.records.rows.get(key)
        if known_row is None:
            target.add_row(row, seconds=None)
        elif known_row != row:
            other = next(item.name for item in fields(Row) if getattr(row, item.name) != getattr(known_row, item.name))
            raise SuiteError(
                f"{folder}: {row.entry} on {row.task}, run {row.run}, episode {row.episode} returned {row.episode_return}, in a folder "
                f"before it {known_row.episode_return}; they differ in {other}. `sim-suite verify` tells which one holds."
            )


def _copy_clips(folder: Path, out: Path) -> None:
    for clip in sorted((folder / "clips").glob("*.webm")):
        (out / "clips").mkdir(exist_ok=True)
        if not (out / "clips" / clip.name).exists():
            shutil.copyfile(clip, out / "clips" / clip.name)
