#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript cumulative_incidence.R
