#!/usr/bin/env python3
"""Makes statistics_vectors.json beside this file: what scipy and statsmodels say.

    python3 -m venv venv && venv/bin/pip install scipy==1.17.1 statsmodels==0.15.0
    venv/bin/python tests/unit/gate/make_statistics_vectors.py

The tests read the file; nobody needs scipy to run them.
"""
import json
import math
import pathlib

import numpy
import scipy.stats
from scipy.stats.mstats import trimmed_stde
from statsmodels.stats.multitest import multipletests

TRIMMED_SHARE = 0.2
RESAMPLES = 200_000


def rounded(values):
    """Values that JSON carries exactly, so that both sides compute from the same numbers."""
    return [float(f"{value:.9g}") for value in values]


def log_ratios(random):
    """Paired log-ratios as gates meet them: quiet, with stragglers, of two modes, with ties."""
    cases = [rounded(random.normal(0.01, 0.02, count)) for count in (2, 5, 6, 8, 11, 16, 25, 40)]
    stragglers = random.normal(0.0, 0.01, 20)
    stragglers[[3, 11]] += [0.6, -0.4]
    modes = random.normal(0.0, 0.004, 18) + 0.05 * random.integers(-1, 2, 18)
    return cases + [rounded(stragglers), rounded(modes)]


def trimmed(values, axis=-1):
    return scipy.stats.trim_mean(values, TRIMMED_SHARE, axis=axis)


def paired(cases, random):
    for values in cases:
        vector = {"values": values, "trimmed_mean": float(trimmed(values)),
                  "error": float(trimmed_stde(values, limits=(TRIMMED_SHARE, TRIMMED_SHARE))),
                  "p_greater": float(scipy.stats.wilcoxon(values, alternative="greater",
                                                          method="exact").pvalue)}
        if len(values) >= 6:
            vector["bootstrap"] = []
            for confidence in (0.9, 0.95, 0.99):
                result = scipy.stats.bootstrap(
                    (values,), trimmed, confidence_level=confidence, method="BCa",
                    n_resamples=RESAMPLES, batch=10_000, rng=random)
                low, high = result.confidence_interval
                vector["bootstrap"].append(
                    {"confidence": confidence, "low": float(low), "high": float(high),
                     "error": float(result.standard_error)})
        yield vector


def tied_signed_ranks():
    """All 2^n signs tried: scipy's exact method assumes that there are no ties."""
    for values in ([1.0, 1.0, 2.0, -2.0, 3.0], [0.5, -0.5, 0.5, 0.5, 1.5, 1.5, -1.5, 2.0]):
        ranks = scipy.stats.rankdata(numpy.abs(values))
        observed = sum(rank for rank, value in zip(ranks, values) if value > 0)
        sums = [sum(rank for bit, rank in enumerate(ranks) if choice >> bit & 1)
                for choice in range(2 ** len(values))]
        yield {"values": values,
               "p_greater": sum(total >= observed for total in sums) / len(sums)}


def two_sided(baseline, candidate, shift):
    return scipy.stats.mannwhitneyu([value - shift for value in candidate], baseline,
                                    alternative="two-sided", method="exact").pvalue


def shift_interval(baseline, candidate, confidence):
    """The shifts that the exact test does not reject: found by trying between all differences."""
    differences = sorted(c - b for c in candidate for b in baseline)
    between = [(low + high) / 2 for low, high in zip(differences, differences[1:])]
    if two_sided(baseline, candidate, differences[0] - 1) > 1 - confidence:
        return None
    kept = [i for i, shift in enumerate(between)
            if two_sided(baseline, candidate, shift) > 1 - confidence]
    return [differences[kept[0]], differences[kept[-1] + 1]]


def groups(random):
    for baseline_count, candidate_count in ((1, 1), (3, 4), (4, 4), (6, 6), (5, 9), (12, 10)):
        baseline = rounded(random.normal(0.0, 0.02, baseline_count))
        candidate = rounded(random.normal(0.015, 0.03, candidate_count))
        greater = scipy.stats.mannwhitneyu(candidate, baseline, alternative="greater",
                                           method="exact").pvalue
        yield {"baseline": baseline, "candidate": candidate, "p_greater": float(greater),
               "shift": float(numpy.median([c - b for c in candidate for b in baseline])),
               "interval_95": shift_interval(baseline, candidate, 0.95)}


def median_ratios(random):
    for baseline_count, candidate_count in ((5, 9), (6, 6), (10, 25), (80, 60)):
        baseline = rounded(random.lognormal(-4, 0.02, baseline_count))
        candidate = rounded(random.lognormal(-3.97, 0.03, candidate_count))
        vector = {"baseline": baseline, "candidate": candidate,
                  "estimate": math.log(numpy.median(candidate) / numpy.median(baseline)),
                  "interval_95": None}
        if min(baseline_count, candidate_count) >= 6:
            sides = []
            for samples in (baseline, candidate):
                bounds = scipy.stats.quantile_test(samples, q=0, p=0.5).confidence_interval(0.95)
                sides.append([math.log(value)
                              for value in (bounds[0], numpy.median(samples), bounds[1])])
            (bl, bm, bh), (cl, cm, ch) = sides
            vector["interval_95"] = [cm - bm - math.hypot(cm - cl, bh - bm),
                                     cm - bm + math.hypot(ch - cm, bm - bl)]
        yield vector


def holm(random):
    for p_values in ([0.04], [0.01, 0.04, 0.03, 0.005], [0.2, 0.2, 0.2],
                     rounded(random.uniform(0, 0.1, 6)), rounded(random.uniform(0, 1, 12))):
        yield {"p_values": p_values,
               "adjusted": [float(p) for p in multipletests(p_values, method="holm")[1]]}


def main():
    random = numpy.random.default_rng(20260101)
    vectors = {
        "made_with": {"scipy": scipy.__version__, "numpy": numpy.__version__},
        "bootstrap_resamples": RESAMPLES,
        "paired": list(paired(log_ratios(random), random)),
        "tied_signed_ranks": list(tied_signed_ranks()),
        "groups": list(groups(random)),
        "median_ratios": list(median_ratios(random)),
        "holm": list(holm(random)),
        "normal": [{"share": share, "quantile": float(scipy.stats.norm.ppf(share))}
                   for share in (1e-12, 0.001, 0.025, 0.5, 0.8, 0.975, 0.9999)],
    }
    path = pathlib.Path(__file__).parent / "statistics_vectors.json"
    path.write_text(json.dumps(vectors, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
