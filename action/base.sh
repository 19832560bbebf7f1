#!/usr/bin/env bash
# Runs the base: the commit that a pull request goes into, in a checkout and an environment of its own; or, on a push,
# the commit itself, for the pull requests to come.
source "$GITHUB_ACTION_PATH/action/shared.sh"
listed >"$work/tables.before"
if [ "$BASE" = "$(git rev-parse HEAD)" ]; then
    activate "$work/head"
    code=0
    session --benchmark-save=base --tuning-report="$reports/report.md" --tuning-report="$reports/report.html" || code=$?
    output code "$code"
    output saved "$([ "$code" = 0 ] && echo true || echo false)"
    exit 0
fi
git cat-file -e "$BASE^{commit}" 2>/dev/null || git fetch --quiet --no-tags --depth=1 origin "$BASE"
git worktree add --quiet --detach "$work/checkout" "$BASE"
cd "$work/checkout"
# A base without benchmarks, or that cannot be installed, leaves nothing to compare with: the pull request may be what
# brings or mends it.
if (environment "$work/base" && activate "$work/base" && session --benchmark-save=base); then
    output saved true
else
    output saved false
    echo "::notice title=pytest-tuners::the base $BASE could not be run: the pull request is not compared"
fi
