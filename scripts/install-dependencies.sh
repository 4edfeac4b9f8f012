#!/usr/bin/env bash
# Installs the Debian packages that building and testing need, or those that are named, and nothing when they are there.
set -euo pipefail

command -v swift > /dev/null || { echo "install-dependencies: no swift in PATH; install a Swift 6.3 toolchain" >&2; exit 1; }
[ $# -gt 0 ] || set -- liblmdb-dev libsimdjson-dev nettle-dev pkg-config gcc g++ libc6-dev zstd curl python3-venv \
    postgresql libpq-dev
missing=()
for package in "$@"; do
    dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2> /dev/null | grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "installing ${missing[*]}"
sudo=()
[ "$(id -u)" -eq 0 ] || sudo=(sudo)
"${sudo[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq "${missing[@]}" > /dev/null
