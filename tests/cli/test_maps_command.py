"""`sim-suite maps`: list, show, check and generate from the command line."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from sim_suite.cli.main import main
from sim_suite.driving.roads.maps import VARIABLE, map_names


def ask(capsys, *words):
    status = main(["maps", *map(str, words)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    path = tmp_path_factory.mktemp("town") / "seven.xodr"
    assert main(["maps", "generate", "--seed", "7", "--size", "300x300", "--no-buildings", "--out", str(path)]) == 0
    return path


def test_the_list_names_every_map_and_the_users_own(capsys, town, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(town.parent))
    (town.parent / "broken.xodr").write_text("no xml")
    status, out, _ = ask(capsys, "list", "--json")
    (town.parent / "broken.xodr").unlink()
    rows = {row["map"]: row for row in json.loads(out)}
    assert status == 0
    assert set(rows) == {*map_names(), "broken"}
    assert rows["broken"]["teaches"].startswith("cannot be read: ")
    assert rows["seven"]["lane_km"] > 0.5
    assert rows["crossroads"]["lights"] == 4
    status, out, _ = ask(capsys, "list")
    assert "crossroads" in out
    assert rows["crossroads"]["teaches"] in out


def test_show_writes_what_the_ending_says(capsys, tmp_path):
    for ending, begin in ((".png", b"\x89PNG"), (".svg", b"<svg"), (".html", b"<!doctype html>")):
        out = tmp_path / f"map{ending}"
        status, printed, _ = ask(capsys, "show", "crossroads", "--out", out, "--size", "500x400", "--json")
        assert status == 0
        assert json.loads(printed) == {"map": "crossroads", "out": str(out), "bytes": out.stat().st_size}
        assert out.read_bytes().startswith(begin)
    assert ElementTree.parse(tmp_path / "map.svg").getroot().attrib["viewBox"] == "0 0 500 400"


def test_show_without_a_file_writes_a_page_here(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = ask(capsys, "show", "crossroads")
    assert status == 0
    assert out.startswith("crossroads.html (")
    assert (tmp_path / "crossroads.html").is_file()
    assert err == "", "nothing moves where nobody looks"


def test_check_says_what_was_read(capsys, town):
    status, out, _ = ask(capsys, "check", town)
    assert status == 0
    assert "seven.xodr: OpenDRIVE 1." in out
    assert "nothing to repair, nothing left out" in out
    status, out, _ = ask(capsys, "check", town, "--strict", "--json")
    told = json.loads(out)
    assert status == 0
    assert told["status"] == "read"
    assert told["findings"] == []
    assert told["lanes"]["driving"] > 10


def test_check_tells_findings_with_their_place_and_strict_fails(capsys, town, tmp_path):
    odd = tmp_path / "odd.xodr"
    odd.write_text(
        re.sub(r'(<successor elementType="junction" elementId=)"\d+"', r'\1"999"', town.read_text(), count=1)
    )
    status, out, _ = ask(capsys, "check", odd, "--json")
    found = json.loads(out)["findings"]
    assert status == 0
    assert any("999" in one["message"] and one["line"] > 1 and one["road"] for one in found)
    status, out, _ = ask(capsys, "check", odd, "--strict")
    assert status == 1
    assert f"({len([one for one in found if one['kind'] == found[0]['kind']])}; " in out


def test_check_refuses_with_element_road_and_line(capsys, tmp_path):
    bad = tmp_path / "bad.xodr"
    bad.write_text(
        '<OpenDRIVE>\n<header revMajor="1" revMinor="4"/>\n<road id="7" length="5" junction="-1"/>\n</OpenDRIVE>'
    )
    status, out, err = ask(capsys, "check", bad)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert "line 3, road 7, <road>" in err
    status, out, _ = ask(capsys, "check", bad, "--json")
    told = json.loads(out)
    assert (status, told["status"], told["refused"]["road"], told["refused"]["line"]) == (2, "refused", "7", 3)


def test_the_same_seed_makes_the_same_town(capsys, town, tmp_path):
    again, other = tmp_path / "again.xodr", tmp_path / "other.xodr"
    options = ("--size", "300x300", "--no-buildings")
    status, out, _ = ask(capsys, "generate", "--seed", 7, *options, "--out", again, "--json")
    assert status == 0
    assert json.loads(out)["out"] == str(again)
    assert again.read_bytes() == town.read_bytes()
    assert ask(capsys, "generate", "--seed", 8, *options, "--out", other)[0] == 0
    assert other.read_bytes() != again.read_bytes()
