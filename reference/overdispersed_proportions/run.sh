#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript overdispersed_proportions.R
