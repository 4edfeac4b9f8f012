#!/usr/bin/env bash
# Makes a Python environment with packages of PyPI in a folder of the checkout, unless it is there, and prints its python.
#   scripts/python_environment.sh FOLDER PACKAGE==VERSION...
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:?usage: python_environment.sh FOLDER PACKAGE==VERSION...}
shift
if [ "$(cat "$folder/packages" 2> /dev/null)" != "$*" ]; then
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/python" -m pip install -q --disable-pip-version-check "$@" >&2
    echo "$*" > "$folder/packages"
fi
echo "$PWD/$folder/bin/python"
