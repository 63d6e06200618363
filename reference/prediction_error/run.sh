#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript prediction_error.R
