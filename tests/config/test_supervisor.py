"""One command that holds several: children come back, all stop in seconds, none is left behind. On toys, not on Homeward."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.supervisor import AlreadyUp, Hold, PortTaken, check_port

BASE = Path(__file__).resolve().parents[2]

# Holds one child that says its process id and waits, for ever or until it is told.
HOLDER = """
import sys
from pathlib import Path
from config.supervisor import Child, Supervisor
room, how = Path(sys.argv[1]), sys.argv[2]
deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " if how == "deaf" else ""
end = "raise SystemExit(3)" if how == "failing" else "time.sleep(600)"
code = deaf + "import os, time; open('alive', 'a').write(f'{os.getpid()}\\\\n'); " + end
child = Child("worker", [sys.executable, "-c", code], room / "log" / "worker.log")
sys.exit(Supervisor([child], say=lambda words: print(words, flush=True), folder=room).run())
"""


@pytest.fixture
def hold(tmp_path):
    started = []

    def start(how="patient"):
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(tmp_path), how], cwd=BASE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        started.append(holder)
        return holder

    yield start
    for holder in started:
        if holder.poll() is None:
            holder.kill()
        holder.wait()
        holder.stdout.close()
    for pid in children(tmp_path):
        if lives(pid):
            os.kill(pid, signal.SIGKILL)


def children(room: Path) -> list[int]:
    file = room / "alive"
    return [int(line) for line in file.read_text().splitlines()] if file.exists() else []


def lives(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def until(happens, seconds=15.0):
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_a_killed_child_comes_back(hold, tmp_path):
    holder = hold()
    until(lambda: len(children(tmp_path)) == 1)
    os.kill(children(tmp_path)[0], signal.SIGKILL)
    until(lambda: len(children(tmp_path)) == 2)
    assert (
        holder.stdout.readline()
        == f"worker ended (SIGKILL); starting it again in 0.5 s. Its last words: {tmp_path}/log/worker.log\n"
    )


def test_a_child_that_keeps_failing_is_started_more_and_more_slowly(hold, tmp_path):
    holder = hold("failing")
    waits = [holder.stdout.readline().split(" again in ")[1].split(" s")[0] for _ in range(3)]
    assert waits == ["0.5", "1", "2"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything(hold, tmp_path, number):
    holder = hold()
    until(lambda: children(tmp_path))
    holder.send_signal(number)
    assert holder.wait(timeout=10) == 0
    assert not lives(children(tmp_path)[0])


def test_a_second_signal_does_not_wait_for_a_deaf_child(hold, tmp_path):
    holder = hold("deaf")
    until(lambda: children(tmp_path))
    start = time.monotonic()
    holder.send_signal(signal.SIGINT)
    time.sleep(0.5)
    holder.send_signal(signal.SIGINT)
    assert holder.wait(timeout=10) == 0
    assert time.monotonic() - start < 5
    assert not lives(children(tmp_path)[0])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends a child with its parent")
def test_no_orphan_is_left_by_a_supervisor_that_was_killed(hold, tmp_path):
    holder = hold()
    until(lambda: children(tmp_path))
    holder.kill()
    holder.wait()
    until(lambda: not lives(children(tmp_path)[0]))


def test_a_second_supervisor_on_the_same_folder_is_refused(tmp_path):
    with Hold(tmp_path, "http://127.0.0.1:8000"):
        with pytest.raises(AlreadyUp) as refused, Hold(tmp_path, "http://127.0.0.1:8001"):
            pass
        assert str(refused.value) == (
            f"Homeward is already running on this data folder (process {os.getpid()}, http://127.0.0.1:8000). "
            "Stop it first, or set HOMEWARD_DATA."
        )
    with Hold(tmp_path, "http://127.0.0.1:8001"):
        assert "8001" in (tmp_path / "up.lock").read_text()


def test_a_taken_port_is_a_sentence():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken) as refused:
            check_port("127.0.0.1", port)
    assert str(refused.value) == f"Port {port} is taken by another program. Choose another one, for example {port + 1}."
    check_port("127.0.0.1", port)
