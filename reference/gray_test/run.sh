#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript gray_test.R
