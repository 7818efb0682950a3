"""Maps are found by path, then in the user's folders, then among the shipped; what cannot be read is refused in one line."""

from __future__ import annotations

import gzip
import hashlib
import os

import pytest

from sim_suite.driving.roads import maps
from sim_suite.driving.roads.opendrive.findings import RoadError
from sim_suite.errors import SuiteError, UnknownNameError


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Two folders of a user's maps, the shipped ones, and an empty current folder."""
    for folder, names in {"first": "ab", "second": "bc", "shipped": "cd", "here": ""}.items():
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / f"town_{name}.xodr").write_text(folder)
    monkeypatch.setattr(maps, "SHIPPED", tmp_path / "shipped")
    monkeypatch.setenv(maps.VARIABLE, os.pathsep.join([str(tmp_path / "first"), "", str(tmp_path / "second")]))
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def test_a_folder_may_be_looked_in_first(tmp_path, monkeypatch):
    monkeypatch.setenv(maps.VARIABLE, str(tmp_path / "second"))
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.xodr").write_text(folder)
    maps.look_first_in(tmp_path / "first")
    assert maps.find_map("mine") == tmp_path / "first" / "mine.xodr"
    assert maps.map_folders()[:2] == [tmp_path / "first", tmp_path / "second"]
    with pytest.raises(SuiteError, match=r"mine.xodr is no folder"):
        maps.look_first_in(tmp_path / "first" / "mine.xodr")


def test_the_first_folder_that_has_a_name_wins(folders):
    assert maps.map_names() == ["town_a", "town_b", "town_c", "town_d"]
    assert [maps.find_map(name).parent.name for name in maps.map_names()] == ["first", "first", "second", "shipped"]


def test_a_path_comes_before_any_name(folders):
    own = folders / "here" / "town_a"
    own.write_text("mine")
    assert maps.find_map("town_a").read_text() == "mine"
    assert maps.find_map(folders / "shipped" / "town_d.xodr").read_text() == "shipped"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("town_aa", "Did you mean 'town_a'"),
        ("nowhere/town.xodr", "does not exist"),
        ("town.xodr", "does not exist"),
        ("..", "is a folder"),
    ],
)
def test_what_is_not_there_is_said_with_advice(folders, name, message):
    with pytest.raises(SuiteError, match=message) as info:
        maps.find_map(name)
    assert "\n" not in str(info.value)
    assert isinstance(info.value, UnknownNameError) == (name == "town_aa")


@pytest.mark.parametrize("data", [b"", b"no xml", b"<OpenDRIVE/>", b"<OpenDRIVE><header/><road id='7'/></OpenDRIVE>"])
def test_a_file_that_is_no_map_is_refused_by_name(tmp_path, data):
    path = tmp_path / "broken.xodr"
    path.write_bytes(data)
    with pytest.raises(RoadError, match=r"broken\.xodr"):
        maps.load_map(path)


@pytest.mark.parametrize("name", maps.map_names() or [pytest.param("", marks=pytest.mark.skip(reason="no maps"))])
def test_shipped_maps_load_without_findings(name):
    found = maps.load_map(name)
    assert found.name == name
    assert found.path is not None
    assert found.sha256 == hashlib.sha256(found.path.read_bytes()).hexdigest()
    assert found.graph.num_lanes > 0
    assert [str(one) for one in found.findings if one.kind != "noted"] == []


def test_a_packed_map_is_read_like_the_map_itself(tmp_path):
    plain = maps.find_map("crossroads").read_bytes()
    (tmp_path / "packed.xodrz").write_bytes(gzip.compress(plain))
    packed = maps.load_map(tmp_path / "packed.xodrz")
    assert packed.sha256 == hashlib.sha256(plain).hexdigest()
    assert packed.document == maps.load_map("crossroads").document


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes")
def test_a_pipe_is_refused_rather_than_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.xodr")
    with pytest.raises(RoadError, match="a pipe or a device"):
        maps.load_map(tmp_path / "pipe.xodr")
