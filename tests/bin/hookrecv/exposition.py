"""Is standard input Prometheus' text format 0.0.4, strictly, and well behaved?"""
import re
import sys

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?|\+Inf)")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


def check(text):
    assert text.endswith("\n"), "the last line has no end"
    types, helped, seen, order, series = {}, set(), set(), [], {}
    for line in text.split("\n")[:-1]:
        if line.startswith("# HELP "):
            name, said = line[7:].split(" ", 1)
            assert name not in helped and said and said == said.strip(), f"HELP of {name}"
            helped.add(name)
            order.append(name)
            continue
        if line.startswith("# TYPE "):
            name, kind = line[7:].split(" ")
            assert name not in types and order[-1] == name, f"TYPE of {name}"
            assert kind in ("counter", "gauge", "histogram"), kind
            assert (kind == "counter") == name.endswith("_total"), f"name of {name}"
            types[name] = kind
            continue
        match = SAMPLE.fullmatch(line)
        assert match, f"no sample: {line}"
        name, labels, value = match.groups()
        base = name
        if base not in types:
            base = re.sub(r"_(bucket|sum|count)$", "", name)
            assert types.get(base) == "histogram", f"{name} has no TYPE"
        assert base == order[-1], f"{name} stands apart"
        assert (name, labels) not in seen, f"twice: {line}"
        assert not UUID.search(line), f"an id: {line}"
        seen.add((name, labels))
        series.setdefault(base, []).append((name, labels, float(value)))
    for name, kind in types.items():
        if kind == "histogram":
            check_histograms(name, series.get(name, []))


def check_histograms(name, samples):
    """One for each set of labels, of which le is the last."""
    groups = {}
    for each, labels, value in samples:
        others, bound = re.fullmatch(r'(.*?),?(le="[^"]*")?', labels or "").groups()
        groups.setdefault(others, []).append((each, bound, value))
    for group in groups.values():
        check_histogram(name, group)


def check_histogram(name, samples):
    buckets = [(labels, value) for each, labels, value in samples if each == name + "_bucket"]
    bounds = [float(re.fullmatch(r'le="([^"]*)"', labels).group(1)) for labels, _ in buckets]
    counts = [value for _, value in buckets]
    total = [value for each, _, value in samples if each == name + "_count"]
    assert bounds == sorted(set(bounds)) and bounds[-1] == float("inf"), f"bounds of {name}"
    assert counts == sorted(counts) and [counts[-1]] == total, f"counts of {name}"
    assert sum(each == name + "_sum" for each, _, _ in samples) == 1, f"sum of {name}"


check(sys.stdin.read())
