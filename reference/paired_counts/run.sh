#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript paired_counts.R
