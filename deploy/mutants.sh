#!/bin/sh
# Changes services/domain in small ways and sees whether its tests notice; called by make.
# Usage: deploy/mutants.sh [module ...], such as working_days or rules/timeliness; all without one.
# AGAINST names other tests than those of the domain and the contracts, JOBS how many at a time,
# SAMPLE how many changes to draw and try rather than all.
# The tool wants another click than faust-streaming, so that it has an environment of its own.
set -eu
cd "$(dirname "$0")/.."
work=.mutants
tool=mutmut==3.8.1
python=$PWD/$work/venv/bin/python

wanted="$tool $(cksum <requirements.lock)"
if [ "$(cat $work/.ready 2>/dev/null || true)" != "$wanted" ]; then
    echo "Making $work/venv ..." >&2
    rm -rf $work/venv
    mkdir -p $work
    "${PY:-.venv/bin/python}" -m venv $work/venv
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
    "$python" -m pip install --quiet --disable-pip-version-check "$tool" 2>$work/install.log
    printf '%s' "$wanted" >$work/.ready
fi

# A copy, so that nothing here is changed and the work done before is remembered.
mkdir -p $work/copy
for each in services deploy schemas docs tests bench; do
    rm -rf "$work/copy/$each"
    cp -Rp "$each" "$work/copy/$each"
done
cp -p Makefile README.md $work/copy/
against=
for tests in ${AGAINST:-tests/domain tests/contracts}; do against="$against\"$tests\", "; done
only=
for module in "${@:-*}"; do only="$only\"services/domain/$module.py\", "; done
{
    cat pyproject.toml
    cat <<SETTINGS

[tool.mutmut]
source_paths = ["services/domain"]
process_isolation = "forkserver"  # what one run has cached must not hide a change from the next
only_mutate = [${only%, }]
also_copy = ["services", "deploy", "schemas", "docs", "bench", "README.md", "Makefile"]
pytest_add_cli_args_test_selection = [${against%, }]
pytest_add_cli_args = ["-x", "-p", "no:cacheprovider"]
SETTINGS
} >$work/copy/pyproject.toml
cd $work/copy
set --
if [ -n "${SAMPLE:-}" ]; then
    # The changes have names once they are made, which the tool does only on its way to trying them.
    nice -n 19 "$python" -c 'from mutmut import __main__ as tool
tool.copy_src_dir()
tool.copy_also_copy_files()
tool.setup_source_paths()
tool.create_mutants(1)'
    names=$("$python" ../../deploy/mutants.py mutants "$SAMPLE" untried)
    # shellcheck disable=SC2086  # names hold no blanks
    set -- $names
fi
if [ $# -gt 0 ] || [ -z "${SAMPLE:-}" ]; then
    nice -n 19 "$python" -m mutmut run --max-children "${JOBS:-1}" "$@"
fi
"$python" ../../deploy/mutants.py mutants ${SAMPLE:+"$SAMPLE"}
