"""The page of trained networks: figures and curves by hand, and the command on two tiny runs: its pictures, its curves, its errors."""

from __future__ import annotations

import base64
import json
import shutil
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest

from perception.registry import entry
from sim_suite.cli.main import main
from sim_suite.leaderboard.curves.reading import Curve, TrainingRun
from sim_suite.studies.perception_report.courses import panels_of
from sim_suite.studies.perception_report.figures import leading, ordered, spoken, text
from sim_suite.studies.perception_report.networks import data_of


class Page(HTMLParser):
    """Start tags with their attributes, and all text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag, **having):
        return [
            own for name, own in self.tags if name == tag and all(own.get(key) == one for key, one in having.items())
        ]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A classifier and an autoencoder that learned for a moment."""
    root = tmp_path_factory.mktemp("report")
    for task in ("classification", "autoencoder"):
        settings = ["--set", *entry(task).trial, "training.judge_every=2"]
        assert main(["perception", "train", task, *settings, "--out", str(root / task), "--json"]) == 0
    return root


@pytest.fixture(scope="module")
def page(runs):
    out = runs / "page.html"
    assert (
        main(["perception", "report", str(runs / "classification"), str(runs / "autoencoder"), "--out", str(out)]) == 0
    )
    return out


def test_the_page_has_each_network_with_its_facts_and_the_figures_of_its_log(page, runs):
    read = Page(page.read_text())
    assert [one["id"] for one in read.all("section", **{"class": "suite network"})] == ["network-1", "network-2"]
    for task in ("classification", "autoencoder"):
        last = json.loads((runs / task / "metrics.jsonl").read_text().splitlines()[-1])
        judged = {name: value for name, value in last.items() if name.startswith("held_out_")}
        assert judged
        assert all(text(value) in read.text or f"{value:.3f}" in read.text for value in judged.values())
    assert "16 examples" not in read.text
    assert "after 32 examples" in read.text  # four updates of eight
    assert "4 updates of 8" in read.text


def test_the_page_has_a_picture_of_each_network_as_evaluate_draws_it(page, runs, tmp_path):
    shown = [one["src"].removeprefix("data:image/png;base64,") for one in Page(page.read_text()).all("img")]
    assert len(shown) == 2
    drawn = tmp_path / "seen.png"
    assert main(["perception", "evaluate", str(runs / "autoencoder"), "--picture", str(drawn), "--json"]) == 0
    found = cv2.imdecode(np.frombuffer(base64.b64decode(shown[1]), np.uint8), cv2.IMREAD_COLOR)
    assert np.array_equal(found, cv2.imread(str(drawn)))
    assert found.std() > 10.0


def test_the_page_draws_the_curves_of_the_logs(page, runs):
    charts = [one for one in Page(page.read_text()).all("svg") if one.get("class") == "chart"]
    drawn = [json.loads(one["data-curves"])["lines"] for one in charts]
    log = [json.loads(line) for line in (runs / "classification" / "metrics.jsonl").read_text().splitlines()]
    accuracy = next(
        lines for one, lines in zip(charts, drawn, strict=True) if one["aria-label"].startswith("accuracy by")
    )
    assert [line["label"] for line in accuracy] == ["while learning", "held out"]
    assert accuracy[0]["steps"] == [record["step"] for record in log] == [8, 16, 24, 32]
    assert [row[0] for row in accuracy[0]["values"]] == pytest.approx([record["accuracy"] for record in log], rel=1e-4)
    assert accuracy[1]["steps"] == [16, 32]
    assert all("examples learned from" in one["aria-label"] for one in charts)


def test_the_page_opens_offline_and_runs_its_own_script_alone(page):
    read = Page(page.read_text())
    (policy,) = (one["content"] for one in read.all("meta") if "content" in one and "default-src" in one["content"])
    assert policy.startswith("default-src 'none'")
    links = [own[key] for _, own in read.tags for key in ("src", "href") if key in own]
    assert all(one.startswith(("data:", "#")) for one in links)


def test_equal_networks_give_equal_bytes_and_pipes_see_nothing_move(page, runs, capsys, tmp_path):
    again = tmp_path / "again.html"
    capsys.readouterr()
    words = [str(runs / "classification"), str(runs / "autoencoder"), "--out", str(again), "--json"]
    assert main(["perception", "report", *words]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert again.read_bytes() == page.read_bytes()
    assert json.loads(told.out)["page"] == str(again)


def test_judging_anew_tells_what_was_recorded(runs, capsys, tmp_path):
    capsys.readouterr()
    out = tmp_path / "judged.html"
    assert main(["perception", "report", str(runs / "classification"), "--judge", "--out", str(out), "--json"]) == 0
    (figures,) = json.loads(capsys.readouterr().out)["networks"].values()
    last = json.loads((runs / "classification" / "metrics.jsonl").read_text().splitlines()[-1])
    assert figures == pytest.approx(
        {name.removeprefix("held_out_"): value for name, value in last.items() if name.startswith("held_out_")}
    )
    assert "Judged now, by this command;" in Page(out.read_text()).text


def test_names_are_escaped(runs, tmp_path):
    odd = tmp_path / "<b>odd<b>"
    odd.mkdir()
    shutil.copytree(runs / "classification", odd / "run")
    out = tmp_path / "page.html"
    assert main(["perception", "report", str(odd / "run"), "--out", str(out)]) == 0
    assert "<b>odd" not in out.read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["zoo:sings"], "Did you mean 'signs'"),
        (["nowhere"], "nowhere is no perception checkpoint"),
        (["no_log"], "no_log keeps no log of its training: there is no metrics.jsonl"),
        (["torn"], "metrics.jsonl:2: not a record of metrics with its step"),
        (
            ["classification", "classification/checkpoint"],
            "classification/checkpoint and classification are one network",
        ),
        (["classification", "--out", "page.txt"], "--out names a file that ends in .html, not 'page.txt'"),
    ],
)
def test_what_is_asked_for_wrongly_is_told_in_one_line(runs, capsys, monkeypatch, words, message):
    monkeypatch.chdir(runs)
    if not Path("no_log").exists():
        shutil.copytree("classification/checkpoint", "no_log/checkpoint")
        shutil.copytree("classification", "torn")
        lines = Path("torn/metrics.jsonl").read_text().splitlines(keepends=True)
        Path("torn/metrics.jsonl").write_text("".join([lines[0], "{torn\n", *lines[1:]]))
    capsys.readouterr()
    assert main(["perception", "report", *words]) == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 1
    assert message in told[0]
    assert not Path("runs/perception.html").exists()


def test_figures_stand_beside_what_they_are_held_against():
    figures = {
        "fid": 9.4, "fid_noise": 40.6, "fid_real": 0.1, "accuracy": 0.9, "accuracy_low": 0.8, "accuracy_high": 0.95,
        "accuracy_car": 1.0, "accuracy_van": 0.5, "r2_offset_m": 0.7, "psnr_db": 30.0, "shown_psnr_db": 16.0,
        "worst_style_accuracy": 0.6,
    }  # fmt: skip
    told = ordered(figures, ("car", "van"))
    rows = {row.name: row for row in told.rows}
    assert list(rows) == ["accuracy", "fid", "psnr_db", "worst_style_accuracy"]
    assert (rows["accuracy"].low, rows["accuracy"].high) == (0.8, 0.95)
    assert rows["fid"].beside == {"of noise": 40.6, "of real pictures": 0.1}
    assert rows["psnr_db"].beside == {"as shown": 16.0}
    assert told.columns == ("of noise", "as shown", "of real pictures")
    assert [shares.bars for shares in told.shares] == [(("car", 1.0), ("van", 0.5)), (("offset [m]", 0.7),)]
    assert leading({"to_night_fid": 0.2, "to_noon_miou": 0.4, "to_noon_miou_paired": 0.7}) == "to_noon_miou"
    assert leading({}) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [("psnr_db", "PSNR [dB]"), ("to_night_fid", "to night FID"), ("ap50_new_styles", "AP50 new styles")],
)
def test_names_of_figures_are_spoken(name, said):
    assert spoken(name) == said


def test_numbers_have_four_digits():
    assert [text(value) for value in (0.98754, -16569.58, 32.0, -0.00161)] == [
        "0.9875",
        "−16\u202f570",
        "32",
        "−0.00161",
    ]


def curve(*values):
    return Curve(np.arange(1, len(values) + 1), np.array(values, np.float64))


def test_losses_share_a_panel_and_what_is_held_out_stands_beside_what_was_learned():
    curves = {
        "critic_loss": curve(3.0, 2.0), "critic_gap": curve(0.8, 0.4), "critic_gradient_norm": curve(1.0, 1.0),
        "generator_loss": curve(2.0, 1.0), "generator_gap": curve(0.1, 0.2), "generator_same": curve(2.0, 1.0),
        "critic_named_made": curve(0.1, 0.2), "generator_named_made": curve(0.2, 0.3),
        "accuracy": curve(0.1, 0.9), "held_out_accuracy": curve(0.8), "held_out_accuracy_car": curve(0.7, 0.8),
        "held_out_once": curve(1.0), "held_out_miou": curve(0.1, 0.2), "held_out_threshold_miou": curve(0.05, 0.05),
        "held_out_miou_low": curve(0.0, 0.1),
    }  # fmt: skip
    panels = panels_of(TrainingRun(Path("here"), "gan", "perception", 0, {}, curves), ("car",))
    drawn = {panel.metric: [line.label for line in panel.lines] for panel in panels}
    assert drawn == {
        "loss": ["critic", "generator"],
        "accuracy": ["while learning", "held out"],
        "mIoU": ["held out", "colour threshold"],
        "gap": ["critic", "generator"],
    }
    fewer = {name: one for name, one in curves.items() if "miou" not in name and "gap" not in name}
    panels = panels_of(TrainingRun(Path("here"), "gan", "perception", 0, {}, fewer), ("car",))
    assert [panel.metric for panel in panels] == ["loss", "accuracy", "named made"]


def test_data_is_told_by_name():
    assert data_of({"data": "road_users"}) == "road users"
    assert data_of({"data": {"source": "car_racing"}, "source": "labels"}) == "car racing"
    assert data_of({"data": {"looks": ["night", "noon"]}, "source": "labels"}) == "streets at night and noon"
    assert data_of({"data": {"worlds": 8}, "source": "driving"}) == "driving"
