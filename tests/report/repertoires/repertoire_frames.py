"""Tables of a made-up study of repertoires, as the stages would leave them."""

import numpy as np
import polars as pl

from macroimmune.repertoires.repertoire import READS_STATUS
from macroimmune.results import RESULT_TABLES, conform

HOSTILE = """<script>alert("x")</script>'&"""
DAYS = (-3.0, 21.0, 42.0)
_AMINO = list("ACDEFGHIKLMNPQRSTVWY")


def frame(name, rows):
    """Rows with some of the columns of a table as the whole table."""
    columns = RESULT_TABLES[name].schema
    filled = [dict.fromkeys(columns) | row for row in rows]
    return conform(name, pl.DataFrame(filled, schema=columns))


def repertoire_tables(*, n_participants=4, n_clones=1200, depth=1500, counted="templates", seed=1):
    """Tables by name: blood at three days and a tumour of each participant."""
    rng = np.random.default_rng(seed)
    samples, people = [], []
    for number in range(n_participants):
        person = _Person(f"P{number:03d}", n_clones, rng)
        people.append(person)
        samples.extend(person.samples(depth, counted, rng))
    rows = {
        "repertoires": [one.listed() for one in samples],
        "repertoire_losses": _losses(samples),
        "repertoire_diversity": [row for one in samples for row in one.diversity()],
        "rarefaction": [row for one in samples for row in one.rarefied()],
        "clone_ranks": [row for one in samples for row in one.ranks()],
        "gene_usage": [row for one in samples for row in one.genes()],
        "receptor_neighbours": [row for one in samples for row in one.neighbours()],
        "receptor_clusters": _clusters(rng),
        **_between(people, counted),
        **_cells(people, rng),
    }
    return {name: frame(name, some) for name, some in rows.items()}


class _Person:
    """The clones of a participant and how often they are at each day."""

    def __init__(self, name, n_clones, rng):
        self.name = name
        self.names = ["C" + "".join(rng.choice(_AMINO, 12)) + "F" for _ in range(n_clones)]
        self.v_gene = rng.choice([f"TRBV{k}" for k in range(1, 31)], n_clones, p=_usage(30))
        self.j_gene = rng.choice([f"TRBJ2-{k}" for k in range(1, 8)], n_clones, p=_usage(7))
        share = (1.0 + rng.permutation(n_clones)) ** -1.1
        moved = share * np.exp(rng.normal(0.0, 0.2, n_clones))
        moved[rng.choice(n_clones, 25, replace=False)] *= 20.0
        self.blood = (share, moved, moved)
        self.tumour = share * np.where(rng.random(n_clones) < 0.3, 6.0, 0.1)
        self.repertoires = []

    def samples(self, depth, counted, rng):
        kept = zip((*DAYS, 5.0), ("blood",) * 3 + ("tumour",), (*self.blood, self.tumour),
                   strict=True)  # fmt: skip
        for day, compartment, share in kept:
            size = int(depth * rng.uniform(0.5, 2.0) * (0.3 if compartment == "tumour" else 1.0))
            counts = rng.multinomial(size, share / share.sum())
            self.repertoires.append(_Sample(self, day, compartment, counted, counts))
        return self.repertoires


def _usage(n):
    share = 1.0 / (1.0 + np.arange(n))
    return share / share.sum()


class _Sample:
    """The counts of one sample, and its rows of every table."""

    def __init__(self, person, day, compartment, counted, counts):
        self.person, self.counts, self.counted, self.day = person, counts, counted, day
        self.is_known = counted != "reads"
        self.id = f"{person.name}-{compartment}-{day:g}"
        self.of = {
            "repertoire_id": self.id, "participant_id": person.name, "sample_id": self.id,
            "days_from_treatment_start": day, "compartment": compartment, "chain": "TRB",
            "population": "", "counted": counted,
        }  # fmt: skip
        self.seen = counts[counts > 0]
        self.coverage = 1.0 - (self.seen == 1).sum() / counts.sum()

    def hill(self, order):
        share = self.seen / self.seen.sum()
        if order == 1:
            return float(np.exp(-(share * np.log(share)).sum()))
        return float((share**order).sum() ** (1.0 / (1.0 - order)))

    def listed(self):
        n = self.seen.size
        return self.of | {
            "batch": "run 1", "files": f"{self.id}.tsv", "n_libraries": 2, "n_rows": n + 40,
            "clonotype": "nucleotide CDR3 with V and J gene", "n_counted": int(self.seen.sum()),
            "n_clonotypes": n, "n_singletons": int((self.seen == 1).sum()),
            "is_sampling_known": self.is_known, "status": "" if self.is_known else READS_STATUS,
        }  # fmt: skip

    def diversity(self):
        rows = []
        for measure, value in (
            *((f"hill_{order}", self.hill(order)) for order in (0, 1, 2)),
            ("shannon_clonality", 1.0 - np.log(self.hill(1)) / np.log(self.hill(0))),
        ):
            row = self.of | {"measure": measure, "unit": "clonotypes" * measure.startswith("hill"),
                             "size": float(self.seen.sum())}  # fmt: skip
            rows.append(row | {"basis": "observed", "value": value,
                               "coverage": self.coverage if self.is_known else None})  # fmt: skip
            common = {"value": 0.9 * value, "ci_low": 0.85 * value, "ci_high": 0.95 * value,
                      "coverage": 0.7, "status": ""}  # fmt: skip
            rows.append(row | {"basis": "common coverage"}
                        | (common if self.is_known else {"status": READS_STATUS}))  # fmt: skip
        return rows

    def rarefied(self):
        if not self.is_known:
            return []
        n = float(self.seen.sum())
        return [
            self.of | {
                "order": order, "size": n * part, "value": self.hill(order) * part**power,
                "coverage": min(self.coverage * part**0.3, 1.0),
                "ci_low": 0.95 * self.hill(order) * part**power,
                "ci_high": 1.05 * self.hill(order) * part**power,
                "part": "rarefied" if part < 1 else "observed" if part == 1 else "extrapolated",
            }
            for order, power in ((0, 0.8), (1, 0.4), (2, 0.1))
            for part in (0.05, 0.1, 0.2, 0.4, 0.7, 1.0, 1.3, 1.6, 2.0)
        ]  # fmt: skip

    def ranks(self):
        ordered = np.sort(self.seen)[::-1]
        ranks = [*range(1, min(100, ordered.size)), *range(100, ordered.size + 1, 60)]
        total = ordered.sum()
        return [self.of | {"rank": rank, "count": int(ordered[rank - 1]),
                           "share": ordered[rank - 1] / total} for rank in ranks]  # fmt: skip

    def genes(self):
        rows = []
        for segment, genes in (("V", self.person.v_gene), ("J", self.person.j_gene)):
            mine = genes[self.counts > 0]
            for gene in np.unique(mine):
                n = int((mine == gene).sum())
                share = float(self.counts[genes == gene].sum() / self.counts.sum())
                rows.append(self.of | {"segment": segment, "gene": gene, "n_clonotypes": n,
                                       "share_of_clonotypes": n / mine.size,
                                       "share_of_counts": share})  # fmt: skip
        return rows

    def neighbours(self):
        n = self.seen.size
        return [self.of | {
            "rule": "one substitution, with the same V gene", "n_receptors": n,
            "n_with_neighbour": n // 9, "share_with_neighbour": 1 / 9, "common_size": 500,
            "share_at_common_size": 0.05 + 1e-5 * n, "n_clusters": n // 40, "largest_cluster": 7,
            "share_of_counts": 0.1,
        }]  # fmt: skip


def _losses(samples):
    return [
        {"repertoire_id": one.id, "file": f"{one.id}.tsv", "reason": reason, "n_rows": n,
         "n_counted": counted}
        for one in samples
        for reason, n, counted in (("not productive", 35, 51.0), ("no count", 5, None))
    ]  # fmt: skip


def _clusters(rng):
    return [
        {"cluster": place, "chain": "TRB", "rule": "one substitution, with the same V gene",
         "n_receptors": 40 - place, "n_participants": 1 + place % 3,
         "hub": "TRBV7 C" + "".join(rng.choice(_AMINO, 12)) + "F", "n_neighbours_hub": 20 - place,
         "receptors": "CASSAF;CASSGF"}
        for place in range(1, 20)
    ]  # fmt: skip


def _pair(before, after, pair="baseline"):
    return {
        "participant_id": before.person.name, "compartment": before.of["compartment"],
        "chain": "TRB", "population": "", "counted": before.counted, "pair": pair,
        "before": before.id, "after": after.id, "day_before": before.day, "day_after": after.day,
    }  # fmt: skip


def _between(people, counted):
    tables = {name: [] for name in (
        "clone_changes", "repertoire_changes", "repertoire_turnover", "repertoire_overlap",
        "clone_tracking", "clone_sharing", "novel_tumour_clones",
    )}  # fmt: skip
    for person in people:
        first, second, third, tumour = person.repertoires
        for one, other, pair in ((first, second, "baseline"), (first, third, "baseline"),
                                 (first, second, "neighbouring"),
                                 (second, third, "neighbouring")):  # fmt: skip
            clones, changes = _changes(one, other, tumour, pair)
            tables["clone_changes"].extend(clones)
            tables["repertoire_changes"].append(changes)
        tables["repertoire_overlap"].extend(_overlaps(person.repertoires))
        tables["clone_tracking"].extend(_tracks(person))
        tables["novel_tumour_clones"].extend(
            {"participant_id": person.name, "chain": "TRB", "population": "", "counted": counted,
             "before": tumour.id, "after": "later", "day_before": 5.0, "day_after": 60.0,
             "seen_in": where, "blood": first.id, "n_after": 90, "n_novel": 60,
             "expected_n_novel": 50.0, "n_found": 20, "found_percent": 33.3,
             "found_percent_ci_low": 22.0, "found_percent_ci_high": 46.0, "expected_percent": 60.0,
             "expected_percent_low": 50.0, "expected_percent_high": 70.0}
            for where in ("blood at any time", "blood before treatment")
        )  # fmt: skip
        tables["clone_sharing"].extend(_shared(blood, tumour) for blood in (first, second, third))
    status = "no pair of draws differs from any other: turnover is no evidence of priming"
    tables["repertoire_turnover"] = [
        {"compartment": "blood", "chain": "TRB", "population": "", "counted": counted,
         "timepoint_before": before, "timepoint_after": after, "direction": direction,
         "n_participants": len(people), "mean_percent": percent, "sd_percent": 4.0,
         "status": status}
        for before, after in (("day -3", "day 21"), ("day 21", "day 42"))
        for direction, percent in (("forward", 84.0), ("backward", 86.0))
    ]  # fmt: skip
    return tables


def _changes(one, other, tumour, pair):
    known, n_one, n_other = one.is_known, one.seen.sum(), other.seen.sum()
    clones, n_expanded = [], 0
    for k in np.flatnonzero(one.counts + other.counts).tolist():
        before, after = int(one.counts[k]), int(other.counts[k])
        fold = ((after + 0.5) / n_other) / ((before + 0.5) / n_one)
        is_called = known and before + after > 15 and (fold > 5 or fold < 0.2)
        n_expanded += is_called and fold > 1
        tested = {"p_value": 0.001 if is_called else 0.4, "q_value": 0.02 if is_called else 0.8,
                  "ci_low": fold / 3, "ci_high": fold * 3}  # fmt: skip
        clones.append(_pair(one, other, pair) | (tested if known else {}) | {
            "clonotype": f"{one.person.v_gene[k]}|{one.person.names[k]}|{one.person.j_gene[k]}",
            "junction_aa": one.person.names[k], "count_before": before, "count_after": after,
            "share_before": before / n_one, "share_after": after / n_other, "fold_change": fold,
            "fisher_p": 1e-4 if known else None,
            "call": ("expanded" if fold > 1 else "contracted") if is_called else "",
            "is_singleton_before": before == 1, "is_in_tumour": bool(tumour.counts[k]),
        })  # fmt: skip
    novel = int(((one.counts == 0) & (other.counts > 0)).sum())
    found = {
        "overdispersion": 0.04, "overdispersion_ci_low": 0.02, "overdispersion_ci_high": 0.07,
        "overdispersion_source": "replicates", "n_tested": 120, "n_expanded": n_expanded,
        "n_contracted": 2, "n_fisher": 3 * n_expanded, "expanded_mass_before": 0.02,
        "expanded_mass_after": 0.11, "n_expanded_in_tumour": n_expanded // 2,
        "n_singletons": int((one.seen == 1).sum()), "n_singletons_expanded": n_expanded // 3,
        "n_novel_expected": 0.9 * novel, "n_singletons_by_chance": 0.4,
        "matched_depth": 500, "n_expanded_matched": 2.5,
        "n_repeated_after": other.seen.size,
        "n_repeated_novel": novel, "n_repeated_novel_expected": 0.9 * novel,
        "novel_excess": 0.1 * novel / other.seen.size,
        "novel_excess_ci_low": 0.05, "novel_excess_ci_high": 0.09, "novel_p_value": 0.01,
        "novel_mass_expected": 0.2,
    }  # fmt: skip
    return clones, _pair(one, other, pair) | (found if known else {"status": READS_STATUS}) | {
        "n_after": other.seen.size, "n_novel": novel, "novel_mass": 0.25,
    }  # fmt: skip


def _overlaps(samples):
    rows = []
    for place, one in enumerate(samples):
        for other in samples[place + 1 :]:
            both = (one.counts > 0) & (other.counts > 0)
            rows.append({
                "participant_id": one.person.name, "chain": "TRB", "population": "",
                "counted": one.counted, "one": one.id, "other": other.id,
                "compartment_one": one.of["compartment"], "day_one": one.day,
                "compartment_other": other.of["compartment"], "day_other": other.day,
                "n_one": one.seen.size, "n_other": other.seen.size, "n_shared": int(both.sum()),
                "jaccard": both.sum() / (one.counts + other.counts > 0).sum(),
                "morisita_horn": 0.6, "morisita_horn_ci_low": 0.5, "morisita_horn_ci_high": 0.7,
                "morisita": 0.6,
                "shared_mass_one": one.counts[both].sum() / one.counts.sum(),
                "shared_mass_other": other.counts[both].sum() / other.counts.sum(),
                "absent_percent": 100.0 * (1.0 - both.sum() / other.seen.size),
            })  # fmt: skip
    return rows


def _tracks(person):
    first = person.repertoires[0]
    followed = np.argsort(first.counts)[::-1][:10].tolist()
    moved = np.argsort(person.repertoires[1].counts)[::-1][:4].tolist()
    return [
        one.of | {
            "clonotype": f"{person.v_gene[k]}|{person.names[k]}|{person.j_gene[k]}",
            "junction_aa": person.names[k], "count": int(one.counts[k]),
            "followed_as": "largest at baseline" if k in followed else "expanded",
            "share": one.counts[k] / one.counts.sum(),
        }
        for one in person.repertoires
        for k in dict.fromkeys((*followed, *moved))
    ]  # fmt: skip


def _shared(blood, tumour):
    n = tumour.seen.size
    shared = int(((blood.counts > 0) & (tumour.counts > 0)).sum())
    percent = 100.0 * shared / n
    return {
        "participant_id": blood.person.name, "chain": "TRB", "population": "",
        "counted": blood.counted, "blood": blood.id, "tumour": tumour.id, "day_blood": blood.day,
        "day_tumour": tumour.day, "clonotype": "nucleotide CDR3 with V and J gene", "n_tumour": n,
        "n_shared": shared, "shared_percent": percent, "shared_percent_ci_low": percent - 3,
        "shared_percent_ci_high": percent + 3, "expected_percent": percent + 12,
        "expected_percent_low": percent + 8, "expected_percent_high": percent + 16,
        "shared_mass_tumour": 0.8, "shared_mass_blood": 0.4, "morisita_horn": 0.5,
    }  # fmt: skip


def _cells(people, rng):
    labels = ("cd8_t", "cd4_t", "treg")
    populations, indices, novel = [], [], []
    for person in people:
        for one in person.repertoires:
            populations.extend(
                {name: one.of[name] for name in (
                    "repertoire_id", "participant_id", "sample_id", "days_from_treatment_start",
                    "compartment")} | {
                    "population": label, "n_cells": 300, "n_clonotypes": 200,
                    "mean_clone_size": 1.5, "largest_share": 0.08,
                    "expanded_share": float(rng.uniform(0.1, 0.5)),
                }
                for label in labels
            )  # fmt: skip
        for index in ("expansion", "migration", "transition"):
            for label in labels:
                value = float(rng.uniform(0.05, 0.4))
                indices.append({
                    "participant_id": person.name, "population": label, "index": index,
                    "of": "blood", "other": "" if index != "transition" else "exhausted_cd8",
                    "n_cells": 300, "n_clonotypes": 200, "value": value, "ci_low": value - 0.04,
                    "ci_high": value + 0.04, "expected": 0.2, "p_value": 0.01,
                })  # fmt: skip
        first, second = person.repertoires[:2]
        novel.extend(
            _pair(first, second) | {
                "of_population": label, "n_clonotypes": 200, "n_novel": 120,
                "n_novel_expected": 100.0, "novel_excess": 0.1, "ci_low": 0.02, "ci_high": 0.18,
            }
            for label in labels
        )  # fmt: skip
    indices[0] |= dict.fromkeys(("value", "ci_low", "ci_high", "expected", "p_value")) | {
        "status": "12 cells: fewer than 20"
    }
    return {"clone_populations": populations, "startrac": indices, "novel_phenotypes": novel}
