"""Work is shared among threads, whole and once; what fails is told."""

from __future__ import annotations

import os
import threading

import pytest

from sim_suite.compiling.sharing import at_most, most_threads, num_threads, share


def test_every_item_is_done_once_and_each_thread_has_a_run_of_them():
    for count in (0, 1, 2, 3, 100):
        done = []
        share(lambda part, begin, end, done=done: done.append((part, begin, end, threading.get_ident())), count)
        done.sort()
        assert [part for part, *_ in done] == list(range(max(min(num_threads(), count), 1)))
        assert [item for _, begin, end, _ in done for item in range(begin, end)] == list(range(count))
        assert len({thread for *_, thread in done}) == len(done)


def test_few_items_and_one_thread_are_done_by_the_caller():
    done = []
    share(lambda *run: done.append((threading.get_ident(), *run)), 15, least=8)
    with at_most(1):
        assert num_threads() == 1
        share(lambda *run: done.append((threading.get_ident(), *run)), 100)
    assert done == [(threading.get_ident(), 0, 0, 15), (threading.get_ident(), 0, 0, 100)]
    assert num_threads() == most_threads()


def test_what_a_thread_raises_the_caller_raises_and_work_goes_on():
    if most_threads() < 2:
        pytest.skip("one thread only")

    def fail(part, begin, end):
        if part == 1:
            raise ValueError("of part 1")

    with pytest.raises(ValueError, match="of part 1"):
        share(fail, 10)
    done = []
    share(lambda *run: done.append(run), 10)
    assert sum(end - begin for _, begin, end in done) == 10


def test_work_within_work_is_done_alone():
    done = []

    def outer(part, begin, end):
        share(lambda _, first, last: done.append((part, first, last)), 10)

    share(outer, 2)
    assert sorted(done) == [(part, 0, 10) for part in range(min(num_threads(), 2))]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_process_has_threads_of_its_own():
    share(lambda *_: None, 10)
    child = os.fork()
    if child == 0:
        done = []
        share(lambda *run: done.append(run), 10)
        os._exit(0 if sum(end - begin for _, begin, end in done) == 10 and len(done) == num_threads() else 1)
    assert os.waitpid(child, 0)[1] == 0
