#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript time_varying_effect.R
