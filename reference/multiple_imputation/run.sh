#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript multiple_imputation.R
