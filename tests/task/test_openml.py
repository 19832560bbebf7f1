"""OpenML's datasets and suites, from a cache such as scikit-learn makes, and without a network."""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tuners.errors import TuningError, UnavailableError
from tuners.plan import Plan
from tuners.task import openml

ARFF = "@relation credit\n@attribute age numeric\n@attribute purpose {car,house}\n@attribute id numeric\n@attribute class {good,bad}\n@data\n"  # noqa: E501
NUMBER = 990_031
PLAIN = ("-p", "no:cacheprovider", "-p", "no:randomly", "--tuning-evaluation=plain")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cache with one dataset and one suite of it; the network answers nothing."""
    rows = [
        f"{'?' if i % 9 == 0 else 20 + i * 7 % 50},{'car' if i % 3 else 'house'},{i},{'bad' if i % 4 else 'good'}"
        for i in range(80)
    ]
    content = (ARFF + "\n".join(rows) + "\n").encode()
    url = f"https://api.openml.org/data/v1/download/{NUMBER}/credit.arff"
    description = {
        "id": str(NUMBER), "name": "credit-h", "version": "2", "format": "ARFF", "licence": "CC BY 4.0", "url": url,
        "file_id": str(NUMBER), "default_target_attribute": "class", "md5_checksum": hashlib.md5(content).hexdigest(),  # noqa: S324
        "status": "active", "row_id_attribute": "id", "description": "made for this test",
    }  # fmt: skip
    features = [
        {"index": str(place), "name": name, "data_type": kind, "is_target": str(name == "class").lower(),
         "is_ignore": "false", "is_row_identifier": str(name == "id").lower(), "number_of_missing_values": "0"}
        for place, (name, kind) in enumerate(
            {"age": "numeric", "purpose": "nominal", "id": "numeric", "class": "nominal"}.items()
        )
    ]  # fmt: skip
    listed = [{"did": NUMBER, "name": "credit-h", "version": 2, "status": "active"}]
    write(tmp_path, f"api/v1/json/data/{NUMBER}", {"data_set_description": description})
    write(tmp_path, f"api/v1/json/data/features/{NUMBER}", {"data_features": {"feature": features}})
    write(tmp_path, f"api/v1/json/data/qualities/{NUMBER}", {"data_qualities": {"quality": []}})
    write(tmp_path, "api/v1/json/data/list/data_name/credit-h/limit/2/status/active/", {"data": {"dataset": listed}})
    write(tmp_path, f"data/v1/download/{NUMBER}/credit.arff", content)
    suites = tmp_path / "openml" / "suites"
    suites.mkdir()
    (suites / "990.json").write_text(json.dumps([NUMBER]), encoding="utf-8")
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))

    def refused(*arguments: Any, **options: Any) -> NoReturn:
        message = "no network"
        raise OSError(message)

    monkeypatch.setattr(socket, "getaddrinfo", refused)
    return tmp_path


def write(cache: Path, path: str, content: Any) -> None:
    """Write what OpenML answers where scikit-learn keeps it."""
    file = cache / "openml" / "openml.org" / f"{path}.gz"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(content if isinstance(content, bytes) else json.dumps(content).encode()))


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("name", [f"openml:{NUMBER}", "openml:credit-h"])
def test_a_dataset_by_number_or_name(name: str) -> None:
    """Its target is OpenML's, its row numbers are no feature, and what was decided is said."""
    dataset = openml.read(name, positive="bad")
    assert (dataset.name, dataset.licence, dataset.features) == (name, "CC BY 4.0", ["age", "purpose"])
    assert dataset.notes[0] == f"OpenML {NUMBER}: credit-h, version 2, licence CC BY 4.0"
    assert "age: 9 gaps" in dataset.notes


@pytest.mark.usefixtures("cache")
def test_a_suite_is_its_datasets() -> None:
    """They stand in its place, and other datasets beside it."""
    assert Plan({"datasets": ("iris", "openml-suite:990")}).datasets == ("iris", f"openml:{NUMBER}")


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("name", ["openml:7", "openml:nobody"])
def test_without_a_network_a_dataset_is_unavailable(name: str) -> None:
    """The message says that it is not in the cache, and the remedy."""
    with pytest.raises(
        UnavailableError, match="is not in scikit-learn's cache and OpenML does not answer .*: run once"
    ):
        openml.read(name)


@pytest.mark.usefixtures("cache")
def test_a_session_on_openml(pytester: pytest.Pytester) -> None:
    """Datasets of the cache are tuned on, the header says what was decided, what is missing skips with its reason."""
    pytester.makepyfile("def test_tuning(tune, tuner, problem):\n    tune(tuner, problem)\n")
    pytester.makeconftest(
        "import tuners\nfrom sklearn.tree import DecisionTreeClassifier\n"
        "tuners.register_model(tuners.Model('tree', DecisionTreeClassifier(), {'max_depth': [1, 2]}))\n"
    )
    result = pytester.runpytest(
        "-p", "tuners.plugin", *PLAIN, "--tuning-models=tree", "--tuning-tuners=default", "--tuning-seeds=1",
        "--tuning-datasets=openml-suite:990,openml:7,openml-suite:991",
    )  # fmt: skip
    result.assert_outcomes(passed=1, skipped=2)
    result.stdout.fnmatch_lines(
        [
            f"tuning: openml:{NUMBER}: OpenML {NUMBER}: credit-h, version 2*",
            "*openml:7 is not in scikit-learn's cache*",
        ]
    )


@pytest.mark.usefixtures("cache")
def test_a_dataset_without_one_target_is_refused(cache: Path) -> None:
    """The line names what OpenML says its targets are."""
    features = [
        {
            "index": "0",
            "name": "age",
            "data_type": "numeric",
            "is_target": "false",
            "is_ignore": "false",
            "is_row_identifier": "false",
        }
    ]
    write(cache, f"api/v1/json/data/features/{NUMBER}", {"data_features": {"feature": features}})
    with pytest.raises(TuningError, match=f"dataset 'openml:{NUMBER}': (OpenML does not give it|expected one target)"):
        openml.read(f"openml:{NUMBER}")
