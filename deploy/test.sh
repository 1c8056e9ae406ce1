#!/bin/sh
# Runs every test that is asked for: those on the one running stack and, at the same time, all others.
# Most of either wait, for a broker, a browser or a clock; what one half prints comes when it has ended.
set -u

# What tests write is kept in memory where that has room to spare: more than a thousand of them are
# given a database of their own, and a disk lets each commit wait.
roomy() {
    [ "$(df -Pk /dev/shm | awk 'NR==2 {print $4}')" -gt 8000000 ] &&
        [ "$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)" -gt 12000000 ]
}
if roomy 2>/dev/null && folder=$(mktemp -d -p /dev/shm); then
    chmod 711 "$folder"
    export TMPDIR="$folder"
else
    folder=$(mktemp -d)
fi
trap 'rm -rf "$folder"' EXIT
trap 'kill "$beside" 2>/dev/null; wait; exit 130' INT TERM

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
