#!/bin/sh
# Makes .venv from requirements.lock, once for each content of the lock. Called by make.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
suits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; }

if ! [ -x .venv/bin/python ] || ! suits .venv/bin/python; then
    python=
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
        if suits "$candidate"; then python=$candidate; break; fi
    done
    if [ -z "$python" ]; then
        say "Referral Watch needs Python 3.11, 3.12, 3.13 or 3.14, and none was found; install one or name it: make PYTHON=/path/to/python3"
        exit 1
    fi
    if [ "$(df -Pk . | awk 'NR==2 {print $4}')" -lt 2000000 ]; then
        say "Referral Watch needs 2 GB of free disk space for its environment, and there is less here."
        exit 1
    fi
    say "Making .venv with $("$python" --version) ..."
    rm -rf .venv
    if ! "$python" -m venv .venv 2>/dev/null; then
        say "This Python cannot make virtual environments; on Debian or Ubuntu install the package python3-venv, then run make again."
        rm -rf .venv
        exit 1
    fi
fi

lock=$(.venv/bin/python -c 'import hashlib; print(hashlib.sha256(open("requirements.lock", "rb").read()).hexdigest())')
if [ "$(cat .venv/.ready 2>/dev/null || true)" = "$lock" ]; then
    touch .venv/.ready
    exit 0
fi

say "Installing $(grep -c '^[a-z].*==' requirements.lock) Python packages (about a minute) ..."
if ! .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
        --require-hashes -r requirements.lock >.venv/install.log 2>&1; then
    say "The Python packages could not be installed: $(grep '^ERROR' .venv/install.log | tail -n 1)"
    say "Check that the package registry can be reached and that the disk is not full (all of it: .venv/install.log), then run make again."
    exit 1
fi
printf '%s' "$lock" >.venv/.ready
