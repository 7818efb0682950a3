"""JUnit's file: its fields, what it says of a failure, and that nothing can break it."""

import re
from dataclasses import replace
from xml.etree import ElementTree as Xml

from example_trials import HOSTILE, scenario, small_gap, trial

from sim_suite.driving.storyboard.distributions import Choices
from sim_suite.driving.storyboard.parameters import Parameter
from sim_suite.leaderboard.trials.junit import junit_xml

SUITE = {"name", "tests", "failures", "errors", "skipped", "time"}


def test_counts_and_fields_are_those_of_the_schema():
    one = trial(samples=40, settings={"speed_mps": "5"})
    failed = sum(not verdict.passed for verdict in one.verdicts)
    root = Xml.fromstring(junit_xml([one, one]))
    assert root.tag == "testsuites"
    assert (root.get("tests"), root.get("failures")) == ("80", str(2 * failed))
    suites = root.findall("testsuite")
    assert [set(suite.attrib) for suite in suites] == [SUITE, SUITE]
    suite = suites[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("40", str(failed), "0")
    assert float(suite.get("time")) == sum(verdict.duration_s for verdict in one.verdicts)
    told = {p.get("name"): p.get("value") for p in suite.find("properties")}
    assert (told["seed"], told["setting.speed_mps"], told["privileged"]) == ("0", "5", "true")
    cases = suite.findall("testcase")
    assert [case.get("name") for case in cases] == [f"0-{k}" for k in range(40)]
    assert {case.get("classname") for case in cases} == {"cut_in.idm"}
    assert len(suite.findall("testcase/failure")) == failed


def test_a_failure_says_what_when_where_and_how_to_see_it_again():
    one = trial()
    case = next(case for case in Xml.fromstring(junit_xml([one])).iter("testcase") if case.find("failure") is not None)
    assert case.get("time") == "2.50"
    failure = case.find("failure")
    assert failure.get("type") == "no_collision"
    assert (
        failure.get("message")
        == "Failed: broke “no collision” after 2.50 s at x 12.3, y −7.0 m (hit cutter at 4.0 m/s)."
    )
    assert "tick 50, measured 1, limit 0" in failure.text
    assert f"sim-suite run cut_in.py --agent idm --variation {case.get('name')}" in failure.text


def test_parameters_are_written_to_the_last_bit():
    one = trial(samples=5)
    for case, verdict in zip(Xml.fromstring(junit_xml([one])).iter("testcase"), one.verdicts, strict=True):
        told = {p.get("name"): p.get("value") for p in case.find("properties")}
        assert {name: float(told[f"parameter.{name}"]) for name in verdict.values} == verdict.values
        assert told["avoidable"] == str(verdict.avoidable).lower()


def test_booleans_are_written_as_the_command_line_reads_them():
    shown = scenario(parameters=(Parameter("wet", True, Choices((True, False)), type="boolean"),))
    one = trial(lambda v: small_gap(replace(v, values={"gap_m": 5.0})), 1, shown=shown)
    one = replace(one, verdicts=(replace(one.verdicts[0], values={"wet": 1.0}),))
    assert 'name="parameter.wet" value="true"' in junit_xml([one])


def test_hostile_names_leave_valid_xml():
    one = trial(agent=HOSTILE, source=HOSTILE, shown=scenario(HOSTILE), settings={"gap_m": HOSTILE})
    suite = Xml.fromstring(junit_xml([one])).find("testsuite")
    safe = HOSTILE.replace("\x07", "\ufffd")
    assert suite.get("name") == f"{safe}.{safe}"
    assert suite.find("testcase").get("classname") == f"{safe}.{safe}"


def test_equal_trials_give_equal_bytes_without_a_clock():
    text = junit_xml([trial()])
    assert text == junit_xml([trial()])
    assert not re.search(r"timestamp|hostname|20\d\d-", text)
    assert Xml.fromstring(junit_xml([])).get("tests") == "0"
