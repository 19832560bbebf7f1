"""How a text file of a table is written: its encoding, and what stands between its fields."""

from __future__ import annotations

import codecs
import csv
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import charset_normalizer

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "blanks"}
"""What may stand between fields, with its name; of several that serve alike, the first."""
LINES = 200
"""Lines that are looked at."""
BYTES = 200_000
"""Bytes from which an encoding is guessed."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SURE = 0.95
"""The share of lines that agree, from which there is little doubt."""
WESTERN = "cp1252"
LEAST_TOGETHER, SHARE_TOGETHER = 10, 0.25
"""Bytes beyond ASCII that stand together, their number and share, from which another alphabet is looked for."""
LEAST_COHERENCE = 0.05
"""How like a language a text must be, from 0 to 1, to be taken for one in another alphabet."""
MOST_CONTROL = 0.01
"""The share of control characters from which a file, of whose encoding nobody says anything, holds no text."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")
"""Those that no text has: terminals' colours begin with another one, and old files end with one."""
_WIDE = ["utf_7", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le"]
_BREAK = re.compile(r"\r\n|\r|\n")
_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")


@dataclass(frozen=True)
class Dialect:
    """How a file is written."""

    encoding: str
    delimiter: str
    width: int
    """Fields of the widest of the first lines."""
    usual: int
    """Fields of most of them."""
    skipped: int = 0
    """Lines before the header: Excel's `sep=;`, and empty ones."""
    titles: int = 0
    """Lines among those that are titles or comments."""
    guessed: bool = False
    """Whether the encoding is neither said nor UTF-8."""

    @property
    def decimal_comma(self) -> bool:
        """Whether the file is written as where decimals stand behind commas."""
        return self.delimiter == ";"

    @property
    def notes(self) -> list[str]:
        """Say what is not as usual."""
        unusual = []
        if self.encoding not in {"utf-8", "utf-8-sig"}:
            guess = ", a guess (--tuning-encoding for another)" if self.guessed else ""
            unusual.append(f"encoding {self.encoding}{guess}")
        if self.delimiter != ",":
            unusual.append(f"{DELIMITERS[self.delimiter]} between the columns")
        if self.titles:
            unusual.append(f"{self.titles} line{'' if self.titles == 1 else 's'} before the header left out")
        return [f"file: {', '.join(unusual)}"] if unusual else []


def dialect_of(content: bytes, encoding: str = "") -> Dialect:
    """Return how a table is written, by its bytes; `encoding` is what somebody says.

    Raises `UnicodeDecodeError`, and `ValueError` for what is no text, such as an archive or a picture.
    """
    said = encoding
    if said:
        content.decode(said)
    guessed = not encoding and not _is_said(content)
    encoding = encoding or encoding_of(content)
    # Not by `splitlines`, which breaks lines where nobody else does.
    text = content[:BYTES].decode(encoding, errors="ignore")
    if not said and len(_CONTROL.findall(text)) > MOST_CONTROL * len(text):
        message = f"it holds control characters, as no text does{_utf_16(content[:BYTES])}"
        raise ValueError(message)
    lines = _BREAK.split(text)
    if len(content) > BYTES:
        lines = lines[:-1]  # the last one may be cut
    begun = 0
    while begun < len(lines) and not lines[begun].strip(" ;,\t|"):
        begun += 1
    lines = lines[begun : begun + LINES]
    titles = 0
    if lines and lines[0].lower().startswith("sep=") and lines[0][4:5] in DELIMITERS:
        delimiter, begun, lines = lines[0][4], begun + 1, lines[1:]
    else:
        delimiter = _delimiter(lines)
    counts = [len(fields) for fields in _fields(lines, delimiter)]
    usual = Counter(counts[1:] or counts or [0]).most_common(1)[0][0]
    while usual > 1 and titles < len(counts) and _is_title(lines[titles], counts[titles], usual):
        titles += 1
    return Dialect(encoding, delimiter, max(counts, default=0), usual, begun + titles, titles, guessed=guessed)


def _utf_16(content: bytes) -> str:
    """Return how to have bytes read of which every second one is 0, as in UTF-16; nothing for others."""
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = content[start::2]
        if zeros.count(0) > SURE * len(zeros):
            return f", unless it is UTF-16, which --tuning-encoding={encoding}, or encoding=, would say"
    return ""


def _is_title(line: str, fields: int, usual: int) -> bool:
    """Whether a line before the others is a title or a comment, by its fields and those that lines have usually."""
    return fields <= 1 or (line.startswith("#") and fields != usual)


def encoding_of(content: bytes) -> str:
    """Return the encoding: as a byte order mark says, UTF-8 where that can be, else the likeliest of older ones."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _older(content)
    return "utf-8"


def _likeliest(content: bytes) -> str:
    """Return the encoding in which text is the most like a language; nothing where it is like none."""
    best = charset_normalizer.from_bytes(content, cp_exclusion=_WIDE).best()
    if best is None or best.coherence < LEAST_COHERENCE or WESTERN in best.could_be_from_charset:
        return ""
    return best.encoding


def _words(content: bytes) -> bytes:
    """Return the words with letters beyond ASCII: among many digits and delimiters, they are too few to tell."""
    return b" ".join(word for word in _WORD.findall(content) if not word.isascii())


def _is_said(content: bytes) -> bool:
    """Whether a byte order mark, or its being UTF-8, says the encoding."""
    return encoding_of(content).startswith("utf")


def _older(content: bytes) -> str:
    high = [place for place, byte in enumerate(content[:BYTES]) if byte >= 0x80]
    # Western European text has single letters with accents; other alphabets have words of them.
    together = sum(later - earlier == 1 for earlier, later in itertools.pairwise(high))
    best = (
        None
        if together < max(LEAST_TOGETHER, SHARE_TOGETHER * len(high))
        else (_likeliest(content[:BYTES]) or _likeliest(_words(content[:BYTES])))
    )
    found = best or WESTERN
    try:
        content.decode(found)
    except UnicodeDecodeError:
        return "latin-1"  # which decodes anything
    return found


def _delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter by which most lines have as many fields as the header, and more than one."""
    best, most = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        if delimiter not in "".join(lines):
            continue
        counts = [len(fields) for fields in _fields(lines, delimiter) if fields]
        width, same = Counter(counts).most_common(1)[0]
        if width == 1:
            continue
        # Blanks stand inside of texts, too: they divide columns where nothing else does.
        agreement = same / len(counts)
        standing = (agreement if delimiter != " " else min(agreement, 0.5), width)
        if best == "\t" and most[1] == 2 and delimiter == " " and agreement > SURE and _are_numbers(lines):
            return delimiter  # a tab before the last column alone
        if standing[0] > most[0] + 0.1 or (abs(standing[0] - most[0]) <= 0.1 and standing[1] > most[1]):
            best, most = delimiter, standing
    return best


def _are_numbers(lines: Sequence[str]) -> bool:
    """Whether most words of lines, between blanks, are numbers."""
    words = [word for line in lines[1:] for word in line.split()]
    return sum(bool(re.fullmatch(r"[-+]?\d*\.?\d*", word)) for word in words) > len(words) / 2


def _fields(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    if delimiter == " ":
        lines = [line.replace("\t", " ").strip() for line in lines]
    reader = csv.reader([f"{line}\n" for line in lines], delimiter=delimiter, skipinitialspace=True)
    try:
        return list(reader)
    except csv.Error:
        return [line.split(delimiter) for line in lines]
