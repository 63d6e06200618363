#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript regression_calibration.R
