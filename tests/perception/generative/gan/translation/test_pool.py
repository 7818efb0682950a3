"""The pool of made pictures: fills, then exchanges half, by torch's random numbers alone."""

from __future__ import annotations

import torch

from perception.generative.gan.translation.pool import Pool


def numbered(*numbers):
    return torch.tensor(numbers, dtype=torch.float32)[:, None, None, None].expand(-1, 3, 2, 2).clone()


def values(pictures):
    return pictures[:, 0, 0, 0].tolist()


def test_it_gives_back_what_it_is_given_while_there_is_room():
    pool = Pool(3, 2, 2)
    assert values(pool.exchange(numbered(1, 2))) == [1, 2]
    assert values(pool.pictures) == [1, 2, 0]
    assert int(pool.count) == 2


def test_then_half_stay_for_others_and_nothing_is_lost():
    torch.manual_seed(0)
    pool = Pool(50, 2, 2)
    pool.exchange(numbered(*range(50)))
    given, seen = list(range(50, 1050)), []
    for number in given:
        seen += values(pool.exchange(numbered(number)))
    assert sorted([*seen, *values(pool.pictures)]) == list(range(1050))
    kept = sum(a == b for a, b in zip(seen, given, strict=True))
    assert 430 < kept < 570
    # One that is exchanged waits 50 exchanges, 100 pictures, on average.
    waits = [after - before for before, after in zip(seen, given, strict=True) if after != before and before >= 50]
    assert 70 < sum(waits) / len(waits) < 130


def test_what_it_is_given_stays_as_it_was():
    pool = Pool(1, 2, 2)
    made = numbered(1, 2, 3, 4, 5, 6)
    given = pool.exchange(made)
    assert values(made) == [1, 2, 3, 4, 5, 6]
    assert values(given) != values(made)


def test_it_goes_on_from_its_state():
    torch.manual_seed(0)
    pool = Pool(4, 2, 2)
    pool.exchange(numbered(*range(7)))
    other = Pool(4, 2, 2)
    other.load_state_dict(pool.state_dict())
    answers = []
    for one in (pool, other):
        torch.manual_seed(5)
        answers.append(values(one.exchange(numbered(*range(10, 30)))))
    assert answers[0] == answers[1]


def test_without_room_it_is_left_out():
    assert values(Pool(0, 2, 2).exchange(numbered(1, 2))) == [1, 2]
