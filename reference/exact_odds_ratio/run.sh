#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript exact_odds_ratio.R
