#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript kaplan_meier.R
