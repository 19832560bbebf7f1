#!/usr/bin/env bash
# Runs the pull request; compares and judges it where there is a run of its base.
source "$GITHUB_ACTION_PATH/action/shared.sh"
[ -f "$work/tables.before" ] || listed >"$work/tables.before"
activate "$work/head"
judged=()
if find "$runs" -name '*_base.json' | grep -q .; then
    judged=(--benchmark-compare=base)
    while read -r gate; do
        [ -z "$gate" ] || judged+=("--tuning-fail=$gate")
    done <<<"$FAIL"
fi
code=0
# Bash before 4.4, as macOS has it, takes an empty array for an unset variable.
session ${judged[@]+"${judged[@]}"} --tuning-report="$reports/report.md" --tuning-report="$reports/report.html" || code=$?
output code "$code"
