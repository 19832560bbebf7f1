"""The GitHub action: its steps are run as a runner runs them, with a `gh` that keeps what it is told."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT
from tests.bench import CONFTEST

yaml = pytest.importorskip("yaml", reason="pip install pyyaml")
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
OPTIONS = (
    "--tuning-models=tree --tuning-datasets=iris --tuning-tuners=default,random --tuning-seeds=4 --tuning-budget=3 "
    "--tuning-repeats=1 --tuning-evaluation=recorded --tuning-jobs=1 -p no:cacheprovider -p tuners.plugin"
)
# A checkout is installed already: the environments that the steps make would take minutes.
PYTHON = """#!/usr/bin/env bash
if [ "$1 $2" = "-m venv" ]; then mkdir -p "$3/bin"; touch "$3/bin/activate"; exit; fi
if [ "$1 $2" = "-m pip" ]; then echo "pip ${*:3}" >>"$INSTALLED"; exit; fi
exec {python} "$@"
"""
GH = """#!/usr/bin/env bash
echo "$*" >>"$ASKED"
[ -z "$REFUSED" ] || exit 1
case "$*" in
*--paginate*) cat "$COMMENTS" ;;
*) cp "$(sed 's/.*body=@//' <<<"$*")" "$ASKED.body" ;;
esac
"""


class Runner:
    """A repository of two commits, and what a runner has around its steps."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.workspace, self.temp = folder, folder / "workspace", folder / "temp"
        self.asked, self.comments, self.installed = (folder / name for name in ("asked", "comments", "installed"))
        for made in (self.workspace / "benchmarks", self.temp, folder / "bin"):
            made.mkdir(parents=True)
        self.comments.write_text("")
        for name, text in (("python", PYTHON.replace("{python}", shlex.quote(sys.executable))), ("gh", GH)):
            (folder / "bin" / name).write_text(text)
            (folder / "bin" / name).chmod(0o755)
        (self.workspace / ".gitignore").write_text(".tuning/\n__pycache__/\n")
        (self.workspace / "benchmarks" / "conftest.py").write_text(CONFTEST)
        shutil.copy(ROOT / "benchmarks" / "test_tuning.py", self.workspace / "benchmarks")
        self.git("init", "--quiet", "--initial-branch=main")
        self.base = self.commit("base")
        self.cache: dict[str, Path] = {}
        self.summary = ""
        self.said = ""

    def git(self, *arguments: str) -> str:
        """Run git in the workspace."""
        by = ("-c", "user.name=a", "-c", "user.email=a@b.invalid")
        return subprocess.run(
            ["git", *by, *arguments],  # noqa: S607  the one on the path
            cwd=self.workspace,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    def commit(self, message: str) -> str:
        """Commit all; return the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", f"--message={message}")
        return self.git("rev-parse", "HEAD")

    def run(self, *, event: str = "pull_request", refused: bool = False, **inputs: str) -> int:
        """Run all steps; return the exit code of the last one. What steps that use other actions do is done here."""
        shutil.rmtree(self.temp)
        self.temp.mkdir()
        given = {name: str(each["default"]) for name, each in ACTION["inputs"].items()} | {"options": OPTIONS} | inputs
        known: dict[str, str] = {f"inputs.{name}": value for name, value in given.items()}
        known |= {"github.run_id": str(len(self.cache)), "github.job": "compare", "github.event_name": event}
        known |= {"inputs.token": "token"}
        if event == "pull_request":
            known |= {"github.event.pull_request.base.sha": self.base, "github.event.pull_request.number": "7"}
        code, self.said, self.summary = 0, "", ""
        for step in STEPS:
            if "if" in step and not _true(step["if"], known):
                continue
            if "uses" in step:
                self._cached(step, known)
                continue
            code, outputs = self._shell(step, known, refused=refused)
            known |= {f"steps.{step.get('id')}.outputs.{name}": value for name, value in outputs.items()}
            known |= {f"steps.{step.get('id')}.outcome": "failure" if code else "success"}
        return code

    def _cached(self, step: Mapping[str, Any], known: dict[str, str]) -> None:
        """Do what actions/cache does: keep a folder under a key, or bring back that of the first key that fits."""
        if not step["uses"].startswith("actions/cache/"):
            return
        path = self.workspace / _filled(step["with"]["path"], known)
        key = _filled(step["with"]["key"], known)
        if "save" in step["uses"]:
            self.cache.setdefault(key, shutil.copytree(path, self.folder / "cache" / key))
            return
        asked = [key, *_filled(step["with"].get("restore-keys", ""), known).split()]
        found = next((name for want in asked for name in reversed(self.cache) if name.startswith(want)), None)
        if found is not None:
            shutil.copytree(self.cache[found], path, dirs_exist_ok=True)
        known[f"steps.{step.get('id')}.outputs.cache-hit"] = "true" if found == key else ""

    def _shell(self, step: Mapping[str, Any], known: Mapping[str, str], *, refused: bool) -> tuple[int, dict[str, str]]:
        output, summary = self.temp / "output", self.temp / "summary"
        for file in (output, summary):
            file.write_text("")
        environment = {
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}", "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(ROOT), "GITHUB_ACTION_PATH": str(ROOT), "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_REPOSITORY": "you/tuner",
            "RUNNER_TEMP": str(self.temp), "ASKED": str(self.asked), "COMMENTS": str(self.comments),
            "INSTALLED": str(self.installed), "REFUSED": "yes" if refused else "",
            **{name: _filled(value, known) for name, value in step.get("env", {}).items()},
        }  # fmt: skip
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(
            command, cwd=self.workspace, env=environment, check=False, capture_output=True, text=True, timeout=400
        )
        self.said += done.stdout + done.stderr
        self.summary += summary.read_text()
        return done.returncode, dict(line.split("=", 1) for line in output.read_text().splitlines())


def _value(expression: str, known: Mapping[str, str]) -> str:
    """Return what an expression of the action says: a name, a text in quotes, or the first of several that is there."""
    for part in expression.split("||"):
        name = part.strip()
        found = name[1:-1] if name.startswith("'") else known.get(name, "")
        if found:
            return found
    return ""


def _filled(text: str, known: Mapping[str, str]) -> str:
    return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: _value(found[1], known), str(text))


def _true(condition: str, known: Mapping[str, str]) -> bool:
    """Whether a step's condition holds; `always()` does."""
    for part in condition.split("&&"):
        found = re.fullmatch(r"\s*(\S+) (==|!=) '(.*)'\s*", part)
        if found and (known.get(found[1], "") == found[3]) is not (found[2] == "=="):
            return False
    return True


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """Return a runner; skip where its shell's tools are not there."""
    if any(shutil.which(name) is None for name in ("bash", "git", "sha256sum")) or sys.platform != "linux":
        pytest.skip("the action's steps need bash and git, as GitHub's runners have them")
    return Runner(tmp_path)


def test_a_pull_request_is_compared_judged_and_told_of(runner: Runner) -> None:
    """The base is run and kept, with the tables; the report of both is a comment, and in the summary."""
    runner.commit("nothing that matters")
    assert runner.run() == 0, runner.said
    assert "compared with" in runner.summary
    kept_run, kept_tables = runner.cache
    assert kept_run.startswith(f"pytest-tuners-run-{runner.base}-")
    assert re.match(r"pytest-tuners-tables-[0-9a-f]{16}-", kept_tables)
    assert "--method POST repos/you/tuner/issues/7/comments" in runner.asked.read_text()
    body = Path(f"{runner.asked}.body").read_text()
    assert body.startswith("<!-- pytest-tuners -->\n# Evaluation of tuning methods")
    assert "identical" in body
    assert runner.installed.read_text().count("pip install --quiet") == 2  # a side each


@pytest.mark.slow
def test_what_was_kept_is_found_again(runner: Runner) -> None:
    """The next run needs no run of the base, adds nothing to the tables, and updates the comment."""
    runner.commit("nothing that matters")
    assert runner.run() == 0, runner.said
    runner.comments.write_text("41\n")
    assert runner.run() == 0, runner.said
    assert "--method PATCH repos/you/tuner/issues/comments/41" in runner.asked.read_text()
    assert len(runner.cache) == 2  # nothing was new
    assert runner.installed.read_text().count("pip install --quiet") == 3


@pytest.mark.slow
def test_a_worse_tuner_fails_and_is_told_of(runner: Runner) -> None:
    """The exit code is the session's, after the comment is written."""
    conftest = runner.workspace / "benchmarks" / "conftest.py"
    conftest.write_text(
        conftest.read_text() + "\n@tuners.tuner\ndef mine(objective, seed):\n    objective({'max_depth': 5})\n"
    )
    runner.base = runner.commit("a tuner")
    conftest.write_text(conftest.read_text().replace("{'max_depth': 5}", "{'max_depth': 1}"))
    runner.commit("a worse one")
    options = OPTIONS.replace("default,random", "default,mine").replace("--tuning-seeds=4", "--tuning-seeds=6")
    assert runner.run(options=options, fail="search:1%\nfailures:0\n") == 1, runner.said
    assert "regressed" in Path(f"{runner.asked}.body").read_text()


@pytest.mark.slow
def test_where_no_comment_can_be_written_the_summary_has_the_report(runner: Runner) -> None:
    """As of a fork, whose token may only read: said in a notice, and no failure."""
    runner.commit("from a fork")
    assert runner.run(refused=True) == 0, runner.said
    assert "# Evaluation of tuning methods" in runner.summary
    assert "::notice title=pytest-tuners::the comment could not be written" in runner.said


@pytest.mark.slow
def test_a_base_that_cannot_run_leaves_the_pull_request_uncompared(runner: Runner) -> None:
    """Such as one without benchmarks: the pull request that brings them passes, and says so."""
    runner.git("rm", "-r", "--quiet", "benchmarks")
    runner.base = runner.commit("no benchmarks")
    runner.git("checkout", "--quiet", "HEAD~1", "--", "benchmarks")
    runner.commit("benchmarks")
    assert runner.run(comment="false") == 0, runner.said
    assert "could not be run: the pull request is not compared" in runner.said
    assert "# Evaluation of tuning methods" in runner.summary
    assert not runner.asked.exists()


def test_a_side_that_cannot_be_installed_is_not_run(runner: Runner) -> None:
    """What would run without it is not the side; the base's step asks in a condition, where bash goes on by itself."""
    step = {"run": 'source "$GITHUB_ACTION_PATH/action/shared.sh"; if environment "$work/base"; then echo it runs; fi'}
    for install, runs in (("true", True), ("false", False)):
        code, _ = runner._shell(step | {"env": {"INSTALL": install, "EXTRAS": "all"}}, {}, refused=False)
        assert (code, "it runs" in runner.said) == (0, runs), runner.said
        runner.said = ""


@pytest.mark.slow
def test_a_base_that_ran_with_other_libraries_is_run_again(runner: Runner, tmp_path: Path) -> None:
    """A release between the two is not the pull request's doing: its base's run is kept under another key."""
    prepare = next(step for step in STEPS if step.get("id") == "prepare")
    given = dict.fromkeys(prepare["env"], "") | {
        "TESTS": "benchmarks",
        "OPTIONS": OPTIONS,
        "INSTALL": "true",
        "NAME": "x",
    }
    release = tmp_path / "site" / "scikit_learn-99.0.dist-info"
    release.mkdir(parents=True)
    (release / "METADATA").write_text("Metadata-Version: 2.1\nName: scikit-learn\nVersion: 99.0\n")
    keys = []
    for path in (ROOT, ROOT, f"{release.parent}{os.pathsep}{ROOT}"):
        step = prepare | {"env": given | {"PYTHONPATH": str(path)}}
        code, outputs = runner._shell(step, {}, refused=False)
        assert code == 0, runner.said
        keys.append(outputs["runs_key"])
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.slow
def test_a_push_keeps_the_run_that_pull_requests_are_compared_with(runner: Runner) -> None:
    """Under the key that a pull request into that commit asks for, so that it needs no run of its base."""
    assert runner.run(event="push") == 0, runner.said
    runner.commit("a pull request")
    assert runner.run() == 0, runner.said
    assert runner.installed.read_text().count("pip install --quiet") == 2
    assert "compared with" in runner.summary


def _checked(schema: str, path: Path) -> None:
    pytest.importorskip("check_jsonschema", reason="pip install check-jsonschema")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_action_keeps_its_schema() -> None:
    """GitHub's, for actions."""
    _checked("github-actions", ROOT / "action.yml")


def test_no_expression_stands_in_a_shell() -> None:
    """What comes from outside reaches the shell as a variable, which is text there whatever is in it."""
    for step in STEPS:
        assert "${{" not in step.get("run", "")
        named = set(re.findall(r"inputs\.([\w-]+)", str(step)))
        assert named <= set(ACTION["inputs"])


def test_the_citation_keeps_its_schema() -> None:
    """That of the Citation File Format; its version is the package's."""
    cff = ROOT / "CITATION.cff"
    _checked("citation-file-format", cff)
    cited = yaml.safe_load(cff.read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (cited["version"], cited["license"]) == (project["version"], project["license"])
