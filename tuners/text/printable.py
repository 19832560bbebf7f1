"""Text from outside (exception messages, names, labels) as one line that is safe to print in a log or a table."""

from __future__ import annotations

import re
import unicodedata

MOST = 300
"""Characters of one piece of text; a message that quotes a whole file would fill the screen."""
CUT = "..."
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")
"""What a terminal obeys: colours, cursor movements (ECMA-48), titles and links (xterm)."""
_COMMANDS = ((re.compile(r"(?<!\S)::"), ": :"), (re.compile(r"##(?=\w*\[)"), "# #"))
"""GitHub obeys `::error::` at the start of a line, which in wrapped text may be any word, and `##[error]` anywhere;
Azure obeys `##vso[...]`, too."""
_UNSEEN = "\u034f\u115f\u1160\u2800\u3164\uffa0"
"""Letters and marks that have no shape."""
_FORMULAS = "=+-@\t\r＝＋－＠"  # noqa: RUF001  the wide forms, which spreadsheets read alike
"""How a cell begins that a spreadsheet takes for a formula (OWASP, "CSV Injection")."""


def printable(text: str, most: int | None = MOST) -> str:
    """Return text as one line without control, bidirectional or zero-width characters and workflow commands.

    It has at most `most` characters; None leaves it uncut. What is printable already stays as it is.
    """
    if text.isascii() and text.isprintable() and "  " not in text and "::" not in text and "##" not in text:
        return _cut(text.strip(), most)
    spaced = "".join(map(_visible, _ESCAPES.sub("", text)))
    line = " ".join(spaced.split())
    for command, harmless in _COMMANDS:
        line = command.sub(harmless, line)
    return _cut(line, most)


def printable_lines(text: str) -> str:
    """Return text of several lines, such as a traceback's, whose columns stay and in which nothing is obeyed."""
    seen = "".join(each if each in " \t\n" else _visible(each) for each in _ESCAPES.sub("", text))
    for command, harmless in _COMMANDS:
        seen = command.sub(harmless, seen)
    return seen


def _visible(character: str) -> str:
    """Return a character that is seen; white space for a line's end, nothing for what only steers the display."""
    category = unicodedata.category(character)
    if character in "\t\n\v\f\r\x85" or category in {"Zl", "Zp", "Zs"}:
        return " "
    if category in {"Cc", "Cf"} or character in _UNSEEN:
        return ""
    # A lone surrogate, which no file can hold, or a character that no standard defines.
    return "\N{REPLACEMENT CHARACTER}" if category[0] == "C" else character


def _cut(line: str, most: int | None) -> str:
    return line if most is None or len(line) <= most else line[: most - len(CUT)].rstrip() + CUT


def message(text: str, most: int) -> str:
    """Return a message of our own as `printable` does, cut in its middle: the remedy stands at its end."""
    line = printable(text, None)
    if len(line) <= most:
        return line
    end = most // 3
    return f"{line[: most - end - len(CUT)]}{CUT}{line[-end:]}"


def cell(text: str) -> str:
    """Return text as a CSV's cell that no spreadsheet takes for a formula; text that is a number stays as it is."""
    if not text.lstrip(" ").startswith(tuple(_FORMULAS)):
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text


def workflow_command(kind: str, said: str, **properties: str) -> str:
    """Return a line that a GitHub workflow obeys, such as `::error title=...::...`; everything in it is escaped."""
    escapes = {"%": "%25", "\r": "%0D", "\n": "%0A"}
    inside = escapes | {":": "%3A", ",": "%2C"}
    about = ",".join(f"{name}={_escaped(value, inside)}" for name, value in properties.items())
    return f"::{kind}{' ' + about if about else ''}::{_escaped(said, escapes)}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)
