#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript marginal_truth.R
