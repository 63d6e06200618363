#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript added_value.R
