#!/usr/bin/env bash
# provision.sh DEST
#
# Puts Visual Studio Code into DEST: code-server, the Node it asks for, Chromium to show it, and the library of the
# generic client. Nothing is compiled: of the native modules that code-server would build, the tests need none, and it
# does without (no terminal, plain logs). It needs npm, whose own configuration names the registry. A second run returns
# at once. When it fails, one line says what and why.
set -euo pipefail
(($# == 1)) || { echo "usage: provision.sh DEST" >&2; exit 2; }
here=$(dirname "$(realpath "$0")") dest=$(realpath -m "$1")

stamp=$dest/provisioned
signature="$dest $(cat "$0" "$here"/{package.json,client/package.json,../provision.sh} | cksum)"
if [[ -f $stamp && $(<"$stamp") == "$signature" ]]; then exit 0; fi

"$here/../provision.sh" trixie "$dest/chromium" chromium-headless-shell

log=$dest/log doing="find npm on this host"
exec 3>&2 >"$log" 2>&1
trap explain EXIT
explain() {
  local status=$? reason
  ((status == 0)) && return
  reason=$(grep -i -m 1 'error' "$log" || tail -n 1 "$log")
  echo "provision.sh: Visual Studio Code: could not $doing: ${reason:-no reason was given}" >&3
}

# Without scripts, npm unpacks and no more: a script would build native modules.
packages() {
  npm install --prefix "$1" --ignore-scripts --omit=dev --no-audit --no-fund --no-package-lock
}

command -v npm || { echo "npm is missing" && exit 1; }
rm -rf "$dest"/{provisioned,node,node_modules,client,package.json}
mkdir -p "$dest/client"
cp "$here/package.json" "$dest"
cp "$here/client/package.json" "$dest/client"
doing="fetch the packages of the generic client"
packages "$dest/client"
doing="fetch code-server"
packages "$dest"
doing="fetch what code-server needs"
packages "$dest/node_modules/code-server/lib/vscode"
doing="find Node 24 for this machine"
ln -s "$dest"/node_modules/node-linux-*/bin/node "$dest/node"
rm "$log"
echo "$signature" >"$stamp"
