"""Files of distributions: what each becomes, and what is refused."""

from __future__ import annotations

import pytest

from sim_suite.driving.storyboard.distributions import Choices, Histogram, Normal, Poisson, Uniform
from sim_suite.driving.storyboard.xosc.errors import ScenarioFileError
from sim_suite.driving.storyboard.xosc.reader import read_scenario
from sim_suite.errors import SuiteError
from tests.driving.storyboard.xosc.samples import scenario, written

RANGE = '<Range lowerLimit="2" upperLimit="{}"/>'
SINGLE = [
    ('<DistributionSet><Element value="2"/><Element value="5"/></DistributionSet>', Choices((2.0, 5.0))),
    (f'<DistributionRange stepWidth="1">{RANGE.format(5)}</DistributionRange>', Uniform(2.0, 5.0, 1.0)),
]
STOCHASTIC = [
    (
        '<ProbabilityDistributionSet><Element value="2" weight="1"/><Element value="5" weight="3"/></ProbabilityDistributionSet>',
        Choices((2.0, 5.0), (1.0, 3.0)),
    ),
    ('<NormalDistribution expectedValue="3" variance="4"/>', Normal(3.0, 4.0)),
    (
        f'<NormalDistribution expectedValue="3" variance="4">{RANGE.format("INF")}</NormalDistribution>',
        Normal(3.0, 4.0, 2.0),
    ),
    (
        f'<LogNormalDistribution expectedValue="1" variance="${{1 / 4}}">{RANGE.format(5)}</LogNormalDistribution>',
        Normal(1.0, 0.25, 2.0, 5.0, log=True),
    ),
    (f"<UniformDistribution>{RANGE.format(5)}</UniformDistribution>", Uniform(2.0, 5.0)),
    ('<PoissonDistribution expectedValue="3"/>', Poisson(3.0)),
    (
        """<Histogram><Bin weight="1"><Range lowerLimit="0" upperLimit="1"/></Bin>
        <Bin weight="3"><Range lowerLimit="2" upperLimit="4"/></Bin></Histogram>""",
        Histogram((0.0, 1.0, 2.0, 4.0), (1.0, 0.0, 3.0)),
    ),
]
PARAMETERS = """<ParameterDeclaration name="kmh" parameterType="double" value="30"/>
<ParameterDeclaration name="who" parameterType="string" value="Ego"/>"""


def single(inner: str, name: str = "kmh") -> str:
    wrapper = "DeterministicSingleParameterDistribution"
    return f'<Deterministic><{wrapper} parameterName="{name}">{inner}</{wrapper}></Deterministic>'


def stochastic(inner: str) -> str:
    one = f'<StochasticDistribution parameterName="kmh">{inner}</StochasticDistribution>'
    return f'<Stochastic numberOfTestRuns="9" randomSeed="1">{one}</Stochastic>'


def varied(inner: str, file: str = '<ScenarioFile filepath="base.xosc"/>') -> str:
    return f"""<OpenSCENARIO><FileHeader revMajor="1" revMinor="2" date="2020-01-01T00:00:00" description="" author=""/>
<ParameterValueDistribution>{file}
{inner}</ParameterValueDistribution></OpenSCENARIO>"""


@pytest.mark.parametrize(
    ("xml", "distribution"),
    [(single(xml), one) for xml, one in SINGLE] + [(stochastic(xml), one) for xml, one in STOCHASTIC],
)
def test_each_distribution(tmp_path, xml, distribution):
    written(tmp_path, scenario(parameters=PARAMETERS), "base.xosc")
    read = read_scenario(written(tmp_path, varied(xml), "many.xosc"), {"kmh": "40"})
    assert read.name == "many"
    assert read.parameter("kmh").value == 40.0
    assert read.parameter("kmh").distribution == distribution
    assert read.parameter("who").distribution is None


def test_words_do_not_vary_and_that_is_said(tmp_path):
    written(tmp_path, scenario(parameters=PARAMETERS), "base.xosc")
    found = read_scenario(written(tmp_path, varied(single(SINGLE[0][0], "who")), "many.xosc"))
    assert found.parameter("who").value == "2"
    assert any("who is 2 in all variations; --set may choose another of 2, 5" in note for note in found.notes)


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        (
            single("<UserDefinedDistribution type='x'>y</UserDefinedDistribution>"),
            "line 3, <UserDefinedDistribution>: not supported",
        ),
        (single(SINGLE[0][0], "kmg"), "unknown parameter 'kmg'. Did you mean 'kmh'"),
        (single("<Odd/>"), "<Odd>: not supported: there are DistributionSet, DistributionRange"),
        (single("<DistributionSet/>"), "needs 1 or more <Element>"),
        (single('<DistributionSet><Element value="x"/></DistributionSet>'), "'x' is not a finite number"),
        (single(SINGLE[1][0].replace('"1"', '"0"')), "the step of a range must be above 0"),
        (
            stochastic(f"<UniformDistribution>{RANGE.format(1)}</UniformDistribution>"),
            "from a lower to a higher number",
        ),
        (
            stochastic(f"<UniformDistribution>{RANGE.format('INF')}</UniformDistribution>"),
            "'INF' is not a finite number",
        ),
        (stochastic('<PoissonDistribution expectedValue="900"/>'), "fewer than 500"),
        (
            stochastic('<NormalDistribution expectedValue="9999" variance="1"/>').replace("Normal", "LogNormal"),
            "nothing can be drawn",
        ),
        ("<Odd/>", "<Odd>: not supported in <ParameterValueDistribution>"),
        ("<Deterministic><Odd/></Deterministic>", "in <Deterministic> there are <DeterministicSingle"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, inner, message):
    written(tmp_path, scenario(parameters=PARAMETERS), "base.xosc")
    with pytest.raises(ScenarioFileError, match=message):
        read_scenario(written(tmp_path, varied(inner), "many.xosc"))


def test_the_scenario_must_be_named_and_be_there(tmp_path):
    with pytest.raises(ScenarioFileError, match="<ScenarioFile> is missing"):
        read_scenario(written(tmp_path, varied("", ""), "many.xosc"))
    with pytest.raises(SuiteError, match=r"base\.xosc: could not read the file"):
        read_scenario(written(tmp_path, varied(""), "many.xosc"))


def test_a_file_of_distributions_cannot_refer_to_itself(tmp_path):
    with pytest.raises(ScenarioFileError, match="<ParameterValueDistribution>: not a part of a scenario"):
        read_scenario(written(tmp_path, varied("", '<ScenarioFile filepath="many.xosc"/>'), "many.xosc"))


def test_a_set_of_one_value_counts_like_a_setting(tmp_path):
    written(tmp_path, scenario(parameters=PARAMETERS), "base.xosc")
    xml = single('<DistributionSet><Element value="you"/></DistributionSet>', "who")
    xml += single('<DistributionSet><Element value="50"/></DistributionSet>')
    file = written(tmp_path, varied(xml), "many.xosc")
    read = read_scenario(file)
    assert (read.parameter("who").value, read.parameter("kmh").value) == ("you", 50.0)
    assert read.parameter("kmh").distribution is None
    assert read_scenario(file, {"who": "me"}).parameter("who").value == "me"


def test_one_of_several_words_can_be_chosen(tmp_path):
    written(tmp_path, scenario(parameters=PARAMETERS), "base.xosc")
    xml = single('<DistributionSet><Element value="you"/><Element value="me"/></DistributionSet>', "who")
    read = read_scenario(written(tmp_path, varied(xml), "many.xosc"), {"who": "me"})
    assert (read.parameter("who").value, read.parameter("who").distribution) == ("me", None)
