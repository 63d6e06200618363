#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript calibration.R
