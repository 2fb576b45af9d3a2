"""Signals ask a training to stop; what was there before is put back."""

import os
import signal
import threading
from types import SimpleNamespace

import pytest

from course_lib.engine.signals import stops_at_signals


@pytest.mark.parametrize(("number", "reason"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")])
def test_a_signal_asks_for_a_stop(number, reason):
    training, before = SimpleNamespace(stopped=None), signal.getsignal(number)
    with stops_at_signals(training):
        os.kill(os.getpid(), number)
        assert training.stopped == reason
    assert signal.getsignal(number) is before


def test_a_second_ctrl_c_interrupts_at_once():
    training = SimpleNamespace(stopped=None)
    with stops_at_signals(training), pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)


def test_a_thread_leaves_the_signals_alone():
    before, seen = signal.getsignal(signal.SIGTERM), []

    def watch():
        with stops_at_signals(SimpleNamespace(stopped=None)):
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=watch)
    thread.start()
    thread.join()
    assert seen == [before]
