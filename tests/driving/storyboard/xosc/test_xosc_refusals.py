"""Files that are none: versions, damaged XML, what stands where it does not belong; each refused in one line with its place."""

from __future__ import annotations

import gzip

import pytest

from sim_suite.driving.storyboard.xosc.errors import ScenarioFileError
from sim_suite.driving.storyboard.xosc.reader import read_scenario
from sim_suite.errors import SuiteError
from tests.driving.storyboard.xosc.samples import CAR, LANE, by_time, scenario, story, written

GOOD = scenario()
TELEPORT = f"<PrivateAction><TeleportAction>{LANE}</TeleportAction></PrivateAction>"
OBJECT = f'<ScenarioObject name="Ego">{CAR}</ScenarioObject>'


@pytest.mark.parametrize("minor", [0, 1, 2, 3])
def test_versions_from_1_0_to_1_3_are_read(tmp_path, minor):
    assert read_scenario(written(tmp_path, scenario(minor=minor))).ego == "Ego"


def test_a_later_version_is_read_as_the_latest_known(tmp_path):
    assert "version 1.4 is read as 1.3" in read_scenario(written(tmp_path, scenario(minor=4))).notes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            GOOD.replace('revMajor="1"', 'revMajor="0"').replace('revMinor="1"', 'revMinor="9"'),
            "version 0.9 .* is not supported",
        ),
        (
            GOOD.replace('revMajor="1"', 'revMajor="2"'),
            "line 3, <FileHeader>: version 2.1 of OpenSCENARIO is not supported",
        ),
        (GOOD.replace('revMajor="1"', ""), r"version \?.1"),
        (GOOD.replace('revMinor="1"', 'revMinor="x"'), "version 1.x"),
        (GOOD.replace("FileHeader", "Header"), "<FileHeader> is missing"),
        ("<OpenDRIVE/>", "line 1: the root element is <OpenDRIVE>, not <OpenSCENARIO>"),
        ("", "not well-formed XML: no element found"),
        (GOOD[:-30], "line 8: not well-formed XML"),
        ('<!DOCTYPE x [<!ENTITY a "b">]>' + GOOD.partition("?>")[2], "a DOCTYPE is refused.* OpenSCENARIO needs none"),
        (GOOD.replace("<Storyboard>", "<Odd/><Storyboard>"), "line 8, <Odd>: not a part of a scenario"),
        (GOOD.partition("<Storyboard>")[0] + "</OpenSCENARIO>", "<Storyboard> is missing"),
        (scenario(entities=""), "line 7, <Entities>: there is no <ScenarioObject>"),
        (scenario(entities=OBJECT * 2), "two entities named 'Ego'"),
        (scenario(entities=f"{OBJECT}<Odd/>"), "<Odd>: not supported in <Entities>"),
        (scenario(entities='<ScenarioObject name="Ego"><Odd/></ScenarioObject>'), "<Odd>: not supported: not known"),
        (scenario(catalogs="<BoatCatalog/>"), "<BoatCatalog>: not a kind of catalog"),
        (scenario(init=TELEPORT), "<PrivateAction>: it must stand in a <Private>"),
        (scenario(init=f'<Private entityRef="Ego">{TELEPORT}<Odd/></Private>'), "<Odd>: not supported in <Private>"),
        (scenario(init=f'<Private entityRef="Eg">{TELEPORT}</Private>'), "unknown entity of scenario 'test' 'Eg'"),
        (scenario(init="<Odd/>"), "<Odd>: not known as an action"),
        (
            scenario(stories=story(TELEPORT).replace("parallel", "first")),
            "line 11, <Event>: priority = 'first' is none of",
        ),
        (scenario(stories=story("")), "<Action>: it must hold one action, and holds 0"),
        (scenario(stories=story(TELEPORT, actor="b")), "unknown entity of scenario 'test' 'b'"),
        (scenario(stories="<Story name='s'/>"), "<Story>: it needs 1 or more <Act>"),
        (
            scenario(stop=f"<StopTrigger>{by_time('x')}</StopTrigger>"),
            "<SimulationTimeCondition>: 'x' is not a finite number",
        ),
        (scenario(stories=story(TELEPORT).replace("<Event", "<Odd/><Event")), "<Odd>: not supported in <Maneuver>"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(tmp_path, text, message):
    file = written(tmp_path, text)
    with pytest.raises(ScenarioFileError, match=f"test.xosc.*{message}") as caught:
        read_scenario(file)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"version https://git-lfs.github.com/spec/v1", "a Git LFS pointer stands in place of the scenario"),
        (b"<!DOCTYPE html><html/>", "a web page, not an OpenSCENARIO file"),
        (b"PK\x03\x04", "a zip archive. Unpack it, and give the .xosc file in it"),
        (b"\xff\xfe\x00", "not well-formed"),
    ],
)
def test_other_files_are_refused_for_what_they_are(tmp_path, data, message):
    (tmp_path / "a.xosc").write_bytes(data)
    with pytest.raises(ScenarioFileError, match=message):
        read_scenario(tmp_path / "a.xosc")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SuiteError, match=r"none\.xosc: could not read the file: No such file"):
        read_scenario(tmp_path / "none.xosc")


def test_a_packed_file_is_unpacked(tmp_path):
    written(tmp_path, GOOD)
    (tmp_path / "a.xosc").write_bytes(gzip.compress(GOOD.encode()))
    assert read_scenario(tmp_path / "a.xosc").name == "a"


def test_elements_that_nest_without_end_are_refused(tmp_path):
    nested = "<Odd>" * 100 + "</Odd>" * 100
    with pytest.raises(ScenarioFileError, match="nested deeper than 64"):
        read_scenario(written(tmp_path, scenario(init=nested)))


def test_words_of_a_file_do_not_break_the_line_of_a_message(tmp_path):
    bad = '<ParameterDeclaration name="a" parameterType="double" value="${1 +&#10; x}"/>'
    with pytest.raises(ScenarioFileError, match="cannot be read") as caught:
        read_scenario(written(tmp_path, scenario(parameters=bad, road='<LogicFile filepath="a&#10;b"/>')))
    assert "\n" not in str(caught.value)
    with pytest.raises(ScenarioFileError, match="no road file") as caught:
        read_scenario(written(tmp_path, scenario(road='<LogicFile filepath="a&#10;b"/>')))
    assert "\n" not in str(caught.value)


def test_version_1_0_may_have_actions_that_hold_none(tmp_path):
    read = read_scenario(written(tmp_path, scenario(stories=story(""), minor=0)))
    assert "an <Action> that holds none does nothing" in read.notes
    [(_, event)] = read.storyboard.events()
    assert event.actions[0].name == "x"
