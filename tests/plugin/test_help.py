"""What pytest says about itself stays whole beside the plugin."""

from __future__ import annotations

import pytest

from tuners.comparison.options import OPTIONS

WITHOUT = ("benchmark", "cacheprovider", "capture", "warnings", "logging", "xdist", "rerunfailures", "repeat")
"""Plugins, pytest's own and others', that a user may have turned off; one that is not installed changes nothing.

Without `terminal`, pytest's own help fails: it is what prints.
"""


@pytest.mark.parametrize("switches", [(), *(("-p", f"no:{name}") for name in WITHOUT)], ids=" ".join)
def test_help(pytester: pytest.Pytester, switches: tuple[str, ...]) -> None:
    """`pytest --help` lists every option and ini key with its text as it is written, whatever is turned off."""
    result = pytester.runpytest_inprocess("-p", "tuners.plugin", *switches, "--help")
    assert result.ret == pytest.ExitCode.OK
    said = " ".join(" ".join(result.outlines).split())
    for option in OPTIONS:
        assert f"{option.flag}{'=' if option.metavar else ' '}" in said
        assert f"{option.dest} (" in said
        assert said.count(option.help) == 2


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        ("--markers", "@pytest.mark.tuning(models=[[]...[]], datasets=[[]...[]])*"),
        ("--fixtures", "tune*"),
        ("--version", "pytest *"),
        ("--trace-config", "*tuners.plugin*"),
    ],
)
@pytest.mark.parametrize("switches", [(), ("-p", "no:benchmark")], ids=" ".join)
def test_what_pytest_lists(pytester: pytest.Pytester, request_: str, line: str, switches: tuple[str, ...]) -> None:
    """Markers, fixtures, version and plugins are listed, with and without pytest-benchmark."""
    result = pytester.runpytest_inprocess("-p", "tuners.plugin", *switches, request_)
    assert result.ret in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
    pytest.LineMatcher(result.outlines + result.errlines).fnmatch_lines([line])
