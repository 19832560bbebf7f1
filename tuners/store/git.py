"""What git says of a repository."""

from __future__ import annotations

import subprocess
from pathlib import Path


class GitError(Exception):
    """Git is not there, or has refused; the text is the first line that it said."""


def git(root: Path, *arguments: str, given: bytes | None = None) -> bytes:
    """Return what a git command prints in a folder, `given` on its standard input; raise `GitError`."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments],  # noqa: S607  the user's git
            input=given, capture_output=True, check=True,
        )  # fmt: skip
    except OSError as error:
        raise GitError(str(error)) from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise GitError(said[0] if said else f"git ended with {error.returncode}") from None
    return done.stdout
