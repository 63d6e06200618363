#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript rarefaction.R
