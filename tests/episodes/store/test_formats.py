"""Files of every format that there ever was are read. Whoever raises `FORMAT` checks in a file of the one before.

`files/format-K.episode` is the sample of `sample.py`: 10 steps, 4 in a record. Format 1 had no lights in it, the body by the codec
`chunk`, and in a second file by `planes`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sim_suite.episodes.store import migrations
from sim_suite.episodes.store.columns import Codec, Column
from sim_suite.episodes.store.facts import Head, Seal
from sim_suite.episodes.store.migrations import FORMAT, HEADS, SEALS
from sim_suite.episodes.store.reading import Episode, equal
from sim_suite.errors import DamagedFileError, SuiteError
from tests.episodes.store.sample import COLUMNS, one_episode, sample_arrays, sample_head

FILES = Path(__file__).parent / "files"


def columns_of(number: int, body: Codec) -> tuple[Column, ...]:
    """The sample's, as a format had them."""
    if number > 1:
        return COLUMNS
    older = [replace(column, codec=body) if column.name == "state.body" else column for column in COLUMNS]
    return tuple(column for column in older if column.name != "state.lights")


@pytest.mark.parametrize(
    ("number", "body", "file"),
    [(1, "chunk", "format-1"), (1, "planes", "format-1-planes"), (2, "changes", "format-2")],
)
def test_a_file_of_each_format_is_read_as_it_was_meant(number, body, file):
    with Episode(FILES / f"{file}.episode") as episode:
        episode.check()
        assert episode.head == replace(sample_head(), columns=columns_of(number, body))
        for column in episode.head.columns:
            assert equal(episode.read(column.name), sample_arrays(10)[column.name])
        seal = episode.seal
        assert (seal.steps, seal.end, seal.by, seal.late, seal.seconds) == (10, "terminated", (7, 3, 0), 3, 2.5)
        assert (seal.metrics, seal.tags) == ({"score": 1.5}, ("good", "wet"))
        assert seal.episode_return == sum(sample_arrays(10)["reward"].tolist())


def test_what_is_written_today_has_the_bytes_of_todays_format(tmp_path):
    """Compressors of another version may pack otherwise: then only the heads must be equal."""
    kept, fresh = FILES / f"format-{FORMAT}.episode", one_episode(tmp_path / "d")
    with Episode(kept) as before, Episode(fresh) as now:
        assert before.head.to_json() == now.head.to_json(), "a changed head wants a higher FORMAT and a migration"
        assert {*before.seal.to_json()} == {*now.seal.to_json()}, "so does a changed seal"


def test_every_format_has_a_file_and_a_step_to_the_next():
    assert {int(path.stem.split("-")[1]) for path in FILES.glob("*.episode")} == set(range(1, FORMAT + 1))
    assert sorted(HEADS) == sorted(SEALS) == list(range(1, FORMAT))


def test_steps_are_taken_one_after_another_up_to_todays(monkeypatch):
    """With two formats that do not exist yet: 2 renamed the seed, 3 added a place."""
    steps = {
        1: lambda data: {**{k: v for k, v in data.items() if k != "seed"}, "random_seed": data["seed"]},
        2: lambda data: {**data, "place": "unknown"},
    }
    monkeypatch.setattr(migrations, "HEADS", steps)
    monkeypatch.setattr(migrations, "FORMAT", 3)
    old = sample_head().to_json()
    old["format"] = 1
    found = migrations.migrate_head(old, "x")
    assert (found["random_seed"], found["place"], "seed" in found, "format" in found) == (7, "unknown", False, False)
    assert migrations.migrate_head({"format": 3, "random_seed": 1}, "x") == {"random_seed": 1}
    assert old["seed"] == 7, "what was given is not changed"


@pytest.mark.parametrize("facts", [Head, Seal])
@pytest.mark.parametrize(
    ("data", "kind", "said"),
    [
        ({"format": FORMAT + 1}, SuiteError, f"has format {FORMAT + 1}; this version reads up to {FORMAT}. Install a newer"),
        ({}, DamagedFileError, "does not say its format"),
        ({"format": "1"}, DamagedFileError, "does not say its format"),
        ({"format": 1, "steps": 3}, DamagedFileError, r"Restore it from a copy"),
    ],
)  # fmt: skip
def test_what_is_of_no_known_format_is_refused(facts, data, kind, said):
    with pytest.raises(kind, match=said):
        facts.from_json(data, "x.episode")
