#!/usr/bin/env bash
# Fetches what the protocol is checked against, and installs nothing: LSP's types as their makers publish them, read into
# DEST/lsp_types.json, and the TypeScript compiler. What is there already is left alone.
#
#   fetch.sh DEST
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
packages=(vscode-languageserver-protocol@3.17.5 typescript@5.6.3)

[[ $# == 1 && $1 != --* ]] || { echo 'usage: fetch.sh DEST' >&2; exit 2; }
mkdir -p "$1"
dest=$(cd "$1" && pwd)
exec 9>"$dest/lock"
flock 9 # two at once take turns
wanted="${packages[*]} $(sha256sum <"$here/read_lsp_types.cjs")"
[[ "$(cat "$dest/complete" 2>/dev/null)" != "$wanted" ]] || exit 0

command -v npm >/dev/null || { echo 'fetch.sh: npm is needed (Debian: nodejs and npm)' >&2; exit 1; }
rm -rf "$dest/complete" "$dest/node_modules" "$dest"/package*.json
npm install --prefix "$dest" --no-audit --no-fund --ignore-scripts --loglevel=error "${packages[@]}" >"$dest/log" 2>&1 ||
	{ echo "fetch.sh: cannot fetch ${packages[*]}:" >&2; tail -n 5 "$dest/log" >&2; exit 1; }
node "$here/read_lsp_types.cjs" "$dest/node_modules" >"$dest/lsp_types.json"
echo "$wanted" >"$dest/complete"
