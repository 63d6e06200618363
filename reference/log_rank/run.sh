#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript log_rank.R
