#!/bin/sh
# Writes genes.csv and library.csv of the simulator; MACROIMMUNE_DATA names the folder of cohorts.
set -eu
cd "$(dirname "$0")"
../../.venv/bin/python calibrate.py ../../src/macroimmune/simulator/cells/data
