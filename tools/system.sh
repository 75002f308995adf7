#!/usr/bin/env bash
# Installs what a fresh Debian-like machine lacks, or says what is missing and fails. Arguments: build, browser,
# database, node, server.
set -euo pipefail

missing=()

lacks_build() {
    command -v python3 >/dev/null || missing+=(python3)
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
    command -v make >/dev/null || missing+=(make)
}

lacks_browser() {
    if [ -n "${BAOLEI_CHROMIUM:-}" ]; then
        [ -x "$BAOLEI_CHROMIUM" ] || { echo "BAOLEI_CHROMIUM is $BAOLEI_CHROMIUM: there is no such program" >&2; exit 1; }
    elif ! command -v chromium chromium-browser google-chrome >/dev/null; then
        missing+=(chromium)
    fi
    command -v fc-list >/dev/null || missing+=(fontconfig)
    [ -n "$(fc-list :lang=zh family 2>/dev/null)" ] || missing+=(fonts-noto-cjk)
    # The program that drives the browser in the tests is linked against it, and a small Debian lacks it.
    python3 -c 'import ctypes; ctypes.CDLL("libatomic.so.1")' 2>/dev/null || missing+=(libatomic1)
}

lacks_database() {
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
}

# npm fetches the Chromiums of old office machines, whose libraries the browser above brings. Node's own packages hold npm,
# Debian's do not.
lacks_node() {
    command -v npm >/dev/null && return
    command -v node >/dev/null || missing+=(nodejs)
    missing+=(npm)
}

# What stands around the program on a server: the tests try the guide with them.
lacks_server() {
    command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || missing+=(nginx)
    command -v logrotate >/dev/null || [ -x /usr/sbin/logrotate ] || missing+=(logrotate)
    command -v openssl >/dev/null || missing+=(openssl)
    command -v systemd-analyze >/dev/null || missing+=(systemd)
}

for need in "$@"; do "lacks_$need"; done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n); fi
if ! command -v apt-get >/dev/null || { [ ${#as_root[@]} -gt 0 ] && ! sudo -n true 2>/dev/null; }; then
    echo "Missing on this machine: ${missing[*]}" >&2
    echo "Install them as the administrator: apt-get install ${missing[*]}" >&2
    echo "(a Chromium elsewhere is named by BAOLEI_CHROMIUM=/path/to/chromium)" >&2
    exit 1
fi

echo "Installing from the system's packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
wait_for=(-o DPkg::Lock::Timeout=300) # another installation may be running
"${as_root[@]}" apt-get "${wait_for[@]}" update -qq </dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "${wait_for[@]}" install -y -qq --no-install-recommends "${missing[@]}" \
    </dev/null >/dev/null
