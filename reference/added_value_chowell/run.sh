#!/bin/sh
set -eu
cd "$(dirname "$0")"
if [ ! -d "${MACROIMMUNE_DATA:-}/loris" ]; then
  echo "MACROIMMUNE_DATA names no folder with loris/: expected.csv stays as it is"
  exit 0
fi
Rscript added_value_chowell.R
