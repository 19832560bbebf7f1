#!/usr/bin/env bash
# Installs the side that is checked out, and says by which keys its base's run and its tables are kept.
source "$GITHUB_ACTION_PATH/action/shared.sh"
environment "$work/head"
base="${BASE_SHA:-$(git rev-parse HEAD)}"
# Runs of other options, of another harness, or with other libraries do not compare: a pull request is judged by what it
# has changed, and not by what was released since its base was run.
harness=$(python -c 'import platform, sys, tuners
from tuners.results.libraries import versions
print(tuners.__version__, *sys.version_info[:2], sys.platform, platform.machine(), versions())')
how=$(python -c 'import hashlib, sys; print(hashlib.sha256("\n".join(sys.argv[1:]).encode()).hexdigest()[:16])' \
    "$harness" "$TESTS" "$OPTIONS" "$EXTRAS")
eval "arguments=($TESTS $OPTIONS)"
# On a line of its own, so that its failure ends the step.
key=$(python -m tuners table key ${arguments[@]+"${arguments[@]}"})
output base "$base"
output runs "$runs"
output reports "$reports"
output runs_key "$NAME-run-$base-$how"
output tables_key "$key"
