#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript false_discovery.R
