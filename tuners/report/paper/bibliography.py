"""The references, read from references.bib: as BibTeX for a paper's own file, and set for the report's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Entry:
    """One reference. Its fields are TeX."""

    key: str
    text: str
    """As BibTeX."""
    fields: dict[str, str]


@cache
def entries() -> dict[str, Entry]:
    """Return all references by key."""
    text = (files("tuners.report.paper") / "references.bib").read_text(encoding="utf-8")
    found = {}
    for entry in re.findall(r"^@.*?^}$", text, re.DOTALL | re.MULTILINE):
        key = re.match(r"@\w+\{(\w+),", entry)
        assert key is not None, entry
        found[key[1]] = Entry(key[1], entry, dict(re.findall(r"^  (\w+) = \{(.*)\},$", entry, re.MULTILINE)))
    return found


def bibtex(keys: Iterable[str]) -> str:
    """Return references as BibTeX."""
    return "\n\n".join(entries()[key].text for key in keys) + "\n"


def item(key: str) -> str:
    r"""Return a reference as a `\bibitem`."""
    entry = entries()[key].fields
    venue = [entry[name] for name in ("journal", "booktitle", "publisher", "note") if name in entry]
    numbers = entry.get("volume", "") + (f"({entry['number']})" if "number" in entry else "")
    where = ", ".join([*venue, *filter(None, [numbers, entry.get("pages")]), entry["year"]])
    link = rf" \url{{https://doi.org/{entry['doi']}}}" if "doi" in entry else ""
    link = link or (rf" \url{{{entry['url']}}}" if "url" in entry else "")
    return f"\\bibitem{{{key}}} {_authors(entry['author'])}. {entry['title']}. {where}.{link}"


def _authors(text: str) -> str:
    """Return authors, given as `Family, Given and Family, Given`, as a list of whole names."""
    names = [" ".join(reversed(name.split(", "))) for name in text.split(" and ")]
    if names[-1] == "others":
        return f"{', '.join(names[:-1])} et al"
    return ", ".join(names).removesuffix(".")
