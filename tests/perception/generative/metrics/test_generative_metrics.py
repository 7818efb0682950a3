"""What generated pictures are measured by: hand values, and independent oracles."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchmetrics.functional.image import peak_signal_noise_ratio, structural_similarity_index_measure
from torchmetrics.image.fid import FrechetInceptionDistance
from torchmetrics.image.kid import KernelInceptionDistance

from perception.generative.metrics.frechet import frechet_distance
from perception.generative.metrics.kernel_distance import kernel_distance
from perception.generative.metrics.neighbours import nearest_ratio, neighbourhood
from perception.generative.metrics.picture_distances import psnr, ssim
from perception.generative.metrics.probes import fit, r_squared


class Brightness(torch.nn.Module):
    """Features for torchmetrics that are a picture's first six numbers."""

    num_features = 6

    def forward(self, pictures):
        return pictures.flatten(1)[:, :6].double()


def column(*values):
    return np.array(values, np.float64)[:, None]


def pictures_of(seed, count=40):
    return np.random.default_rng(seed).integers(0, 200 + 5 * seed, (count, 3, 8, 8), np.uint8)


def features_of(pictures):
    return pictures.reshape(len(pictures), -1)[:, :6].astype(np.float64)


def test_the_frechet_distance_by_hand():
    # One dimension: (m - m')^2 + (s - s')^2. Means 1 and 4; unbiased variances 2 and 8.
    one, other = column(0.0, 2.0), column(2.0, 6.0)
    assert frechet_distance(one, other) == pytest.approx(9.0 + (math.sqrt(8.0) - math.sqrt(2.0)) ** 2)
    assert frechet_distance(one, one) == pytest.approx(0.0, abs=1e-12)


def test_the_frechet_distance_is_that_of_torchmetrics_and_of_scipy():
    from scipy.linalg import sqrtm

    real, made = pictures_of(0), pictures_of(9)
    theirs = FrechetInceptionDistance(feature=Brightness(), input_img_size=(3, 8, 8), normalize=False)
    theirs.set_dtype(torch.float64)
    theirs.update(torch.from_numpy(real), real=True)
    theirs.update(torch.from_numpy(made), real=False)
    ours = frechet_distance(features_of(real), features_of(made))
    assert ours == pytest.approx(theirs.compute().item(), rel=1e-6)
    one, other = (np.cov(features_of(part), rowvar=False) for part in (real, made))
    apart = np.square(features_of(real).mean(0) - features_of(made).mean(0)).sum()
    assert ours == pytest.approx(apart + np.trace(one + other - 2 * sqrtm(one @ other).real), rel=1e-9)


def test_the_kernel_distance_by_hand():
    # D = 1, kernel (xy + 1)^3. Among 0, 1: k(0, 1) = 1. Among 1, 2: 27. Between: 1, 1, 8, 27, mean 9.25.
    assert kernel_distance(column(0.0, 1.0), column(1.0, 2.0)) == pytest.approx(1.0 + 27.0 - 18.5)


def test_the_kernel_distance_is_that_of_torchmetrics():
    real, made = pictures_of(0), pictures_of(9)
    theirs = KernelInceptionDistance(feature=Brightness(), subsets=1, subset_size=len(real))
    theirs.update(torch.from_numpy(real), real=True)
    theirs.update(torch.from_numpy(made), real=False)
    assert kernel_distance(features_of(real), features_of(made)) == pytest.approx(theirs.compute()[0].item(), rel=1e-6)


def test_the_kernel_distance_is_unbiased():
    dice = np.random.default_rng(0)
    said = [kernel_distance(dice.normal(size=(6, 3)), dice.normal(size=(8, 3))) for _ in range(2000)]
    assert min(said) < 0.0
    assert abs(np.mean(said)) < 3 * np.std(said) / math.sqrt(len(said))


def test_precision_recall_density_and_coverage_by_hand():
    # Real at 0, 1, 3: with k = 1 their balls reach 1, 1, 2. Generated at 0.5 and 9, each 8.5 from the other.
    # 0.5 lies in the balls of 0 and 1, not of 3 (2.5 away); 9 in none. The ball about 0.5 holds all real ones.
    said = neighbourhood(column(0.0, 1.0, 3.0), column(0.5, 9.0), k=1)
    assert said.precision == 0.5
    assert said.recall == 1.0
    assert said.density == 1.0  # (2 + 0) / 2 / k
    assert said.coverage == pytest.approx(2 / 3)


def test_the_second_neighbour_widens_the_balls():
    # k = 2: balls about 0, 1, 3 reach 3, 2, 3; generated 3.5, -1, 10 have balls that reach 6.5, 11, 11.
    said = neighbourhood(column(0.0, 1.0, 3.0), column(3.5, -1.0, 10.0), k=2)
    # 3.5 lies in the ball of 3 alone, -1 in those of 0 and 1 (on its edge), 10 in none.
    assert said == pytest.approx((2 / 3, 1.0, (1 + 2 + 0) / 3 / 2, 1.0))


@given(st.integers(0, 2**32 - 1))
def test_the_same_set_is_precise_and_covered(seed):
    points = np.random.default_rng(seed).normal(size=(12, 2))
    said = neighbourhood(points, points, k=3)
    assert said.precision == said.recall == said.coverage == 1.0
    assert said.density == pytest.approx(4 / 3)  # each ball holds its own point and k more


def test_copies_lie_nearer_to_what_was_learned_than_new_pictures():
    training, held_out = column(0.0, 10.0, 20.0), column(1.0, 12.0, 19.0)
    assert nearest_ratio(training, held_out, training) == 0.0
    assert nearest_ratio(held_out, held_out, training) == 1.0
    assert nearest_ratio(column(2.0, 8.0, 25.0), held_out, training) == 2.0  # medians 2 and 1


def test_peak_signal_to_noise_by_hand_and_by_torchmetrics():
    true = np.full((2, 16, 16, 3), 100, np.uint8)
    assert psnr(true + np.uint8(10), true) == pytest.approx(20 * math.log10(25.5))
    assert psnr(true, true) == math.inf
    dice = np.random.default_rng(0)
    one, other = (dice.integers(0, 256, (2, 16, 16, 3), np.uint8) for _ in range(2))
    theirs = peak_signal_noise_ratio(torch.from_numpy(one).double(), torch.from_numpy(other).double(), data_range=255.0)
    assert psnr(one, other) == pytest.approx(theirs.item(), rel=1e-6)


def test_structural_similarity_is_that_of_torchmetrics():
    dice = np.random.default_rng(1)
    one = dice.integers(0, 256, (2, 24, 32, 3), np.uint8)
    other = np.clip(one + dice.normal(0, 30, one.shape), 0, 255).astype(np.uint8)
    there = [torch.from_numpy(part).permute(0, 3, 1, 2).double() for part in (other, one)]
    theirs = structural_similarity_index_measure(*there, data_range=255.0)
    # They weigh borders by reflection and cut them off again, so that places where the whole window lies within remain.
    assert ssim(other, one) == pytest.approx(theirs.item(), abs=1e-4)
    assert ssim(one, one) == 1.0


def test_a_probe_finds_what_is_linear_and_no_more():
    dice = np.random.default_rng(2)
    latents = dice.normal(3.0, [1.0, 10.0, 0.1, 1.0], size=(400, 4))
    latents[:, 3] = 7.0  # one that never changes
    targets = np.stack([latents @ [1.0, -2.0, 30.0, 5.0] + 4.0, dice.normal(size=400)], axis=1)
    probe = fit(latents[:200], targets[:200], ridge=1e-9)
    told = r_squared(probe.tell(latents[200:]), targets[200:])
    assert told[0] == pytest.approx(1.0, abs=1e-6)
    assert told[1] < 0.1
    assert probe.weights[3].tolist() == [0.0, 0.0]


def test_a_ridge_by_hand():
    # x = -1, 1 and y = -2, 2 have a slope of 2; with ridge 1 it is halved: x'y / (x'x + 1), all over n.
    probe = fit(column(-1.0, 1.0), column(-2.0, 2.0), ridge=1.0)
    assert probe.weights.item() == pytest.approx(1.0)
    assert r_squared(column(-1.0, 1.0), column(-2.0, 2.0)).item() == pytest.approx(0.75)
    assert r_squared(column(0.0, 0.0), column(-2.0, 2.0)).item() == 0.0
