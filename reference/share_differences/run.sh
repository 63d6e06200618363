#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript share_differences.R
