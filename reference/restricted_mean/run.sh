#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript restricted_mean.R
