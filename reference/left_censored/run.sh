#!/bin/sh
# R's models, then regression on order statistics by statsmodels where `.venv-bench` has it
# (`make bench` makes it; PEER_PYTHON names another).
set -eu
cd "$(dirname "$0")"
Rscript left_censored.R
python=${PEER_PYTHON:-../../.venv-bench/bin/python}
if [ -x "$python" ]; then
  "$python" order_statistics.py
else
  echo "order_statistics.csv left as it is: no $python"
fi
