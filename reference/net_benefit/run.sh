#!/bin/sh
# dcurves in an environment of its own, removed afterwards; it needs Python and a package index.
set -eu
cd "$(dirname "$0")"
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
"${PYTHON:-python3}" -m venv "$place"
"$place/bin/python" -m pip install --quiet --disable-pip-version-check dcurves==1.1.7 lifelines==0.30.3 "pandas<3"
"$place/bin/python" net_benefit.py
