#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript meta_analysis.R
