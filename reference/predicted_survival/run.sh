#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript predicted_survival.R
