"""The process that runs the learners' functions: it loads libraries once and forks for each submission.

Runs on a copy of the package without the references (``grading/__init__.py`` tells why), so it imports nothing that
needs them. A forked child writes a frame for each exercise into a pipe of its own; frames are values, no verdicts.
"""

import contextlib
import gc
import importlib
import json
import os
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..judge import FirstLines, attempt, short_error, wrong_signature
from ..source import unfinished
from ..submission import function_in, take_definitions
from . import channel, isolation
from .plan import SandboxTask, loads, unpack_plan
from .replay import recording
from .values import Packer

# what the course itself needs; a submission's imports of these are loaded before the fork
COURSE_LIBRARIES = frozenset(
    {"course_lib", "ipywidgets", "matplotlib", "numpy", "PIL", "skimage", "sklearn", "torch", "torchvision"}
)
LOAD_S = 20.0


def main(fd: int, tree: Path) -> None:
    """Serve until the parent hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    parent = socket.socket(fileno=fd)
    isolated = isolation.possible(tree)
    if isolated:
        isolation.enter(tree)
        os.environ |= {"HOME": str(isolation.FOLDER), "TMPDIR": str(isolation.FOLDER)}
        tempfile.tempdir = None
    start = json.loads(channel.receive(parent)[0])
    for name in start["modules"]:
        if name.partition(".")[0] in COURSE_LIBRARIES:
            with contextlib.suppress(Exception):  # the learner hears of it where it is imported
                importlib.import_module(name)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
    tasks = unpack_plan(channel.receive(parent)[0])
    gc.collect()
    gc.freeze()  # so that a child's collection does not copy all of it
    channel.send(parent, json.dumps({"isolated": isolated}).encode())
    while True:
        try:
            data, (pipe,) = channel.receive(parent, num_fds=1)
        except EOFError:
            return
        _serve(parent, pipe, json.loads(data), tasks, None if isolated else tree)


def _serve(parent: socket.socket, pipe: int, job: dict[str, Any], tasks: list[SandboxTask], tree: Path | None) -> None:
    """Run one submission; ``tree`` is where its folder is made, None where namespaces give it one."""
    folder = tempfile.mkdtemp(prefix="submission-", dir=tree) if tree else None
    child = os.fork()
    if child == 0:
        try:
            parent.close()
            os.setsid()
            if folder:
                os.chdir(folder)
                os.environ |= {"HOME": folder, "TMPDIR": folder}
            chosen = [task for task in tasks if task.name in job["exercises"]]
            isolation.close_off(LOAD_S + sum(task.limit_s for task in chosen), isolated=tree is None)
            run(job["source"], job["file"], chosen, pipe)
            os._exit(0)
        finally:
            os._exit(1)
    os.close(pipe)
    channel.send(parent, json.dumps({"pid": child}).encode())
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    channel.send(parent, json.dumps({"code": code}).encode())


def run(source: str, file: str, tasks: list[SandboxTask], pipe: int) -> None:
    """In the child: take the definitions, try each exercise, write a frame for each, after one for the loading."""
    _silence(pipe)
    this_process = os.getpid()
    namespace, troubles = take_definitions(source, file)
    _write(pipe, json.dumps(troubles).encode())
    for task in tasks:
        packer = Packer()
        frame = try_all(task, namespace, packer)
        if frame["status"] == "missing":
            frame["why"] = " ".join([frame["why"], *troubles[:3]])
        if os.getpid() != this_process:  # the answer forked
            os._exit(0)
        _write(pipe, packer.pack(frame))


def try_all(task: SandboxTask, namespace: dict[str, Any], packer: Packer) -> dict[str, Any]:
    """What an answer gives on each input, as JSON; the values themselves are with ``packer``."""
    try:
        answer = function_in(namespace, task.function_name, "the file")
    except Exception as error:
        return {"status": "missing", "why": short_error(error)}
    if unfinished(answer):
        return {"status": "not yet"}
    if mistake := wrong_signature(task, answer):
        return {"status": "tried", "outcomes": [{"mistake": [mistake.got, mistake.expected, mistake.why]}]}
    printed, outcomes, left_s = FirstLines(), [], task.limit_s
    for data, replayed in zip(task.inputs, task.replayed, strict=True):
        calls: list[Any] = []
        tried = replace(task, use=recording(task.use, packer, calls)) if replayed else task
        started = time.monotonic()
        try:
            with contextlib.redirect_stdout(printed):
                outcome = attempt(tried, answer, loads(data), loads(data), left_s)
        except NotImplementedError:
            return {"status": "not yet"}
        left_s = max(left_s - (time.monotonic() - started), 0.1)
        if mistake := outcome.mistake:
            outcomes.append({"mistake": [mistake.got, mistake.expected, mistake.why]})
            break
        outcomes.append({"calls": calls} if replayed else {"value": packer.take(outcome.value)})
    return {"status": "tried", "outcomes": outcomes, "printed": printed.getvalue()}


def _silence(pipe: int) -> None:
    """No input, no output, and of all open files the pipe alone."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nothing, fd)
    os.closerange(3, pipe)
    os.closerange(pipe + 1, 1024)


def _write(pipe: int, frame: bytes) -> None:
    data = memoryview(struct.pack(">Q", len(frame)) + frame)
    while data:
        data = data[os.write(pipe, data) :]
