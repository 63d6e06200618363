#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript cut_points.R
