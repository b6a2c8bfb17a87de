"""Stops a program at each of its system calls, so that something can happen to it or to its files there.

A small tracer over ptrace(2), in Python alone. It counts the calls from the moment at which one of some folders changes: an
entry was made, renamed or taken away. The program's threads are stopped and counted too; processes that it starts are
followed and run on. `PTRACE_GET_SYSCALL_INFO` tells an entry from an exit on every architecture (Linux 5.3).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import traceback
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TRACEME, CONT, SYSCALL, SETOPTIONS, GET_SYSCALL_INFO = 0, 7, 24, 0x4200, 0x420E
SYSGOOD, FORK, VFORK, CLONE, EXITKILL = 0x1, 0x2, 0x4, 0x8, 0x100000
WALL = 0x40000000
ENTRY = 1  # the first byte of what GET_SYSCALL_INFO fills in, where a call begins
CALL_STOP = signal.SIGTRAP | 0x80 if hasattr(signal, "SIGTRAP") else 0


class Refused(Exception):
    """Nothing can be traced here; the message says why."""


@cache
def _libc() -> Any:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.restype = ctypes.c_long
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    return libc


def _ptrace(request: int, pid: int, address: int = 0, data: object = 0) -> int:
    done = _libc().ptrace(request, pid, address, data)
    if done < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return int(done)


def _is_entry(pid: int) -> bool:
    info = ctypes.create_string_buffer(128)
    _ptrace(GET_SYSCALL_INFO, pid, len(info), ctypes.addressof(info))
    return info.raw[0] == ENTRY


def refusal() -> str:
    """Why nothing can be traced here; "" if it can."""
    if not sys.platform.startswith("linux"):
        return "ptrace as Linux has it"
    try:
        code, number = traced(lambda: len(os.listdir("/")) * 0, lambda *_: None, ())
    except (OSError, Refused) as error:
        return f"ptrace is refused: {error}"
    return "" if (code, number) == (0, 0) else f"ptrace does not work: {code}"


def traced(
    program: Callable[[], int], each: Callable[[int, int], bool | None], folders: Sequence[str], *, always: bool = False
) -> tuple[int, int]:
    """Run a program in a process of its own; its exit code (negative for a signal), and how many calls were counted.

    `each` gets the number of a call and the process, which is about to make it, and says whether it has seen enough. Calls
    count from the first change in the folders, or, if `always`, from the beginning.
    """
    before = _times(folders)
    child = os.fork()
    if child == 0:
        _child(program)
    _, status = os.waitpid(child, WALL)
    if not os.WIFSTOPPED(status):
        raise Refused("the process could not ask for it")
    _ptrace(SETOPTIONS, child, 0, SYSGOOD | FORK | VFORK | CLONE | EXITKILL)
    _ptrace(SYSCALL, child)
    count = 0
    threads, others = {child}, set()
    counting, enough = always, False
    while True:
        pid, status = os.waitpid(-1, WALL)
        if not os.WIFSTOPPED(status):
            threads.discard(pid)
            others.discard(pid)
            if pid == child:
                break
            continue
        stop, passed = os.WSTOPSIG(status), 0
        if pid not in threads | others:
            (threads if _is_thread(pid, child) else others).add(pid)
            passed = 0 if stop == signal.SIGSTOP else stop
        elif stop == CALL_STOP:
            counting = counting or _times(folders) != before
            if counting and _is_entry(pid):
                enough = bool(each(count, pid))
                count += 1
        elif not status >> 16:  # no event of ptrace's own: a signal, which is handed on
            passed = stop if stop != signal.SIGTRAP else 0
        with contextlib.suppress(ProcessLookupError):
            _ptrace(SYSCALL if pid in threads and not enough else CONT, pid, 0, passed)
    for pid in others:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, WALL)
    return os.waitstatus_to_exitcode(status), count


def forked(program: Callable[[], int]) -> int:
    """The same without a look at its calls: only its exit code."""
    child = os.fork()
    if child == 0:
        _child(program, trace=False)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _times(folders: Sequence[str]) -> list[int]:
    """When an entry of each folder was last made, renamed or taken away."""
    return [os.stat(folder).st_mtime_ns for folder in folders]


def _is_thread(pid: int, of: int) -> bool:
    return os.path.exists(f"/proc/{of}/task/{pid}")


def _child(program: Callable[[], int], *, trace: bool = True) -> None:
    code = 70
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests may have them ignored
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        if trace:
            _ptrace(TRACEME, 0)
            os.kill(os.getpid(), signal.SIGSTOP)
        code = program()
    except KeyboardInterrupt:
        code = 130
    except BaseException:  # noqa: BLE001  # nothing may go on as the process that it was forked from
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)
