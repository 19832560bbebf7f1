"""What of the documentation is made, and not written: `python -m benchmarks.documentation [gallery]`.

Puts the tables that are made of the code into the pages of `docs/`; with `gallery`, draws its pictures anew.
"""

from __future__ import annotations

import sys

from benchmarks.documentation.tables import DOCS, filled


def main(names: list[str]) -> None:
    """Write what has changed, and print its name."""
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        if (made := filled(text)) != text:
            page.write_text(made, encoding="utf-8")
            print(page.relative_to(DOCS))
    if "gallery" in names:
        from benchmarks.documentation import gallery  # noqa: PLC0415  it needs a browser

        gallery.draw(DOCS / "gallery")


if __name__ == "__main__":
    main(sys.argv[1:])
