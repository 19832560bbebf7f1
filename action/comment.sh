#!/usr/bin/env bash
# Writes the report into the job's summary, and as one comment on the pull request, which further runs update.
source "$GITHUB_ACTION_PATH/action/shared.sh"
report="$reports/report.md"
[ -f "$report" ] || exit 0
cat "$report" >>"$GITHUB_STEP_SUMMARY"
if [ "$COMMENT" != true ] || [ -z "$NUMBER" ]; then exit 0; fi
marker="<!-- $NAME -->"
(echo "$marker" && cat "$report") >"$work/comment.md"

comment() {
    local mine
    # Nobody else's comment is changed, whatever it begins with.
    mine=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments" \
        --jq ".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$marker\"))) | .id") || return 1
    mine=$(head -n 1 <<<"$mine")
    if [ -n "$mine" ]; then
        gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$mine" -F body=@"$work/comment.md"
    else
        gh api --silent --method POST "repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments" -F body=@"$work/comment.md"
    fi
}

# The token of a pull request from a fork may only read.
comment || echo "::notice title=pytest-tuners::the comment could not be written: the report is in the job's summary"
