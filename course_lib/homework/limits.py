"""A time limit for code that may never end: it stops a loop inside a notebook's kernel without ending the kernel.

In the main thread of Linux and macOS an alarm signal raises ``TimeLimit`` where the code stands, in a ``sleep`` too.
Elsewhere (Windows, another thread) a second thread asks the interpreter to do so, which works between two lines of
Python. A single long call into C, such as a huge matrix product, ends first in both ways.
"""

import ctypes
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

T = TypeVar("T")
# asked again and again: a bare `except:` in the learner's loop swallows the first request
AGAIN_S = 0.05


class TimeLimit(BaseException):
    """The time is up. Not an ``Exception``, so that ``except Exception`` in the learner's code lets it pass."""


def within(limit_s: float, function: Callable[[], T]) -> T:
    """What ``function()`` returns.

    Raises:
        TimeLimit: it took longer than ``limit_s`` seconds; the traceback tells where it was.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    if in_main_thread and hasattr(signal, "setitimer"):
        return _with_alarm(limit_s, function)
    return _with_watchdog(limit_s, function)


def _with_alarm(limit_s: float, function: Callable[[], T]) -> T:
    running = True

    def ring(signum: int, frame: FrameType | None) -> None:
        if running:
            raise TimeLimit

    handler = signal.signal(signal.SIGALRM, ring)
    other_timer = signal.setitimer(signal.ITIMER_REAL, max(limit_s, 0.001), AGAIN_S)
    try:
        try:
            return function()
        finally:
            running = False
    finally:
        signal.setitimer(signal.ITIMER_REAL, *other_timer)
        signal.signal(signal.SIGALRM, handler)


def _with_watchdog(limit_s: float, function: Callable[[], T]) -> T:
    thread_id = ctypes.c_ulong(threading.get_ident())
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    done, lock = threading.Event(), threading.Lock()

    def watch() -> None:
        wait_s = limit_s
        while not done.wait(wait_s):
            with lock:
                if not done.is_set():
                    raise_in(thread_id, ctypes.py_object(TimeLimit))
            wait_s = AGAIN_S

    def finish() -> None:
        with lock:
            done.set()
            # a request that came too late to be seen by the function must not hit what follows it
            raise_in(thread_id, None)

    threading.Thread(target=watch, daemon=True).start()
    try:
        return function()
    finally:
        try:
            finish()
        except TimeLimit:
            finish()
            raise
