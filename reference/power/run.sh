#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript power.R
