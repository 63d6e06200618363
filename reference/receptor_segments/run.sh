#!/bin/sh
set -eu
cd "$(dirname "$0")"
if [ ! -d "${MACROIMMUNE_DATA:-}/iokin_tcr" ]; then
  echo "MACROIMMUNE_DATA names no folder with iokin_tcr/: the tables stay as they are"
  exit 0
fi
"${PYTHON:-../../.venv/bin/python}" derive.py
