#!/usr/bin/env bash
# Says whether the sessions have added to the tables: what is kept already is not kept again.
source "$GITHUB_ACTION_PATH/action/shared.sh"
listed >"$work/tables.after"
if cmp -s "$work/tables.before" "$work/tables.after"; then output changed false; else output changed true; fi
