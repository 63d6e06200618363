#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript roc.R
