#!/usr/bin/env bash
# Sets Plumbline up on Debian 12 and opens the studio on a demo project. With arguments: ./run.sh demo --out DIR
# and so on; they are passed to the command line program.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
started_in="$PWD"
cd "$here"
. cmake/setup.sh
plumbline_build plumbline plumbline-studio
bin="$here/build/release/app"
if [ $# -gt 0 ]; then
  cd "$started_in"
  exec "$bin/cli/plumbline" "$@"
fi
project="${PLUMBLINE_DEMO:-$here/demo-project}"
[ -f "$project/project.db" ] || "$bin/cli/plumbline" init "$project"
exec "$bin/studio/plumbline-studio" "$project"
