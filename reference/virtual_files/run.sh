#!/bin/sh
# Files of ours, opened by five readers that are not ours, each in an environment of its own.
# FCS_READERS_PYTHON names a Python that has flowkit, fcsparser and FlowCal; FCS_READERS_NODE a
# folder of node modules that has fcs. Where they are not given, both are installed.
set -eu
cd "$(dirname "$0")"
here=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
../../.venv/bin/python ours.py "$here"
if [ -z "${FCS_READERS_PYTHON:-}" ]; then
  ../../.venv/bin/python -m venv "$work/venv"
  "$work/venv/bin/python" -m pip install --quiet flowkit fcsparser flowcal
  FCS_READERS_PYTHON=$work/venv/bin/python
fi
if [ -z "${FCS_READERS_NODE:-}" ]; then
  (cd "$work" && npm install --silent --no-save fcs)
  FCS_READERS_NODE=$work/node_modules
fi
"$FCS_READERS_PYTHON" with_python_readers.py ./*.fcs seen.csv versions.txt
NODE_PATH=$FCS_READERS_NODE node with_fcs.js versions.txt seen.csv ./*.fcs
