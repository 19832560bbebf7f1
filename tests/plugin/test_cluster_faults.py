"""Clusters that break: workers and schedulers that are killed, full disks, and hosts with a network between them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from tests import forked
from tests.bench import PLAIN, saved
from tests.clusters import Far, Processes
from tests.forked import until

pytest.importorskip("distributed", reason="needs Dask: pip install 'pytest-tuners[cluster]'")
pytestmark = pytest.mark.slow

CONFTEST = """
import os
import time
from pathlib import Path
import tuners
from sklearn.tree import DecisionTreeClassifier

tuners.register_model(tuners.Model("tree", DecisionTreeClassifier(), {"max_depth": [1, 2, 3, 4, 5, 6]}))

def noted(seed, number):
    with Path(os.environ["NOTES"]).open("a") as file:
        file.write(f"{seed} {number} {os.getpid()}\\n")

@tuners.tuner
def slow(objective, seed):
    for number in range(objective.remaining):
        noted(seed, number)
        objective({"max_depth": 1 + number % 6})
        time.sleep(0.5)
"""
CELLS = (
    "-p", "tuners.plugin", *PLAIN, "--tuning-models=tree", "--tuning-datasets=iris", "--tuning-tuners=slow",
    "--tuning-budget=4", "--tuning-seeds=6", "--tuning-report=out.json",
)  # fmt: skip


@pytest.fixture
def suite(bench: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Make a directory with the suite and a method that notes each evaluation in a file."""
    (bench.path / "conftest.py").write_text(CONFTEST)
    monkeypatch.setenv("NOTES", str(bench.path / "notes"))
    return bench


@pytest.fixture
def cluster(suite: pytest.Pytester) -> Iterator[Processes]:
    """Give processes that end with the test."""
    folder = suite.path / "cluster"
    folder.mkdir()
    with Processes(folder) as processes:
        yield processes


def notes(suite: pytest.Pytester) -> list[list[str]]:
    """Return what was evaluated: seed, number and process of each."""
    file = suite.path / "notes"
    return [line.split() for line in file.read_text().splitlines()] if file.exists() else []


def runs(suite: pytest.Pytester) -> list[dict[str, Any]]:
    """Return the records of the report."""
    found: list[dict[str, Any]] = json.loads((suite.path / "out.json").read_text())["runs"]
    return found


def start(suite: pytest.Pytester, server: forked.Server, *options: str) -> int:
    """Begin a session; return its process number."""
    return server.start(suite.path, *CELLS, *options, out=suite.path / "out.txt", err=suite.path / "err.txt")


def test_a_killed_worker_costs_its_cell_and_nothing_is_run_again(
    suite: pytest.Pytester, cluster: Processes, server: forked.Server
) -> None:
    """The cell has crashed with the trials that were told; another worker runs the rest, each once."""
    address = cluster.start()
    workers = [cluster.add(), cluster.add()]
    session = start(suite, server, f"--tuning-cluster={address}", "--benchmark-save=x")
    until(lambda: len({seed for seed, _, _ in notes(suite)}) >= 2 and len(notes(suite)) >= 4)
    of_worker = {str(each.pid) for each in psutil.Process(workers[0].pid).children(recursive=True)}
    os.kill(workers[0].pid, signal.SIGKILL)
    assert server.wait(session) == pytest.ExitCode.TESTS_FAILED, (suite.path / "out.txt").read_text()
    found = runs(suite)
    crashed = [run for run in found if run["status"] == "crashed"]
    assert [run["status"] for run in found].count("ok") == 5
    assert len(crashed) == 1
    assert crashed[0]["reason"].startswith("its worker tcp://")
    assert crashed[0]["reason"].endswith("died")
    seen = notes(suite)
    assert len({(seed, number) for seed, number, _ in seen}) == len(seen), "something was run again"
    until(lambda: not any(psutil.pid_exists(int(pid)) for pid in of_worker))


def test_a_killed_scheduler_ends_the_session_which_can_be_resumed(
    suite: pytest.Pytester, cluster: Processes, server: forked.Server
) -> None:
    """As Ctrl-C does: the table of what there is; no cell that was finished is run again."""
    address = cluster.start()
    cluster.add()
    cluster.add()
    session = start(suite, server, f"--tuning-cluster={address}")
    until(lambda: len(notes(suite)) > 11)
    assert cluster.scheduler is not None
    os.kill(cluster.scheduler.pid, signal.SIGKILL)
    assert server.wait(session) == pytest.ExitCode.INTERRUPTED, (suite.path / "out.txt").read_text()
    lines = pytest.LineMatcher((suite.path / "out.txt").read_text().splitlines())
    lines.fnmatch_lines(["*Exit: --tuning-cluster=tcp://*: the scheduler is gone*"])
    lines.fnmatch_lines(["cut short: --tuning-resume takes what is finished*"])
    lines.fnmatch_lines(["*evaluation of tuning methods*"])
    before = {seed for seed, number, _ in notes(suite) if number == "3"}
    assert before
    (suite.path / "notes").unlink()
    result = suite.runpytest_subprocess(*CELLS, "--tuning-resume", "--tuning-cluster=local:2")
    assert result.ret == pytest.ExitCode.OK
    assert [run["status"] for run in runs(suite)] == ["ok"] * 6
    assert sum(run["earlier"] for run in runs(suite)) >= len(before) - 2
    assert len({seed for seed, _, _ in notes(suite)}) == sum(not run["earlier"] for run in runs(suite))


def test_a_killed_session_leaves_nothing_running(
    suite: pytest.Pytester, cluster: Processes, server: forked.Server
) -> None:
    """Its workers stay for the next; what they ran for it ends."""
    address = cluster.start()
    worker = cluster.add()
    session = start(suite, server, f"--tuning-cluster={address}", "--tuning-budget=1000")
    until(lambda: len(notes(suite)) > 2)
    os.kill(session, signal.SIGKILL)
    server.wait(session)
    running = {int(pid) for _, _, pid in notes(suite)}
    until(lambda: not any(map(psutil.pid_exists, running)))
    assert worker.poll() is None


def test_a_full_disk_on_a_worker_is_a_reason(suite: pytest.Pytester, cluster: Processes) -> None:
    """Tables are written there: it says which file, and why; nothing hangs."""
    folder = suite.path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=False)  # noqa: S607  the system's
    if mounted.returncode:
        pytest.skip("needs the right to mount a file system")
    try:
        address = cluster.start()
        cluster.add("--local-directory", str(folder))
        result = suite.runpytest_subprocess(
            *CELLS, f"--tuning-cluster={address}", "--tuning-evaluation=recorded", "--tuning-tuners=random"
        )
        assert result.ret in {pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.TESTS_FAILED}
        lines = result.outlines + result.errlines
        assert any(word in line for line in lines for word in ("full", "No space left")), lines
        assert "Traceback" not in "\n".join(lines)
    finally:
        cluster.__exit__()
        subprocess.run(["umount", folder], check=False)  # noqa: S607  the system's


class Hosts:
    """Two hosts: network namespaces with a bridge between them, this machine at one end."""

    def __init__(self) -> None:
        """Make them; raise `CalledProcessError` where that is not permitted."""
        self.names = ("tuners-a", "tuners-b")
        try:
            self._make()
        except subprocess.CalledProcessError:
            self.end()
            raise

    def _make(self) -> None:
        self._do("ip link add tuners-br type bridge")
        self._do("ip addr add 10.213.0.1/24 dev tuners-br")
        self._do("ip link set tuners-br up")
        for number, name in enumerate(self.names, 2):
            self._do(f"ip netns add {name}")
            self._do(f"ip link add {name} type veth peer name eth0 netns {name}")
            self._do(f"ip link set {name} master tuners-br up")
            self._do(f"ip -n {name} addr add 10.213.0.{number}/24 dev eth0")
            self._do(f"ip -n {name} link set eth0 up")
            self._do(f"ip -n {name} link set lo up")

    def slow(self, how: str) -> None:
        """Slow down what the hosts send; skip where the kernel cannot."""
        for name in self.names:
            try:
                self._do(f"ip netns exec {name} tc qdisc add dev eth0 root {how}")
            except subprocess.CalledProcessError as error:
                pytest.skip(f"needs a kernel with {how.split(maxsplit=1)[0]}: {error.stderr.decode().strip()}")

    def at(self, number: int) -> list[str]:
        """Return the command that runs another one on a host."""
        return ["ip", "netns", "exec", self.names[number]]

    def end(self) -> None:
        """Remove them."""
        for command in (*(f"ip netns del {name}" for name in self.names), "ip link del tuners-br"):
            subprocess.run(command.split(), check=False, stderr=subprocess.DEVNULL)

    def _do(self, command: str) -> None:
        subprocess.run(command.split(), check=True, capture_output=True)


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    """Give two hosts; skip where they cannot be made."""
    if shutil.which("ip") is None or shutil.which("tc") is None:
        pytest.skip("needs the commands ip and tc (iproute2)")
    try:
        made = Hosts()
    except subprocess.CalledProcessError as error:
        pytest.skip(f"needs the right to make network namespaces: {error.stderr.decode().strip()}")
    yield made
    made.end()


NETWORKS = {
    "fast": "",
    "narrow": "tbf rate 2mbit burst 32kbit latency 400ms",
    "slow": "netem delay 150ms 30ms loss 1% rate 4mbit",
}


@pytest.mark.parametrize("network", NETWORKS)
def test_two_hosts_without_a_shared_disk(
    hosts: Hosts, suite: pytest.Pytester, cluster: Processes, network: str
) -> None:
    """Each has a worker; data in a file travel; figures are those of one process, over a slow network, too."""
    rows = "".join(f"{i % 7},{(i * i) % 11},{'yes' if (i % 7) * 3 > (i * i) % 11 else 'no'}\n" for i in range(120))
    (suite.path / "mine.csv").write_text(f"a,b,y\n{rows}")
    options = (*CELLS, "--tuning-datasets=mine.csv:y", "--tuning-seeds=2")
    suite.runpytest_subprocess(*options, "--benchmark-save=without").assert_outcomes(passed=2)
    cluster.start("--host", "10.213.0.1")
    if NETWORKS[network]:
        hosts.slow(NETWORKS[network])
    for number in range(2):
        cluster.add(before=hosts.at(number))
    until(lambda: cluster.log("worker").count("Registered to") == 2)
    result = suite.runpytest_subprocess(*options, "--benchmark-save=with", f"--tuning-cluster={cluster.file}")
    result.assert_outcomes(passed=2)
    found = {
        name: [each["extra_info"]["trials_sha256"] for each in saved(suite, name)["benchmarks"]]
        for name in ("without", "with")
    }
    assert found["with"] == found["without"]
    # This session was one process, and each cell there had its own.
    assert len({pid for _, _, pid in notes(suite)}) == 3


def test_a_scheduler_that_is_far_away(suite: pytest.Pytester, cluster: Processes) -> None:
    """All that session and workers say to it, and hear from it, takes 150 ms more: nothing fails, and nothing dies."""
    cluster.start("--host", "127.0.0.1")
    with Far(cluster.address, 0.15) as far:
        for _ in range(2):
            cluster.add(at=far.address)
        until(lambda: cluster.log("worker").count("Registered to") == 2)
        result = suite.runpytest_subprocess(*CELLS, f"--tuning-cluster={far.address}")
    result.assert_outcomes(passed=6)
    assert [run["status"] for run in runs(suite)] == ["ok"] * 6
    assert len(notes(suite)) == 24
