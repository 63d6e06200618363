#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript mixed_model.R
