#!/bin/sh
set -eu
cd "$(dirname "$0")"
Rscript dose_response.R
