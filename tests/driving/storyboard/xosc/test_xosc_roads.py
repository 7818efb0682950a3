"""Where the road file is looked for, and controllers of lights."""

from __future__ import annotations

import pytest

from sim_suite.driving.storyboard.elements.signals import SignalController, SignalPhase
from sim_suite.driving.storyboard.xosc.errors import ScenarioFileError
from sim_suite.driving.storyboard.xosc.reader import read_scenario
from tests.driving.storyboard.xosc.samples import scenario, written


def road(path: str) -> str:
    return f'<LogicFile filepath="{path}"/><SceneGraphFile filepath="x.osgb"/>'


def test_the_road_file_is_where_the_scenario_says(tmp_path):
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "town.xodr").write_text("<OpenDRIVE/>")
    read = read_scenario(written(tmp_path, scenario(road=road("maps\\town.xodr"))))
    assert read.map == str((tmp_path / "maps" / "town.xodr").resolve())


@pytest.mark.parametrize("place", ["../xodr", "."])
def test_else_it_is_in_a_folder_xodr_or_beside_the_scenario(tmp_path, place):
    folder = tmp_path / "xosc"
    folder.mkdir()
    (folder / place).mkdir(exist_ok=True)
    (folder / place / "town.xodr").write_text("<OpenDRIVE/>")
    read = read_scenario(written(folder, scenario(road=road("gone/town.xodr"))))
    assert read.map == str((folder / place / "town.xodr").resolve())
    assert any("the road file is not at gone/town.xodr" in note for note in read.notes)


def test_else_it_is_a_map_of_that_name(tmp_path, monkeypatch):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "Town01.xodr").write_text("<OpenDRIVE/>")
    monkeypatch.setenv("SIM_SUITE_MAPS", str(tmp_path / "own"))
    for path in ("Town01", "gone/Town01.xodr"):
        read = read_scenario(written(tmp_path, scenario(road=road(path))))
        assert read.map == str(tmp_path / "own" / "Town01.xodr")
        assert f"the road file is not at {path}; the map 'Town01' is used" in read.notes


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        ("", "line 6, <RoadNetwork>: there is no <LogicFile>"),
        ('<LogicFile filepath=" "/>', "there is no <LogicFile> with a filepath"),
        (road("gone.xodr"), "<LogicFile>: no road file. Looked for it at .*gone.xodr, .*and for a map named 'gone'"),
        (road("nul\\0.xodr"), "no road file"),
        (f"{road('road.xodr')}<Odd/>", "<Odd>: not supported in <RoadNetwork>"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, inner, message):
    with pytest.raises(ScenarioFileError, match=message):
        read_scenario(written(tmp_path, scenario(road=inner)))


def test_controllers_of_lights(tmp_path):
    signals = """<TrafficSignals><TrafficSignalController name="c" delay="2" reference="d">
    <Phase name="go" duration="5"><TrafficSignalState trafficSignalId="7" state="green"/></Phase><Phase name="stop" duration="4"/>
    </TrafficSignalController></TrafficSignals>"""
    read = read_scenario(written(tmp_path, scenario(road=road("road.xodr") + signals)))
    phases = (SignalPhase("go", 5.0, (("7", "green"),)), SignalPhase("stop", 4.0, ()))
    assert read.signal_controllers == (SignalController("c", phases, 2.0, "d"),)
