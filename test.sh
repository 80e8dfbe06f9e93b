#!/usr/bin/env bash
# Sets Plumbline up on Debian 12, builds it, and runs the tests but those labelled slow or bench.
# ./test.sh --all runs the slow ones too; other arguments go to ctest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. cmake/setup.sh
plumbline_build all
filter=(-LE 'slow|bench')
if [ "${1:-}" = --all ]; then filter=(-LE bench); shift; fi
# Two tests at a time: threads that wait must sleep, or each program's waiting takes the core the other computes on.
export OMP_WAIT_POLICY=passive
exec ctest --test-dir build/release --output-on-failure -j2 "${filter[@]}" "$@"
