"""Text from outside as TeX sets it: nothing in it is a command, and pdfLaTeX has a letter for each character."""

from __future__ import annotations

import unicodedata

from tuners.text.printable import printable

SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "'": r"\textquotesingle{}", "`": r"\textasciigrave{}",
    "†": r"\textdagger{}", "‡": r"\textdaggerdbl{}", "…": r"\dots{}", "–": r"\textendash{}",  # noqa: RUF001  a dash
    "—": r"\textemdash{}",
    "×": r"$\times$",  # noqa: RUF001  the sign
    "±": r"$\pm$", "≤": r"$\leq$", "≥": r"$\geq$", "→": r"$\rightarrow$",
    "µ": r"$\mu$", "°": r"$^\circ$", "€": r"\texteuro{}",
}  # fmt: skip
"""What TeX reads as more than text, or has no letter for."""
LETTERS = range(0xC0, 0x180)
"""Latin letters with accents, which its T1 fonts have, but for a few."""
LACKING = "ĀāĈĉĊċĒēĔĕĖėĜĝĠġĢģĤĥĦħĨĩĪīĬĭĮįĴĵĶķĸĻļĿŀŅņŉŌōŎŏŖŗŜŝŦŧŨũŪūŬŭŲųŴŵŶŷſ"


def escaped(value: str) -> str:
    """Return text in which TeX sees no command; a character that its fonts lack as its number, U+4E2D."""
    # Ligatures would make another sign of two, such as a dash of two hyphens.
    return "".join(map(_set, unicodedata.normalize("NFC", printable(value, None)))).replace("--", "-{}-")


def _set(character: str) -> str:
    if character in SPECIAL:
        return SPECIAL[character]
    if character.isascii() or (character.isalpha() and ord(character) in LETTERS and character not in LACKING):
        return character
    bare = unicodedata.normalize("NFKD", character)
    if bare[0].isascii() and bare[0].isalpha():
        return bare[0]
    return f"U+{ord(character):04X}"
