"""How processes find those of the same start in a store that may still hold what an earlier start wrote.

torchrun keeps one store over all restarts, so that a process can read the address of one that has died and try to call
it (https://github.com/pytorch/pytorch/issues/135712). The count of restarts does not tell them apart, since each
computer counts its own.
"""

import time
import uuid
from datetime import timedelta

from torch.distributed import PrefixStore, Store

from course_lib.config.errors import CourseError


def fresh_store(store: Store, rank: int, size: int, timeout: timedelta) -> Store:
    """The part of a store that only the processes of this start know.

    Each process writes a name that nobody had before. The first copies the names that it sees into a list, headed by
    its own, again and again; who finds himself in the list knows that it is of this start, and says so.

    Raises:
        CourseError: the others did not come in time.
    """
    own = uuid.uuid4().hex
    deadline = time.monotonic() + timeout.total_seconds()
    store.set(f"name of {rank}", own)
    while time.monotonic() < deadline:
        if rank == 0:
            names = [_read(store, f"name of {other}") for other in range(1, size)]
            store.set("list", " ".join([own, *names]))
            if all(store.check([f"{own}/{other}"]) for other in range(1, size)):
                return PrefixStore(own, store)
        else:
            first, *others = _read(store, "list").split(" ")
            if own in others:
                store.set(f"{first}/{rank}", "has come")
                return PrefixStore(first, store)
        time.sleep(0.02)
    raise CourseError(
        f"the {size} processes of this training did not find one another within {timeout.total_seconds():.0f} s. Were "
        "all started, and can this computer reach the first one?"
    )


def _read(store: Store, key: str) -> str:
    """What a key holds; nothing where it is not there yet."""
    return store.get(key).decode() if store.check([key]) else ""
