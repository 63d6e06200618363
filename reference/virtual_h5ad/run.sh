#!/bin/sh
# Virtual files, opened by anndata in an environment of its own.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
../../.venv/bin/python ours.py "$work" .
if [ -z "${ANNDATA_PYTHON:-}" ]; then
  ../../.venv/bin/python -m venv "$work/venv"
  "$work/venv/bin/python" -m pip install --quiet anndata
  ANNDATA_PYTHON=$work/venv/bin/python
fi
"$ANNDATA_PYTHON" with_anndata.py .
