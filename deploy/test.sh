#!/bin/sh
# Runs every test that is asked for: those on the one running stack and, at the same time, all others.
# Most of either wait, for a broker, a browser or a clock; what one half prints comes when it has ended.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'kill "$beside" 2>/dev/null; exit 130' INT TERM

"$PY" -m pytest -m stack "$@" >"$folder/stack" 2>&1 &
beside=$!
"$PY" -m pytest -m "not stack" "$@"
others=$?
wait "$beside"
stack=$?
cat "$folder/stack"

# 5: nothing was chosen, which is right for one half of a single file, and wrong for both.
[ "$others" = 5 ] && [ "$stack" = 5 ] && exit 5
for half in "$others" "$stack"; do
    [ "$half" = 0 ] || [ "$half" = 5 ] || exit "$half"
done
