#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript screening.R
