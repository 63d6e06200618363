#!/bin/sh
# Compute the truth of the default plan: a million patients (600 MB in a temporary folder, some six
# minutes of computing), then univariable models in R. Writes src/macroimmune/simulator/truth/default_models.csv,
# the small reference beside this script, and versions.txt.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
python=${PYTHON_BIN:-$root/.venv/bin/python}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/small" "$work/default"
PYTHONPATH="$root/src" "$python" "$here/generate.py" "$work/small" small
Rscript "$here/marginal.R" "$work/small" "$work/small_models.csv" 12 > "$work/r.txt"
PYTHONPATH="$root/src" "$python" "$here/generate.py" "$work/default" default
Rscript "$here/marginal.R" "$work/default" "$work/default_models.csv" 9 > "$work/r.txt"
mv "$work/small/patients.csv" "$here/small_patients.csv"
mv "$work/small_models.csv" "$here/small_models.csv"
mv "$work/default_models.csv" "$root/src/macroimmune/simulator/truth/default_models.csv"
{
  cat "$work/r.txt"
  "$python" -c 'import platform, numpy; print("Python", platform.python_version()); print("numpy", numpy.__version__)'
} > "$here/versions.txt"
