"""Cells of a repertoire file to typed columns of receptor chains, row by row judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.formats.codon_translation import amino_acids
from macroimmune.formats.gene_names import imgt_genes, locus_of_gene
from macroimmune.formats.text_rows import TextRows
from macroimmune.repertoires.reading.chain_faults import FaultLog

__all__ = ["CHAIN_COLUMNS", "chains_of_rows"]

CHAIN_COLUMNS = MappingProxyType({
    # Row of the file; the heading is row 1.
    "row": pl.Int64(),
    "cell_id": pl.String(),
    # Null where the file does not say.
    "is_cell": pl.Boolean(),
    "high_confidence": pl.Boolean(),
    # TRB, TRA, ...; 10x writes Multi where V and J are of two loci.
    "locus": pl.String(),
    # IMGT names without allele; null where none is named.
    "v_gene": pl.String(),
    "j_gene": pl.String(),
    "junction": pl.String(),
    "junction_aa": pl.String(),
    # Null where neither the file nor the CDR3 tells.
    "is_productive": pl.Boolean(),
    "is_in_frame": pl.Boolean(),
    "has_stop": pl.Boolean(),
    # What is counted; of cells 1 in every row.
    "count": pl.Int64(),
    # Null where the file has none.
    "umis": pl.Int64(),
    "reads": pl.Int64(),
    "population": pl.String(),
})

_NULLS = ("None", "none", "NA", "na", "N/A", "NaN", "nan", "null", "NULL", "no data")
_TRUE = ("T", "true", "True", "TRUE", "1", "t", "yes", "productive")
_FALSE = ("F", "false", "False", "FALSE", "0", "f", "no", "unproductive", "non-productive")
_TRUTH = dict.fromkeys(_TRUE, True) | dict.fromkeys(_FALSE, False)
_FRAMES = {"in": "In", "out": "Out", "stop": "Stop"}
_ALIKE = ("TRA", "TRD")
# So that the sum over the most rows that are read is still a whole number of 64 bits.
_MAX_COUNT = 10**11


@dataclass(slots=True)
class _Judged:
    """The rows of a block, their texts, and which of them are not usable."""

    texts: dict[str, pl.Series]
    headings: Mapping[str, str]
    rows: NDArray[np.int64]
    is_bad: NDArray[np.bool_]
    counts: pl.Series
    log: FaultLog

    def text(self, field: str) -> pl.Series:
        found = self.texts.get(field)
        return _nulls(len(self.rows), pl.String()) if found is None else found

    def fault(
        self,
        kind: str,
        field: str,
        bad: pl.Series,
        expected: str,
        *,
        found: pl.Series | None = None,
        is_kept: bool = False,
    ) -> None:
        """Note the marked rows; they leave the table unless they are kept, each by one fault."""
        marked = bad.fill_null(value=False) & ~pl.Series(self.is_bad)
        if not marked.any():
            return
        mask = marked.to_numpy()
        self.log.add(
            kind,
            self.rows[mask],
            (self.text(field) if found is None else found).filter(marked),
            column=self.headings.get(field, ""),
            expected=expected,
            counts=self.counts.filter(marked),
            is_kept=is_kept,
        )
        if not is_kept:
            self.is_bad = self.is_bad | mask


def chains_of_rows(
    rows: TextRows, headings: Mapping[str, str], counted: str, log: FaultLog
) -> pl.DataFrame:
    """Return the usable rows of a block as receptor chains.

    Parameters
    ----------
    rows : TextRows
    headings : mapping from str to str
        By entry of `FIELDS`, the column of `rows`.
    counted : str
    log : FaultLog
        Is given what is wrong.

    Returns
    -------
    chains : polars DataFrame
        Columns of `CHAIN_COLUMNS`.
    """
    n = len(rows.rows)
    table = _without_nulls(rows.table)
    texts = {field: table[heading].alias(field) for field, heading in headings.items()}
    judged = _Judged(
        texts, headings, rows.rows, np.zeros(n, dtype=np.bool_), _nulls(n, pl.Int64()), log
    )
    judged.counts = _counts(judged, counted)
    found = {
        "row": pl.Series(rows.rows, dtype=pl.Int64),
        "cell_id": judged.text("cell_id"),
        "is_cell": _truth(judged, "is_cell"),
        "high_confidence": _truth(judged, "high_confidence"),
        "count": judged.counts,
        "umis": judged.counts if counted == "umis" else _whole(judged, "umis", is_kept=True),
        "reads": judged.counts if counted == "reads" else _whole(judged, "reads", is_kept=True),
        "population": judged.text("population"),
    }
    found |= _genes(judged)
    found |= _sequences(judged)
    table = pl.DataFrame([
        found[name].cast(kind).alias(name) for name, kind in CHAIN_COLUMNS.items()
    ])
    return table.filter(~pl.Series(judged.is_bad)) if judged.is_bad.any() else table


def _nulls(n: int, kind: pl.DataType) -> pl.Series:
    return pl.Series([None], dtype=kind).new_from_index(0, n)


def _without_nulls(table: pl.DataFrame) -> pl.DataFrame:
    """Return the texts with the words that stand for nothing as null."""
    has_any = table.select(pl.all().is_in(_NULLS).any())
    names = [name for name in table.columns if has_any[name].item()]
    return table.with_columns(
        pl.when(~pl.col(name).is_in(_NULLS)).then(pl.col(name)).alias(name) for name in names
    )


def _counts(judged: _Judged, counted: str) -> pl.Series:
    """Return what is counted; rows without a usable count are bad."""
    heading, cell = judged.headings["count"], judged.headings.get("cell_id")
    if counted == "cells" and heading == cell:
        text = judged.text("cell_id")
        one = pl.Series([1], dtype=pl.Int64).new_from_index(0, len(text))
        judged.fault("no-count", "cell_id", text.is_null(), "the barcode of a cell")
        return one.set(text.is_null(), None)
    judged.counts = _nulls(len(judged.rows), pl.Int64())
    text = judged.text("count")
    judged.fault("no-count", "count", text.is_null(), "a whole number of 0 or more")
    return _whole(judged, "count", is_kept=False)


def _whole(judged: _Judged, field: str, *, is_kept: bool) -> pl.Series:
    """Return whole numbers of 0 or more; 3.0 is 3, anything else a fault."""
    if field not in judged.texts:
        return _nulls(len(judged.rows), pl.Int64())
    text = judged.text(field)
    found = text.cast(pl.Int64, strict=False)
    if found.null_count() > text.null_count():
        number = text.str.strip_chars().cast(pl.Float64, strict=False)
        is_whole = (number == number.floor()) & (number.abs() < 2**53)
        whole = number.set(~is_whole.fill_null(value=False), None).cast(pl.Int64)
        found = found.fill_null(whole)
    is_outside = ((found < 0) | (found > _MAX_COUNT)).fill_null(value=False)
    bad = (text.is_not_null() & found.is_null()) | is_outside
    if bad.any():
        judged.fault("not-a-count", field, bad, "a whole number of 0 or more", is_kept=is_kept)
        found = found.set(bad, None)
    return found


def _truth(judged: _Judged, field: str) -> pl.Series:
    if field not in judged.texts:
        return _nulls(len(judged.rows), pl.Boolean())
    text = judged.text(field)
    found = text.replace_strict(_TRUTH, default=None, return_dtype=pl.Boolean)
    bad = text.is_not_null() & found.is_null()
    judged.fault("not-a-truth-value", field, bad, "T or F, true or false")
    return found


def _genes(judged: _Judged) -> dict[str, pl.Series]:
    genes = {}
    for field in ("v_gene", "j_gene"):
        text = judged.text(field)
        odd = text.str.len_bytes() != text.str.len_chars()
        judged.fault("not-ascii", field, odd, "the name of a gene in plain letters")
        genes[field] = imgt_genes(text)
        if f"{field}_ties" in judged.texts:
            genes[field] = genes[field].fill_null(imgt_genes(judged.text(f"{field}_ties")))
    v_locus, j_locus = locus_of_gene(genes["v_gene"]), locus_of_gene(genes["j_gene"])
    stated = _stated_locus(judged.text("locus"))
    is_multi = (stated == "Multi").fill_null(value=False)
    differ = _differ(v_locus, j_locus) & ~is_multi
    if differ.any():
        both = judged.text("v_gene") + pl.Series([" and "]) + judged.text("j_gene")
        judged.fault("chains-differ", "v_gene", differ, "V and J genes of one locus", found=both)
    worked_out = j_locus.fill_null(v_locus)
    other = _differ(stated, worked_out) & ~is_multi & ~differ
    judged.fault("chains-differ", "locus", other, "the locus of its genes")
    return {**genes, "locus": stated.fill_null(worked_out)}


def _differ(one: pl.Series, other: pl.Series) -> pl.Series:
    """Return where two loci are named and differ; alpha and delta share V genes."""
    differ = (one != other).fill_null(value=False)
    if not differ.any():
        return differ
    return differ & ~(one.is_in(_ALIKE) & other.is_in(_ALIKE)).fill_null(value=False)


def _stated_locus(text: pl.Series) -> pl.Series:
    """Return loci as IMGT names them: TRB of TCRB, TCRbeta or trb; Multi stays."""
    spelled = text.unique().drop_nulls()
    upper = spelled.str.to_uppercase()
    found = upper.str.extract(r"^TC?R([ABGD])").map_elements("TR{}".format, return_dtype=pl.String)
    found = found.fill_null(upper.str.extract(r"^(IG[HKL])"))
    found = found.zip_with(upper != "MULTI", pl.Series(["Multi"] * len(upper), dtype=pl.String))
    return text.replace_strict(spelled, found, default=None, return_dtype=pl.String)


def _sequences(judged: _Judged) -> dict[str, pl.Series]:
    """Return junction, amino acids, frame, stop and whether it is productive."""
    junction = _letters(
        judged, "junction", "[ACGTN]", "[ACGTNRYSWKMBDHV]", "nucleotides: A, C, G, T or N"
    )
    acids = _letters(
        judged, "junction_aa", "[A-Z]", "[A-Z*_~#?.]", "amino acids in one letter each"
    )
    frame = (
        judged
        .text("frame")
        .str.to_lowercase()
        .replace_strict(_FRAMES, default=None, return_dtype=pl.String)
    )
    junction = _cut_out(judged, junction, acids)
    lacking = acids.is_null() & junction.is_not_null()
    if lacking.any():
        acids = acids.fill_null(amino_acids(junction))
    in_frame = (junction.str.len_bytes() % 3 == 0).fill_null(~acids.str.contains(r"[_~#?]"))
    has_stop = acids.str.contains("*", literal=True)
    if frame.null_count() < len(frame):
        in_frame = (frame != "Out").fill_null(in_frame)
        has_stop = (frame == "Stop").fill_null(has_stop)
    worked_out = in_frame & ~has_stop.fill_null(value=False)
    said = _truth(judged, "productive")
    against = (said & ~worked_out).fill_null(value=False)
    judged.fault(
        "not-productive",
        "productive",
        against,
        "a CDR3 in frame without a stop codon",
        found=acids.fill_null(junction),
        is_kept=True,
    )
    return {
        "junction": junction,
        "junction_aa": acids,
        "is_in_frame": in_frame,
        "has_stop": has_stop,
        "is_productive": said.set(against, value=False).fill_null(worked_out),
    }


def _letters(judged: _Judged, field: str, usual: str, allowed: str, expected: str) -> pl.Series:
    """Return sequences in upper case; other letters than those allowed are a fault."""
    text = judged.text(field)
    if text.str.contains(f"^{usual}+$").all(ignore_nulls=True):
        return text
    found = text.str.strip_chars().str.to_uppercase()
    if field == "junction":
        found = found.str.replace_all("U", "T", literal=True)
    bad = ~found.str.contains(f"^{allowed}+$")
    judged.fault("not-a-sequence", field, bad, expected)
    return found.set(bad.fill_null(value=False), None)


def _cut_out(judged: _Judged, reads: pl.Series, acids: pl.Series) -> pl.Series:
    """Return the CDR3 of longer reads, where columns say where it starts and how long it is."""
    if "length" not in judged.texts:
        return reads
    length = judged.text("length").cast(pl.Int64, strict=False)
    is_whole = (reads.str.len_bytes() == length).fill_null(value=False)
    if is_whole.all():
        return reads
    # Columns of newer exports hold the CDR3 alone, of whatever length they call it.
    is_whole = is_whole | (amino_acids(reads) == acids).fill_null(value=False)
    start = judged.text("start").cast(pl.Int64, strict=False)
    start = start.set((start < 0).fill_null(value=True), None)
    # Exports count the start from 0 or from 1: whichever gives the amino acids that they state.
    cuts = [_slices(reads, start - first, length) for first in (0, 1)]
    translated = [amino_acids(cut) for cut in cuts]
    right = [int((one == acids).sum()) for one in translated]
    best = int(right[1] > right[0])
    against = (translated[best] != acids).fill_null(value=False) & ~is_whole
    judged.fault(
        "not-its-amino-acids",
        "junction",
        against,
        "nucleotides of the amino acids beside them; left empty",
        found=translated[best],
        is_kept=True,
    )
    return reads.zip_with(is_whole, cuts[best].set(against, None))


def _slices(reads: pl.Series, start: pl.Series, length: pl.Series) -> pl.Series:
    table = pl.DataFrame({"read": reads, "start": start, "length": length})
    is_known = pl.all_horizontal(pl.all().is_not_null()) & (pl.col("start") >= 0)
    cut = pl.col("read").str.slice(pl.col("start").clip(0), pl.col("length").clip(0))
    return table.select(pl.when(is_known).then(cut)).to_series()
