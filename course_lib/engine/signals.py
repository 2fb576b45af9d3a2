"""Signals that ask a training to end: Ctrl-C, and SIGTERM, which Slurm and others send some time before a kill."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol

REASONS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}


class Stoppable(Protocol):
    """What ends after its current update once ``stopped`` holds a reason."""

    stopped: str | None


@contextmanager
def stops_at_signals(training: Stoppable) -> Iterator[None]:
    """The first signal asks for a stop after the current update, a second Ctrl-C interrupts at once."""
    if threading.current_thread() is not threading.main_thread():  # signals belong to the main thread
        yield
        return

    def on_signal(signum: int, frame: FrameType | None) -> None:
        if training.stopped and signum == signal.SIGINT:
            raise KeyboardInterrupt
        training.stopped = REASONS[signal.Signals(signum)]

    before = {number: signal.signal(number, on_signal) for number in REASONS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
