"""Plans: those that ship hold together, and a bad one is refused in a line that says how to mend it."""

from __future__ import annotations

import pytest

from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.studies.training_seeds import plan as plans
from sim_suite.toml_files import shipped
from tests.studies.training_seeds.tiny import lay_out


@pytest.mark.parametrize("name", shipped(plans.FOLDER))
def test_a_shipped_plan_holds_together(name):
    """Its recipes exist, fit their tasks and take its settings; all of its seeds are those by which nothing is chosen."""
    plan = plans.load(name)
    assert plan.suite == "classic"
    for table in plan.tasks:
        zero, one = plan.ends(table)
        assert zero.source
        assert one.source
        for entry in table.entries:
            assert set(entry.seeds) <= set(range(10)), "seeds from 100 are there to choose by"


def test_peers_take_as_many_steps():
    for name in shipped(plans.FOLDER):
        for table in plans.load(name).tasks:
            entries = {entry.name: entry for entry in table.entries}
            for entry in table.entries:
                if entry.peer:
                    ours, theirs = (one.run_recipe(0).config["steps"] for one in (entry, entries[entry.peer]))
                    assert ours == theirs, entry.name


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('recipe = "RECIPE"', 'recipe = "cartpole-pppo"', "unknown recipe 'cartpole-pppo'. Did you mean 'cartpole-ppo'"),
        ('task = "pole"', 'task = "pol"', "Did you mean 'pole'"),
        ('name = "theirs"', 'name = "ours"', "two entries named 'ours'"),
        ("threshold = 10", 'threshold = "ten"', "threshold must be float, not 'ten'"),
        ("threshold = 10", "threshold = nan", "must be a finite number, not nan"),
        ("threshold = 10", "", "must be a finite number, not nan"),
        ('peer = "theirs"', 'peer = "thiers"', "unknown peer of 'ours' on pole 'thiers'. Did you mean 'theirs'"),
        ('peer = "theirs"', 'peer = "ours"', "unknown peer of 'ours'"),
        ("seeds = [3, 4]", "seeds = [3, 3]", "must differ"),
        ("seeds = [3, 4]", "seeds = []", "one seed or more"),
        ("bar = 1", "bar = 3", "must lie in 0 to its 2 seeds, not be 3"),
        ('name = "ours"', 'name = "../ours"', "made of a-z, 0-9 and dashes"),
        ("learning_rate = 1e-5", "learning_rat = 1e-5", "Did you mean 'learning_rate'"),
        ('"network.hidden" = [4]', '"network.hidden" = [0]', "hidden must hold positive widths"),
        ("bar = 1", "barr = 1", "unknown setting"),
        ('task = "pole"', 'task = "lake"', "ours learns on CartPole-v1, but lake is FrozenLake-v1"),
        ("[tasks.endings]", "[tasks.random]\nscore = 1.0\n[tasks.endings]", "needs a finite score and its source"),
        ("[tasks.endings]", '[tasks.random]\nscore = 500\nsource = "x"\n[tasks.endings]', "both 500"),
        ("episodes = 5", "episodes = -1", "episodes must be at least 0, not -1"),
    ],
)  # fmt: skip
def test_a_bad_plan_is_refused(tmp_path, before, after, message):
    path = lay_out(tmp_path)
    text = path.read_text(encoding="utf-8")
    before = before.replace("RECIPE", str(tmp_path / "recipe.toml"))
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(SuiteError) as refused:
        plans.load(str(path))
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_unknown_plan_is_told_from_those_there_are():
    with pytest.raises(UnknownNameError, match="Did you mean 'policy-gradients'"):
        plans.load("policy-gradient")


def test_what_the_plan_says_goes_before_the_suite(tmp_path):
    plan = plans.load(str(lay_out(tmp_path)))
    zero, one = plan.ends(plan.tasks[0])
    assert (zero.value, one.value) == (21.59, 500.0), "the catalogue's"
    path = tmp_path / "plan.toml"
    told = '[tasks.reference]\nscore = 200\nsource = "half an hour"\n[tasks.endings]'
    path.write_text(path.read_text(encoding="utf-8").replace("[tasks.endings]", told), encoding="utf-8")
    plan = plans.load(str(path))
    zero, one = plan.ends(plan.tasks[0])
    assert (zero.value, one.value, one.source) == (21.59, 200.0, "half an hour")
