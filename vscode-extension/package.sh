#!/usr/bin/env bash
# package.sh PREFIX: makes build/pyrometer-linux-x64.vsix of the extension and of the daemon and sampler that
# `cmake --install` put below PREFIX. All that goes into it is gathered in build/vscode-extension first; the libraries that
# not every system has are put beside the daemon.
set -euo pipefail
cd "$(dirname "$0")"
prefix=$(realpath "${1:?usage: package.sh PREFIX}") || exit
build=$(realpath ..)/build
stage=$build/vscode-extension
vsix=$build/pyrometer-linux-x64.vsix

mkdir -p "$build"
log=$build/vscode-extension.log
trap '[[ $? == 0 ]] || tail -n 30 "$log" >&2' EXIT
exec 3>"$log"
if [[ node_modules/.package-lock.json -ot package-lock.json ]]; then
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&3 2>&1
	touch node_modules/.package-lock.json
fi
npx --no-install tsc --noEmit >&3 2>&1

rm -rf "$stage"
mkdir -p "$stage"
cp -r package.json README.md LICENSE media "$stage"
node esbuild.mjs "$stage/dist/extension.js" >&3 2>&1

../.ci/portable "$prefix" "$stage" libgcc_s libstdc++ >&3 2>&1

vsce=$PWD/node_modules/.bin/vsce
(cd "$stage" && "$vsce" package --no-dependencies --skip-license --allow-missing-repository --target linux-x64 --out "$vsix") >&3 2>&1
echo "$vsix"
