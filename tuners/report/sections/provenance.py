"""Provenance: where a report's figures come from, and the command that makes them anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuners.report.document import Report
from tuners.report.section import Block, Chapter, Section
from tuners.report.tables import Table

TITLE = "Provenance"


def provenance(report: Report) -> list[tuple[str, str]]:
    """Return what is known, as pairs of a name and a value."""
    about = report.about
    machine: Mapping[str, Any] = about.get("machine_info") or {}
    cpu: Mapping[str, Any] = machine.get("cpu") or {}
    commit: Mapping[str, Any] = about.get("commit_info") or {}
    session: Mapping[str, Any] = about.get("tuning") or {}
    changed = ", with changes that are not committed" if commit.get("dirty") else ""
    known = {
        "command": session.get("command"),
        "options": ", ".join(f"{name}={value}" for name, value in (session.get("options") or {}).items()),
        "date": about.get("datetime"),
        "commit": f"{commit['id']} ({commit.get('branch')}{changed})" if commit.get("id") else None,
        "machine": " ".join(str(machine[key]) for key in ("system", "release", "machine") if machine.get(key)),
        "processor": f"{cpu.get('brand_raw', 'unknown')}, {cpu.get('count')} logical" if cpu.get("count") else None,
        "threads": session.get("threads"),
        "Python": machine.get("python_version"),
        "libraries": ", ".join(f"{name} {version}" for name, version in (about.get("libraries") or {}).items()),
    }
    pairs = [(name, str(value) if value else "not known") for name, value in known.items()]
    protocols = {record.dataset: record.protocol for record in report.records if record.protocol}
    pairs += [(f"rows of {dataset}", found) for dataset, found in protocols.items()]
    hashes = {record.dataset: record.dataset_sha256 for record in report.records if record.dataset_sha256}
    pairs += [(f"data of {dataset}, SHA-256", found) for dataset, found in hashes.items()]
    notes = {record.dataset: record.dataset_notes for record in report.records if record.dataset_notes}
    pairs += [(f"data of {dataset}", note) for dataset, found in notes.items() for note in found]
    if report.baseline:
        pairs.append(("compared with", report.baseline))
    return pairs


def blocks(report: Report) -> list[Block]:
    """Return what is known, as a table."""
    rows = [list(pair) for pair in provenance(report)]
    return [Block(TITLE, [Table(["what", "value"], rows, caption="Where these figures come from")])]


SECTION = Section(
    key="provenance",
    title=TITLE,
    place=170,
    chapter=Chapter("provenance", TITLE, TITLE),
    blocks=blocks,
    extent="page",
)
