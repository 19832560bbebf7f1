#!/usr/bin/env bash
# Installs the side that is checked out, and says by which keys its base's run and its tables are kept.
source "$GITHUB_ACTION_PATH/action/shared.sh"
environment "$work/head"
base="${BASE_SHA:-$(git rev-parse HEAD)}"
# Runs of other options or of another harness do not compare.
harness=$(python -c 'import sys, tuners; print(tuners.__version__, *sys.version_info[:2])')
how=$(printf '%s\n' "$harness" "$TESTS" "$OPTIONS" "$EXTRAS" | sha256sum | cut -c1-16)
eval "arguments=($TESTS $OPTIONS)"
output base "$base"
output runs "$runs"
output reports "$reports"
output runs_key "$NAME-run-$base-$how"
output tables_key "$(python -m tuners table key "${arguments[@]}")"
