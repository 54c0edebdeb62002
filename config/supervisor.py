"""One command that holds several processes: starts them, brings back the one that died, and stops them all.

`Supervisor` knows nothing of Django. A data folder has one supervisor at a time; children die with it, however it dies.
"""

import ctypes
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO

GRACE = 8.0  # seconds that a child has to finish what it holds
STEADY = 30.0  # seconds after which a child is no longer thought to be failing at the start
LONGEST_WAIT = 30.0
_LOG_LIMIT = 10 * 1024 * 1024
_PR_SET_PDEATHSIG = 1


class AlreadyUp(Exception):
    """Somebody else supervises this data folder; the sentence says who."""


class PortTaken(Exception):
    """Another program listens where we would."""


@dataclass
class Child:
    """One process to keep alive: what it is called, how it is started, and how it fares."""

    name: str
    command: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    again_at: float = 0.0

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


def check_port(host: str, port: int) -> None:
    """Raise PortTaken when another program has the port, before anything is started."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(f"Port {port} is taken by another program. Choose another one, for example {port + 1}.") from error


class Hold:
    """This data folder is ours until the block ends, or until we die: the lock is the kernel's, so none is left behind."""

    def __init__(self, folder: Path, note: str) -> None:
        self.file = folder / "up.lock"
        self.note = note
        self._handle: IO[str] | None = None

    def __enter__(self) -> "Hold":
        self.file.parent.mkdir(parents=True, exist_ok=True)
        handle = self.file.open("a+")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.seek(0)
            who = handle.read().strip() or "another process"
            handle.close()
            raise AlreadyUp(
                f"Homeward is already running on this data folder ({who}). Stop it first, or set HOMEWARD_DATA."
            ) from error
        handle.truncate(0)
        handle.write(f"process {os.getpid()}, {self.note}\n")
        handle.flush()
        self._handle = handle
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._handle is not None:
            self._handle.truncate(0)
            self._handle.close()


@dataclass
class Supervisor:
    """Keeps `children` alive until it is told to stop. `say` gets each sentence worth showing."""

    children: list[Child]
    say: Callable[[str], None]
    folder: Path
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    _stopping: int = 0

    def run(self, *, once_up: Callable[[], bool] | None = None) -> int:
        """Start all, and stay until SIGINT or SIGTERM; the exit code. `once_up` is asked until it answers True."""
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            while not self._stopping:
                self._tend()
                if once_up is not None and once_up():
                    once_up = None
                time.sleep(0.2)
        finally:
            self._end()
            for number, handler in before.items():
                signal.signal(number, handler)
        return 0

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping += 1

    def _tend(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.alive:
                if child.failures and now - child.started > STEADY:
                    child.failures = 0
                continue
            if child.process is not None:
                child.failures += 1
                wait = min(LONGEST_WAIT, 0.5 * 2 ** (child.failures - 1))
                child.again_at = now + wait
                ended = child.process.returncode
                self.say(f"{child.name} ended ({_how(ended)}); starting it again in {wait:g} s. Its last words: {child.log}")
                child.process = None
            if now >= child.again_at and not self._stopping:
                self._start(child)

    def _start(self, child: Child) -> None:
        child.log.parent.mkdir(parents=True, exist_ok=True)
        if child.log.exists() and child.log.stat().st_size > _LOG_LIMIT:
            child.log.replace(child.log.with_suffix(".log.1"))
        with child.log.open("ab") as log:
            child.process = subprocess.Popen(
                child.command,
                cwd=self.folder,
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Its own session: Ctrl-C reaches us alone, and we stop the children in order.
                start_new_session=True,
                preexec_fn=_die_with(os.getpid()),
            )
        child.started = time.monotonic()

    def _end(self) -> None:
        running = [child for child in self.children if child.alive]
        for child in running:
            _signal(child, signal.SIGTERM)
        asked, patience = self._stopping, time.monotonic() + GRACE
        # A second Ctrl-C means now.
        while any(child.alive for child in running) and time.monotonic() < patience and self._stopping == asked:
            time.sleep(0.05)
        for child in running:
            _signal(child, signal.SIGKILL)
            if child.process is not None:
                child.process.wait()


def answers(host: str, port: int, path: str) -> bool:
    """Whether GET path on this machine answers 200. Never through a proxy."""
    link = http.client.HTTPConnection(host, port, timeout=1)
    try:
        link.request("GET", path)
        return link.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        link.close()


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit {code}"


def _signal(child: Child, number: signal.Signals) -> None:
    """To the child's whole group: gunicorn's workers too."""
    if child.process is None:
        return
    try:
        if number is signal.SIGKILL or child.alive:
            os.killpg(child.process.pid, number)
    except ProcessLookupError:
        return


def _die_with(parent: int) -> Callable[[], None] | None:
    """On Linux the kernel ends a child when its supervisor dies, even by SIGKILL. Leases hand out again what it held."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return ask
