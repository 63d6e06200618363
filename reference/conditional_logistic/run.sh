#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript conditional_logistic.R
