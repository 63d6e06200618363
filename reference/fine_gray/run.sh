#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript fine_gray.R
