"""Processes find those of their own start, whatever an earlier start left behind."""

import threading
from datetime import timedelta

import pytest
from torch.distributed import HashStore

from course_lib.config.errors import CourseError
from course_lib.engine.meeting import fresh_store

SOON = timedelta(seconds=30)


def meet(store, size, start, late=()):
    """All processes of a start, as threads; what each reads under a key that the first wrote."""
    found = {}

    def come(rank):
        own = fresh_store(store, rank, size, SOON)
        if rank == 0:
            own.set("address", start)
        found[rank] = own.get("address")

    threads = {rank: threading.Thread(target=come, args=(rank,)) for rank in range(size)}
    for rank in sorted(threads, key=lambda rank: rank in late):
        threads[rank].start()
        threads[rank].join(timeout=0.1)
    for thread in threads.values():
        thread.join(timeout=30)
    return found


@pytest.mark.parametrize("late", [(0,), (1,), (1, 2)])
def test_a_second_start_does_not_read_the_first(late):
    store = HashStore()
    assert meet(store, 3, "first") == dict.fromkeys(range(3), b"first")
    assert meet(store, 3, "second", late) == dict.fromkeys(range(3), b"second")


def test_after_a_start_that_never_met():
    store = HashStore()
    with pytest.raises(CourseError, match="the 3 processes of this training did not find one another within 0 s"):
        fresh_store(store, 1, 3, timedelta(seconds=0.1))
    with pytest.raises(CourseError, match="Were all started"):
        fresh_store(store, 0, 3, timedelta(seconds=0.1))
    assert meet(store, 3, "last") == dict.fromkeys(range(3), b"last")
