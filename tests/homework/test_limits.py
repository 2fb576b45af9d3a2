"""The time limit, in the main thread (an alarm) and in another one (a watchdog)."""

import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from course_lib.homework.limits import TimeLimit, within


def in_other_thread(function: Callable[[], Any]) -> Any:
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(function())
        except TimeLimit as error:
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    return outcome[0]


def forever() -> None:
    while True:
        pass


def stubborn() -> None:
    while True:
        try:
            sum(range(100))
        except BaseException:
            break
    forever()


def test_returns_what_the_function_returns() -> None:
    assert within(5, lambda: 3) == 3
    assert in_other_thread(lambda: within(5, lambda: 3)) == 3


@pytest.mark.parametrize("function", [forever, stubborn])
def test_a_loop_is_stopped(function: Callable[[], None]) -> None:
    with pytest.raises(TimeLimit):
        within(0.1, function)
    assert isinstance(in_other_thread(lambda: within(0.1, function)), TimeLimit)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no alarm signal")
def test_a_sleep_is_stopped_in_the_main_thread() -> None:
    with pytest.raises(TimeLimit):
        within(0.1, lambda: time.sleep(60))


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no alarm signal")
def test_the_alarm_of_others_is_given_back() -> None:
    def handler(signum: int, frame: Any) -> None: ...

    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 100.0)
        within(5, lambda: None)
        assert signal.getsignal(signal.SIGALRM) is handler
        assert 90 < signal.getitimer(signal.ITIMER_REAL)[0] <= 100
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_errors_of_the_function_come_through() -> None:
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 / 0)
