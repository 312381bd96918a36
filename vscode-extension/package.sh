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
[[ $(uname -sm) == 'Linux x86_64' ]] || { echo "package.sh: this makes the VSIX for linux-x64, on linux-x64 only" >&2; exit 1; }
[[ -x $prefix/bin/pyrometer ]] || { echo "package.sh: no bin/pyrometer in $prefix (cmake --install build --prefix $prefix)" >&2; exit 1; }

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
mkdir -p "$stage/bin" "$stage/lib/licenses"
cp -r package.json README.md LICENSE media "$stage"
node esbuild.mjs "$stage/dist/extension.js" >&3 2>&1

install -m 755 "$prefix/bin/pyrometer" "$stage/bin"
cp -r "$prefix/lib/pyrometer" "$stage/lib"
while read -r library; do
	cp -L "$library" "$stage/lib"
	package=$(dpkg-query -S "*/$(basename "$(realpath "$library")")" | cut -d : -f 1 | head -n 1)
	cp "/usr/share/doc/$package/copyright" "$stage/lib/licenses/$package"
done < <(ldd "$prefix/bin/pyrometer" | sed -n 's/.* => \(.*\) (0x.*/\1/p' | grep -vE '/(libc|libm|libgcc_s|libstdc\+\+)\.so')
strip --strip-debug "$stage/bin/pyrometer" "$stage"/lib/pyrometer/*.so
# DT_RPATH, which libraries of libraries are looked for in as well. Unlike LD_LIBRARY_PATH, no profiled program inherits it.
patchelf --force-rpath --set-rpath '$ORIGIN/../lib' "$stage/bin/pyrometer"

vsce=$PWD/node_modules/.bin/vsce
(cd "$stage" && "$vsce" package --no-dependencies --skip-license --allow-missing-repository --target linux-x64 --out "$vsix") >&3 2>&1
echo "$vsix"
