#!/usr/bin/env bash
# provision.sh SUITE DEST PACKAGE...
#
# Unpacks programs of a Debian suite into DEST, with the libraries they were built against, and puts starters into
# DEST/bin. It is for Debian and Ubuntu hosts, needs no root, and never changes the host: apt works in folders of its
# own and nothing is installed. Mirrors, proxies and logins are those of the host's apt configuration (DEBIAN_MIRROR
# names another one). The starters hold absolute paths, so DEST cannot be moved. A second run with the same words
# returns at once. When it fails, one line says what and why.
set -euo pipefail
(($# >= 3)) || { echo "usage: provision.sh SUITE DEST PACKAGE..." >&2; exit 2; }
suite=$1 dest=$(realpath -m "$2") packages=("${@:3}")

stamp=$dest/provisioned
signature="$suite $dest ${packages[*]} $(cksum <"$0")"
if [[ -f $stamp && $(<"$stamp") == "$signature" ]]; then exit 0; fi

apt=$dest/apt root=$dest/root log=$dest/log
rm -rf "$dest"
mkdir -p "$dest"
mkdir -p "$apt"/{etc,state/lists/partial,cache/archives/partial} "$root/usr/bound" "$dest/bin"

doing="find apt on this host"
exec 3>&2 >"$log" 2>&1
trap explain EXIT
explain() {
  local status=$? reason
  ((status == 0)) && return
  reason=$(grep -m 1 '^E: ' "$log" || tail -n 1 "$log")
  echo "provision.sh: $suite: could not $doing: ${reason:-no reason was given}" >&3
}

# Everything apt writes goes below DEST. Of the host's settings only those about fetching are taken over: others, such
# as hooks after an update, reach outside.
write_apt_configuration() {
  apt-config dump | { grep -iE '^acquire::(https?|check-|retries|forceipv)' || true; }
  cat <<CONF
Dir::Etc "$apt/etc";
Dir::Etc::netrc "/etc/apt/auth.conf";
Dir::Etc::netrcparts "/etc/apt/auth.conf.d";
Dir::State "$apt/state";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
APT::Sandbox::User "$(id -un)";
APT::Update::Error-Mode "any";
APT::Install-Recommends "false";
Acquire::Languages "none";
CONF
}

# With the host's own sources, but still writing below DEST only.
host_apt_get() {
  APT_CONFIG=$apt/apt.conf apt-get -o "Dir::Etc=/etc/apt" "$@"
}

host_archives() {
  host_apt_get --print-uris update | sed -n "s|^'\(.*\)/dists/.*|\1|p"
}

# An Ubuntu host knows no Debian archive, but its own archive carries Debian's keys and a list of Debian's mirrors.
fetch_debian_keys() {
  mkdir "$apt/debs"
  host_apt_get -o "APT::Update::Error-Mode=" update
  (cd "$apt/debs" && host_apt_get download debian-archive-keyring python-apt-common)
  for deb in "$apt"/debs/*.deb; do dpkg-deb --extract "$deb" "$apt/host"; done
}

default_mirror() {
  sed -n 's/^BaseURI: *//p' "$1/python-apt/templates/Debian.info" | head -n 1
}

# Debian's signature tells its archive from the others that a host may have configured. When none will do, the first
# complaint is left in the log: the first archive is the likeliest one.
read_package_lists() {
  local keys=$1 archive
  for archive in "${@:2}"; do
    echo "deb [signed-by=$keys] $archive $suite main" >"$apt/etc/sources.list"
    if APT_CONFIG=$apt/apt.conf apt-get update; then return; fi
  done
  ((${#@} > 1)) || echo "E: its apt configuration names no archive"
  return 1
}

# Compilers come along with Emacs, which compiles Lisp where it can, and graphics drivers with Chromium; neither is used.
unpack() {
  local deb folder
  for folder in bin sbin lib lib64; do
    mkdir -p "$root/usr/$folder"
    ln -s "usr/$folder" "$root/$folder"
  done
  for deb in "$apt"/cache/archives/*.deb; do
    case $(dpkg-deb --show --showformat '${Package}' "$deb") in
      binutils* | cpp* | gcc-* | libc6-dev | libgcc-*-dev | linux-libc-dev | perl | libllvm* | libz3-* | mesa-*) continue ;;
    esac
    dpkg-deb --fsys-tarfile "$deb" | tar --extract --directory "$root" --keep-directory-symlink --no-same-owner \
      --exclude './usr/share/doc' --exclude './usr/share/man' --exclude './usr/share/info' \
      --exclude './usr/share/locale' --exclude './usr/lib/*/gconv' --exclude './etc' --exclude './var'
  done
}

# starter NAME PROGRAM [ENVIRONMENT [OPTION]]: a copy of the program bound to the unpacked libraries, and a script that
# starts it. Only that copy is bound: what it starts in turn (shells, language servers) runs with the host's libraries.
starter() {
  local bound=$root/usr/bound/$1
  cp -L "$2" "$bound"
  "$loader" --library-path "$libraries" "$root/usr/bin/patchelf" \
    --set-interpreter "$loader" --force-rpath --set-rpath "$libraries" "$bound"
  printf '#!/bin/sh\n%s exec %s %s "$@"\n' "${3:-}" "$bound" "${4:-}" >"$dest/bin/$1"
  chmod +x "$dest/bin/$1"
}

emacs_starters() {
  local version programs lisp data
  version=$(basename "$root"/usr/share/emacs/[0-9]*)
  programs=$(echo "$root/usr/libexec/emacs/$version"/*)
  data=$root/usr/share/emacs/$version/etc
  lisp=$(find "$root/usr/share/emacs/$version/lisp" -type d ! -name obsolete -printf '%p:')
  starter emacs "$root/usr/bin/emacs-nox" \
    "EMACSLOADPATH=${lisp%:} EMACSDATA=$data EMACSDOC=$data EMACSPATH=$programs" "--dump-file=$(echo "$programs"/*.pdmp)"
  starter emacsclient "$root/usr/bin/emacsclient.emacs"
}

# Chromium looks for its data beside itself, for fonts where the host would have them, and for the innards of its sound
# library where that library says.
chromium_starter() {
  ln -s "$root"/usr/lib/chromium/* "$root/usr/bound"
  rm "$root/usr/bound/chromium-headless-shell"
  echo "<fontconfig><dir>$root/usr/share/fonts</dir><cachedir prefix=\"xdg\">fonts</cachedir></fontconfig>" >"$root/fonts.conf"
  starter chromium-headless-shell "$root/usr/lib/chromium/chromium-headless-shell" \
    "FONTCONFIG_FILE=$root/fonts.conf LD_LIBRARY_PATH=$libraries/pulseaudio"
  rm "$root/usr/lib/chromium/chromium-headless-shell"
}

starters() {
  local package
  libraries=$(echo "$root"/usr/lib/*-linux-gnu*)
  loader=$(echo "$libraries"/ld-linux*)
  for package in "${packages[@]}"; do
    case $package in
      neovim) starter nvim "$root/usr/bin/nvim" "VIMRUNTIME=$root/usr/share/nvim/runtime" ;;
      hx) starter hx "$root/usr/lib/hx/hx" "HELIX_RUNTIME=$root/usr/lib/hx/runtime" ;;
      emacs-nox) emacs_starters ;;
      chromium-headless-shell) chromium_starter ;;
      elpa-*) ;; # nothing to start: Emacs reads it from root/usr/share/emacs/site-lisp/elpa-src
      *) starter "$package" "$root/usr/bin/$package" ;;
    esac
  done
}

command -v apt-get apt-config dpkg-deb
touch "$apt/status"
write_apt_configuration >"$apt/apt.conf"

doing="read the host's apt configuration"
share=/usr/share
archives=$(host_archives | awk '!seen[$0]++')
if [[ ! -e $share/keyrings/debian-archive-keyring.gpg ]]; then
  doing="get Debian's archive keys from this host's own archive"
  fetch_debian_keys
  share=$apt/host/usr/share
  archives+=" $(default_mirror "$share")"
fi
doing="find the suite in an archive that this host knows"
# shellcheck disable=SC2086
read_package_lists "$share/keyrings/debian-archive-keyring.gpg" ${DEBIAN_MIRROR:-$archives}
doing="fetch ${packages[*]}"
APT_CONFIG=$apt/apt.conf apt-get install --yes --download-only "${packages[@]}" patchelf
doing="unpack ${packages[*]}"
unpack
doing="bind the programs to their libraries"
starters
rm -rf "$apt" "$log"
echo "$signature" >"$stamp"
