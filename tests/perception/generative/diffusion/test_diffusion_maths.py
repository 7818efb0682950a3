"""Diffusion: the forward process and its posterior by hand and by Bayes, and sampling where the answer is known."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.generative.diffusion.sampling import ancestral, ddim, evenly, guided
from perception.generative.diffusion.schedule import Schedule, schedule

TWO = Schedule(torch.tensor([0.19, 0.36], dtype=torch.float64), torch.tensor([0.81, 0.5184], dtype=torch.float64))
NAMES = ("linear", "cosine")


def at(step, count=1):
    return torch.full((count,), step, dtype=torch.int64)


def test_the_linear_schedule_is_the_papers():
    made = schedule("linear", 1000)
    assert made.betas[[0, -1]].tolist() == pytest.approx([1e-4, 0.02])
    assert made.betas[500] == pytest.approx(1e-4 + 500 / 999 * (0.02 - 1e-4))
    assert made.kept[1].item() == pytest.approx((1 - 1e-4) * (1 - made.betas[1].item()))
    assert made.kept[-1].item() == pytest.approx(4.04e-5, rel=2e-3)  # next to nothing of the picture is left
    assert schedule("linear", 100).betas[-1].item() == pytest.approx(0.2)  # ten times the noise in a tenth of the steps


def test_the_cosine_schedule_is_the_papers():
    made, steps = schedule("cosine", 50), 50

    def falling(place):
        return math.cos((place / steps + 0.008) / 1.008 * math.pi / 2) ** 2

    for number in (0, 20, 47):
        assert made.kept[number].item() == pytest.approx(falling(number + 1) / falling(0), rel=1e-9)
    assert made.betas[-1].item() == 0.999


def test_noise_is_added_by_hand():
    pictures, noise = torch.full((2, 3, 1, 1), 0.5), torch.full((2, 3, 1, 1), -1.0)
    noisy = TWO.noised(pictures, torch.tensor([0, 1]), noise)
    # 0.9 * 0.5 - sqrt(0.19), and 0.72 * 0.5 - sqrt(0.4816)
    assert noisy[:, 0, 0, 0].tolist() == pytest.approx([0.45 - math.sqrt(0.19), 0.36 - math.sqrt(0.4816)], abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_the_closed_form_is_all_the_single_steps(name):
    made = schedule(name, 30)
    mean, variance = 1.0, 0.0
    for step, beta in enumerate(made.betas.tolist()):
        mean, variance = math.sqrt(1 - beta) * mean, (1 - beta) * variance + beta
        one = torch.ones((1, 1, 1, 1), dtype=torch.float64)
        assert made.noised(one, at(step), 0 * one).item() == pytest.approx(mean, rel=1e-9)
        assert made.noised(0 * one, at(step), one).item() == pytest.approx(math.sqrt(variance), rel=1e-9)


@settings(deadline=None)
@given(st.sampled_from(NAMES), st.integers(0, 39), st.integers(0, 2**32 - 1))
def test_the_picture_is_found_again(name, step, seed):
    made, dice = schedule(name, 40), torch.Generator().manual_seed(seed)
    picture, noise = (torch.randn((1, 3, 2, 2), generator=dice, dtype=torch.float64) for _ in range(2))
    found = made.picture_of(made.noised(picture, at(step), noise), at(step), noise)
    torch.testing.assert_close(found, picture, rtol=1e-6, atol=1e-6)


@given(st.sampled_from(NAMES), st.integers(0, 39), st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_a_velocity_says_what_the_noise_is(name, step, seed):
    made, dice = schedule(name, 40), torch.Generator().manual_seed(seed)
    picture, noise = (torch.randn((1, 3, 2, 2), generator=dice, dtype=torch.float64) for _ in range(2))
    velocity = made.velocity(picture, at(step), noise)
    torch.testing.assert_close(made.noise_of(made.noised(picture, at(step), noise), at(step), velocity), noise)


def test_a_velocity_by_hand():
    one = torch.ones((1, 1, 1, 1), dtype=torch.float64)
    # 0.72 of the noise, less sqrt(0.4816) of the picture
    assert TWO.velocity(0 * one, at(1), one).item() == pytest.approx(0.72)
    assert TWO.velocity(one, at(1), 0 * one).item() == pytest.approx(-math.sqrt(0.4816))


def test_the_posterior_by_hand():
    one = torch.ones((1, 1, 1, 1), dtype=torch.float64)
    # sqrt(0.81) 0.36 / 0.4816, 0.8 * 0.19 / 0.4816, and 0.19 / 0.4816 * 0.36
    of_picture, variance = TWO.posterior(one, 0 * one, at(1))
    of_noisy, _ = TWO.posterior(0 * one, one, at(1))
    assert [of_picture.item(), of_noisy.item(), variance.item()] == pytest.approx(
        [0.324 / 0.4816, 0.152 / 0.4816, 0.0684 / 0.4816]
    )
    first, none = TWO.posterior(one, 5 * one, at(0))
    assert first.item() == pytest.approx(1.0)
    assert none.item() == 0.0


@pytest.mark.parametrize("name", NAMES)
def test_the_posterior_is_bayes_rule(name):
    made, picture, noisy = schedule(name, 20), 0.7, -0.4
    for step in (1, 9, 19):
        beta, before = made.betas[step].item(), made.kept[step - 1].item()
        # Prior N(sqrt(before) picture, 1 - before) of x_(t-1), and x_t given it N(sqrt(1 - beta) x_(t-1), beta).
        precision = 1 / (1 - before) + (1 - beta) / beta
        mean = (math.sqrt(before) * picture / (1 - before) + math.sqrt(1 - beta) * noisy / beta) / precision
        one = torch.ones((1, 1, 1, 1), dtype=torch.float64)
        said, variance = made.posterior(picture * one, noisy * one, at(step))
        assert said.item() == pytest.approx(mean, rel=1e-9)
        assert variance.item() == pytest.approx(1 / precision, rel=1e-9)


def knows_only(picture, made):
    """Tells the noise of one who has seen a single picture."""

    def tell(noisy, steps):
        kept = made.kept[steps].view(-1, 1, 1, 1)
        return (noisy - kept.sqrt() * picture) / (1 - kept).sqrt()

    return tell


def knows_normal(deviation, made):
    """The best guess of the noise where every number is normal by itself."""

    def tell(noisy, steps):
        kept = made.kept[steps].view(-1, 1, 1, 1)
        return (1 - kept).sqrt() * noisy / (kept * deviation**2 + 1 - kept)

    return tell


@pytest.mark.parametrize("name", NAMES)
def test_who_knows_one_picture_draws_it(name):
    made, dice = schedule(name, 25), torch.Generator().manual_seed(0)
    picture = torch.rand((1, 3, 4, 4), generator=dice, dtype=torch.float64) * 2 - 1
    noise = torch.randn((2, 3, 4, 4), generator=dice, dtype=torch.float64)
    teller = knows_only(picture, made)
    for said in (
        ancestral(teller, made, noise, dice),
        ddim(teller, made, noise, 5),
        ddim(teller, made, noise, 7, 1.0, dice),
    ):
        torch.testing.assert_close(said, picture.expand(2, -1, -1, -1))


def test_ddim_with_all_steps_and_noise_is_the_ancestral_way():
    made = schedule("linear", 30)
    noise = torch.randn((3, 3, 4, 4), generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    teller = knows_normal(0.3, made)
    said = ancestral(teller, made, noise, torch.Generator().manual_seed(2))
    other = ddim(teller, made, noise, 30, 1.0, torch.Generator().manual_seed(2))
    torch.testing.assert_close(said, other)
    silent = ddim(teller, made, noise, 30)
    assert not torch.allclose(silent, other, atol=1e-3)
    assert torch.equal(silent, ddim(teller, made, noise, 30))


def test_samples_have_the_spread_of_what_was_learned():
    made, dice = schedule("cosine", 200), torch.Generator().manual_seed(3)
    noise = torch.randn((1000, 1, 1, 1), generator=dice, dtype=torch.float64)
    teller = knows_normal(0.25, made)
    assert ancestral(teller, made, noise, dice).std().item() == pytest.approx(0.25, rel=0.08)
    assert ddim(teller, made, noise, 100).std().item() == pytest.approx(0.25, rel=0.08)


def test_guidance_goes_beyond_the_condition():
    def conditional(noisy, steps):
        return noisy + 1.0

    def free(noisy, steps):
        return noisy - 1.0

    noisy = torch.zeros((1, 1, 1, 1))
    assert guided(conditional, free, 0.5)(noisy, at(0)).item() == 1.5 * 1.0 + 0.5 * 1.0
    assert guided(conditional, free, 0.0) is conditional


def test_steps_are_chosen_evenly():
    assert evenly(10, 4) == [0, 3, 6, 9]
    assert evenly(5, 5) == [0, 1, 2, 3, 4]
