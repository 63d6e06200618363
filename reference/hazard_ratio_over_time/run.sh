#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript hazard_ratio_over_time.R
