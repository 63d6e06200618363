#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript proportional_hazards.R
