"""Datasets and suites of OpenML, by scikit-learn's `fetch_openml` and in its cache: `openml:31`, `openml:credit-g`."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

from tuners.errors import MissingExtraError, TuningError, UnavailableError, one_line, require
from tuners.task.dataset import Dataset
from tuners.task.files import of_frame


def read(name: str, **roles: Any) -> Dataset:
    """Return a dataset by its listed name, `openml:` and a number or a name; `roles` are as in `Dataset.from_frame`.

    Raises `UnavailableError` where it is not in the cache and OpenML does not answer, and `TuningError` for one that is
    not there, or has no target.
    """
    from sklearn.datasets import fetch_openml  # noqa: PLC0415  not needed for suites

    wanted = name.removeprefix("openml:")
    which: dict[str, Any] = {"data_id": int(wanted)} if wanted.isdecimal() else {"name": wanted}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of retries, and of several versions: the notes say which it is
            found = fetch_openml(**which, as_frame=True, parser="auto", n_retries=1)
    except OSError as error:  # URLError, HTTPError and time-outs are OSErrors
        raise _silent(name, error) from None
    except (ValueError, KeyError) as error:
        message = f"dataset {name!r}: OpenML does not give it: {one_line(error)}"
        raise TuningError(message) from None
    targets = list(found.target_names or ())
    if len(targets) != 1:
        message = (
            f"dataset {name!r}: expected one target, got {', '.join(targets) or 'none'}: register your own choice of it"
        )
        raise TuningError(message)
    details = found.details
    dataset = Dataset.of_table(
        of_frame(found.frame), targets[0], name=name, about=f"dataset {name!r}", source=f"OpenML {details['id']}",
        licence=details.get("licence", "unknown"), **roles,
    )  # fmt: skip
    said = f"OpenML {details['id']}: {details['name']}, version {details['version']}, licence {dataset.licence}"
    return replace(dataset, notes=(said, *dataset.notes))


def suite(name: str) -> list[str]:
    """Return the datasets of a suite by its name, `openml-suite:` and a number or an alias; kept beside the data.

    Raises `UnavailableError` where they are not known yet and OpenML does not answer.
    """
    from sklearn.datasets import get_data_home  # noqa: PLC0415  loads scikit-learn, for suites alone

    wanted = name.removeprefix("openml-suite:")
    kept = Path(get_data_home(), "openml", "suites", f"{wanted}.json")
    if not kept.is_file():
        try:
            require("openml", extra="openml")
        except MissingExtraError as error:
            message = f"suite {name!r}: {error}"
            raise UnavailableError(message) from None
        import openml  # noqa: PLC0415  an extra

        openml.config.set_retry_policy("human", n_retries=1)  # of five, it waits for minutes
        try:
            found = openml.study.get_suite(int(wanted) if wanted.isdecimal() else wanted).data
        except OSError as error:
            raise _silent(name, error) from None
        except Exception as error:  # noqa: BLE001  the package raises a family of its own, and others
            message = f"suite {name!r}: OpenML does not give it: {one_line(error)}"
            raise TuningError(message) from None
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps([int(each) for each in found or ()]), encoding="utf-8")
    return [f"openml:{number}" for number in json.loads(kept.read_text(encoding="utf-8"))]


def _silent(name: str, error: OSError) -> UnavailableError:
    message = (
        f"{name} is not in scikit-learn's cache and OpenML does not answer ({type(error).__name__}): run once "
        "with a network, or set SCIKIT_LEARN_DATA to a folder that has it"
    )
    return UnavailableError(message)
