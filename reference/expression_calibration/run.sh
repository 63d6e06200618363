#!/bin/sh
# Writes genes.csv and library.csv of the simulator.
set -eu
cd "$(dirname "$0")"
if [ ! -d "${MACROIMMUNE_DATA:-}/kang_ifnb" ]; then
  echo "MACROIMMUNE_DATA names no folder with kang_ifnb/: the tables stay as they are"
  exit 0
fi
../../.venv/bin/python calibrate.py ../../src/macroimmune/simulator/cells/data
