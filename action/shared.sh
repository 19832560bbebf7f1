# What the action's steps share: places, and how one side is installed and run. Options are the workflow's own text, as
# what it runs is: quotes in it hold.
set -euo pipefail
work="$RUNNER_TEMP/pytest-tuners"
runs="$work/runs"
reports="$work/reports"
tables="$GITHUB_WORKSPACE/.tuning/tables"
mkdir -p "$work" "$runs" "$reports" "$tables"

output() { echo "$1=$2" >>"$GITHUB_OUTPUT"; }

activate() {
    # Windows' environments have their scripts elsewhere.
    if [ -d "$1/bin" ]; then source "$1/bin/activate"; else source "$1/Scripts/activate"; fi
}

environment() { # of one side: its own, in which the project is installed from the working directory
    # One list, since a failure in the middle ends nothing where a side may fail.
    python -m venv "$1" && activate "$1" && eval "$INSTALL" &&
        python -m pip install --quiet "$GITHUB_ACTION_PATH${EXTRAS:+[$EXTRAS]}"
}

session() { # of one side, in the working directory
    local options tests
    eval "options=($OPTIONS)"
    eval "tests=($TESTS)"
    python -m pytest ${tests[@]+"${tests[@]}"} ${options[@]+"${options[@]}"} --tuning-tables="$tables" --benchmark-storage="file://$runs" "$@"
}

listed() { # the tables, each with its number of rows: a session that only reads changes none
    python - "$tables" <<'END'
import sqlite3, sys
from contextlib import closing
from pathlib import Path

for path in sorted(Path(sys.argv[1]).glob("*.sqlite")):
    with closing(sqlite3.connect(path)) as table:
        print(path.name, *table.execute("SELECT COUNT(*) FROM rows").fetchone())
END
}
