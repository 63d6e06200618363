#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript time_dependent.R
