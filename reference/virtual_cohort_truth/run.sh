#!/bin/sh
# Compute the truth of the virtual cohort: a million patients (200 MB in a temporary folder, seven
# minutes), then univariable fits in R. Writes src/macroimmune/simulator/truth.csv and versions.txt.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
python=${PYTHON_BIN:-$root/.venv/bin/python}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PYTHONPATH="$root/src" "$python" "$here/generate.py" "$work"
Rscript "$here/marginal.R" "$work" "$root/src/macroimmune/simulator/truth.csv" > "$work/r.txt"
{
  cat "$work/r.txt"
  "$python" -c 'import platform, numpy; print("Python", platform.python_version()); print("numpy", numpy.__version__)'
} > "$here/versions.txt"
