#!/usr/bin/env python3
"""Writes NOTICE: what the binary, the corpus and the web chat hold that others
made, each with its licence. Run in the root of the project after a change of
dependencies; `--check` only compares.
"""
import hashlib, json, pathlib, re, subprocess, sys

HEAD = """Bronwijzer
Copyright (c) the Bronwijzer maintainers
Licensed under the EUPL, version 1.2 only: see LICENSE.

This file is made by .ci/notice.py.


1. THE CORPUS (corpus/)

Five public Dutch texts on the fight against human trafficking, unchanged, each
of its publisher named in corpus/manifest.yaml: two letters of the Dutch
government to the House of Representatives (works of a public authority, free of
copyright by article 11 of the Dutch Copyright Act), two news items of the
National Rapporteur on Trafficking in Human Beings and Sexual Violence against
Children, and one news item of the Centrum tegen Kinderhandel en Mensenhandel,
whose rights stay with them. The questions in corpus/questions.jsonl are ours.
"""


def run(*args):
    return subprocess.run(args, check=True, capture_output=True, text=True).stdout


def modules():
    """The modules that end up in the binary: path, version, folder."""
    out = run("go", "list", "-deps", "-f", "{{with .Module}}{{if .Version}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}", "./cmd/bronwijzer")
    return sorted({tuple(line.split("\t")) for line in out.splitlines() if line})


NAMES = [("Apache License", "Apache License 2.0"), ("Mozilla Public License", "Mozilla Public License 2.0"),
         ("Permission is hereby granted, free of charge", "MIT License"),
         ("Neither the name", "BSD 3-Clause License"), ("Redistribution and use", "BSD 2-Clause License")]


def licence(folder):
    texts = [p for p in sorted(pathlib.Path(folder).iterdir())
             if re.match(r"(?i)(licen[sc]e|copying|notice)", p.name) and p.is_file()]
    if not texts:
        raise SystemExit(f"notice: no licence in {folder}")
    return "\n\n".join("\n".join(l.rstrip() for l in p.read_text(encoding="utf-8", errors="replace").splitlines()) for p in texts)


def main():
    parts = [HEAD, "\n2. THE EMBEDDING MODEL (internal/e5/model.bin)\n\n" + pathlib.Path("internal/e5/NOTICE.txt").read_text(encoding="utf-8")]
    web = pathlib.Path("web/NOTICE.txt")
    if web.exists():
        parts.append("\n3. THE WEB CHAT (web/dist)\n\n" + web.read_text(encoding="utf-8"))
    parts.append("\n4. PDFIUM (in the binary)\n\n" + pathlib.Path("internal/pdf/NOTICE.txt").read_text(encoding="utf-8"))
    rows, texts = [], {}
    for path, version, folder in modules():
        text = licence(folder)
        name = next((n for mark, n in NAMES if mark in text), "see its text")
        number = texts.setdefault(hashlib.sha256(text.encode()).hexdigest(), (len(texts) + 1, text))[0]
        rows.append(f"{path} {version}: {name} [{number}]")
    parts.append("\n5. GO MODULES IN THE BINARY\n\nThe number refers to the text of the licence below.\n\n" + "\n".join(rows) + "\n")
    for number, text in texts.values():
        parts.append(f"\n[{number}] " + "-" * 70 + "\n\n" + text.strip() + "\n")
    notice = "\n".join(parts)
    if "--check" in sys.argv:
        if pathlib.Path("NOTICE").read_text(encoding="utf-8") != notice:
            raise SystemExit("notice: NOTICE is out of date: run .ci/notice.py")
        return
    pathlib.Path("NOTICE").write_text(notice, encoding="utf-8")


main()
