#!/bin/sh
# Makes the samples that LibreOffice writes (7.4, package libreoffice-writer-nogui)
# of texts that are known: sample_office from a flat OpenDocument file with one of
# everything, letter from a letter of the corpus.
set -e
cd "$(dirname "$0")"
profile=$(mktemp -d)
office() { soffice --headless "-env:UserInstallation=file://$profile" "$@"; }
for format in docx odt; do
	office --convert-to "$format" office.fodt
	mv "office.$format" "sample_office.$format"
done
cp ../../../corpus/001_*.txt letter.txt
office --infilter="Text (encoded):UTF8" --convert-to docx letter.txt
rm -r letter.txt "$profile"
