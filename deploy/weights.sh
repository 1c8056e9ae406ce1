#!/bin/sh
# Trains the weights of matching and prints a line for schemas/policy/matching.toml; called by make.
# Usage: deploy/weights.sh [day from which they hold]. splink is needed for nothing else, so that it
# has an environment of its own.
set -eu
cd "$(dirname "$0")/.."
work=.weights
tools="splink==5.0.0 duckdb==2.0.1 numpy"
python=$PWD/$work/venv/bin/python
compared=$(sed -n 's/^\(rapidfuzz==[^ ]*\).*/\1/p' requirements.lock)

wanted="$tools $compared"
if [ "$(cat $work/.ready 2>/dev/null || true)" != "$wanted" ]; then
    echo "Making $work/venv ..." >&2
    rm -rf $work/venv
    mkdir -p $work
    "${PY:-.venv/bin/python}" -m venv $work/venv
    # shellcheck disable=SC2086  # several names
    "$python" -m pip install --quiet --disable-pip-version-check $wanted 2>$work/install.log
    printf '%s' "$wanted" >$work/.ready
fi
PYTHONPATH=. nice -n 19 "$python" -m bench.weights "${1:-$(date +%F)}" 2>$work/train.log
