"""What the model's columns are called: compartment, name for people, unit, kind of cell."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = [
    "CELLS",
    "COMPARTMENTS",
    "Quantity",
    "intervention_words",
    "quantities_of",
    "quantity_of",
    "quantity_words",
    "shown_by_compartment",
]

COMPARTMENTS = {
    "bm": "Bone marrow",
    "bl": "Blood",
    "sp": "Spleen",
    "ln": "Draining node",
    "tu": "Tumour",
    "lu": "Lung",
    "pe": "Other tissue",
    "": "Whole body",
}
CELLS, TO_HEALTHY, DRUG = "10⁹ cells", "× healthy", "dose units"

# Stem of the column, name for people, kind of cell; in the order of the page.
_POPULATIONS = {
    "HSC": ("Stem cells", "progenitor"),
    "MPP": ("Progenitors (MPP)", "progenitor"),
    "GMP": ("GMP", "progenitor"),
    "CDP": ("DC precursors", "progenitor"),
    "CLP": ("Lymphoid progenitors", "progenitor"),
    "Neu": ("Neutrophils", "granulocyte"),
    "PMN": ("PMN-MDSC", "granulocyte"),
    "Eos": ("Eosinophils", "granulocyte"),
    "Mono": ("Monocytes", "monocyte"),
    "MM": ("M-MDSC", "monocyte"),
    "Mac": ("Macrophages", "monocyte"),
    "DC1": ("cDC1", "dendritic"),
    "DC2": ("cDC2", "dendritic"),
    "DC1r": ("Resident cDC1", "dendritic"),
    "DC2r": ("Resident cDC2", "dendritic"),
    "DC1m": ("Migratory cDC1", "dendritic"),
    "DC2m": ("Migratory cDC2", "dendritic"),
    "T8n": ("Naive specific CD8", "lymphocyte"),
    "A8a": ("Primed CD8", "lymphocyte"),
    "A8b": ("Dividing CD8", "lymphocyte"),
    "E8": ("Effector CD8", "lymphocyte"),
    "S8": ("Stem-like CD8", "lymphocyte"),
    "X8": ("Exhausted CD8", "lymphocyte"),
    "D8": ("Terminal CD8", "lymphocyte"),
    "Mem8": ("Memory specific CD8", "lymphocyte"),
    "T4n": ("Naive specific CD4", "lymphocyte"),
    "A4": ("Dividing CD4", "lymphocyte"),
    "E4": ("Effector CD4", "lymphocyte"),
    "Mem4": ("Memory specific CD4", "lymphocyte"),
    "Treg": ("Treg", "lymphocyte"),
    "eTreg": ("Expanded Treg", "lymphocyte"),
    "cTreg": ("Converted Treg", "lymphocyte"),
    "N8": ("Naive CD8", "lymphocyte"),
    "M8": ("Memory CD8", "lymphocyte"),
    "N4": ("Naive CD4", "lymphocyte"),
    "M4": ("Memory CD4", "lymphocyte"),
    "NK": ("NK cells", "lymphocyte"),
    "B": ("B cells", "lymphocyte"),
    "PC": ("Plasma cells", "lymphocyte"),
    "Breg": ("Breg", "lymphocyte"),
    "C8": ("Challenge CD8", "lymphocyte"),
    "Tum": ("Tumour cells", "tumour"),
    "Met": ("Metastatic cells", "tumour"),
    "Dist": ("Distant tumour", "tumour"),
    "CTC": ("Circulating tumour", "tumour"),
}
_SIGNALS = {
    "GCSF": "G-CSF",
    "GMCSF": "GM-CSF",
    "IL6": "IL-6",
    "IL8": "IL-8",
    "IL1b": "IL-1β",
    "CCL2": "CCL2",
    "VEGF": "VEGF",
    "TNF": "TNF",
    "IL10": "IL-10",
    "IL17": "IL-17",
    "IL2": "IL-2",
    "IFN1": "IFN-I",
    "TGFb": "TGF-β",
    "IFNg": "IFN-γ",
}
# Where a column without a compartment of its own belongs.
_PLACES = {"Tum": "tu", "Dist": "tu"}
# What a page shows of a compartment before it is asked for more.
_SHOWN = {
    "bm": ("HSC_bm", "MPP_bm", "GMP_bm", "CDP_bm", "Neu_bm3", "Mono_bm", "M8_bm", "B_bm"),
    "bl": ("Neu_bl", "PMN_bl", "Mono_bl", "MM_bl", "DC1_bl", "DC2_bl", "N8_bl", "M8_bl",
           "E8_bl", "E4_bl", "Treg_bl", "NK_bl"),
    "sp": ("PMN_sp", "MM_sp", "DC1_sp", "DC2_sp", "E8_sp", "N8_sp", "Treg_sp", "Breg_sp"),
    "ln": ("DC1r_ln", "DC1m_ln", "DC2m_ln", "T8n_ln", "A8b_ln", "A4_ln", "Treg_ln", "Breg_ln"),
    "tu": ("Tum", "E8_tu", "S8_tu", "X8_tu", "D8_tu", "Treg_tu", "DC1_tu", "PMN_tu", "MM_tu",
           "Mac_tu", "NK_tu", "IFNg_tu"),
    "lu": ("Met_lu", "PMN_lu", "MM_lu"),
    "": ("GCSF", "GMCSF", "IL6", "IL8", "VEGF", "IL1b", "CCL2", "IL10", "IFN1", "TGFb", "TNF",
         "IL2"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    """One column of the model in the words of the field.

    Parameters
    ----------
    column : str
        As the model spells it.
    name : str
        For people; the column itself where the page knows no better word.
    compartment : str
        One of `COMPARTMENTS`; empty for what has no place.
    unit : str
    cell : str
        Kind of cell, such as `lymphocyte`; empty for what is no cell.
    """

    column: str
    name: str
    compartment: str
    unit: str
    cell: str


def quantity_of(column: str) -> Quantity:
    """Return what a column is.

    Examples
    --------
    >>> quantity_of("PMN_bl").name, quantity_of("Neu_bm3").name, quantity_of("GCSF").unit
    ('PMN-MDSC', 'Neutrophils, stage 3', '× healthy')
    """
    found = re.fullmatch(r"(.+)_([a-z]{2})(\d?)", column)
    is_placed = found is not None and found[2] in COMPARTMENTS
    stem, place, stage = (
        (found[1], found[2], found[3]) if found and is_placed
        else (column, _PLACES.get(column, ""), "")
    )  # fmt: skip
    if stem in _POPULATIONS:
        name, cell = _POPULATIONS[stem]
        return Quantity(column, name + (f", stage {stage}" if stage else ""), place, CELLS, cell)
    signal = stem.removesuffix("_signal")
    if signal in _SIGNALS:
        name = _SIGNALS[signal] + (" after blockade" if signal != stem else "")
        return Quantity(column, name, place, TO_HEALTHY, "")
    return Quantity(column, column, place, "model units", "")


def quantity_words(column: str) -> str:
    """Return name and place of a column.

    Examples
    --------
    >>> quantity_words("PMN_bl"), quantity_words("Tum"), quantity_words("IL6")
    ('PMN-MDSC, blood', 'Tumour cells', 'IL-6')
    """
    one = quantity_of(column)
    is_said = one.compartment and column not in _PLACES
    return one.name + (f", {COMPARTMENTS[one.compartment].lower()}" if is_said else "")


def intervention_words(name: str) -> str:
    """Return the id of an intervention, or of a scenario, as it is read.

    Examples
    --------
    >>> intervention_words("anti_GCSF"), intervention_words("anti_PD1"), intervention_words("a_b")
    ('anti-G-CSF', 'anti-PD1', 'a b')
    """
    target = name.removeprefix("anti_")
    if target != name and target in _SIGNALS:
        return f"anti-{_SIGNALS[target]}"
    if name in _SIGNALS or name.replace("_", "") in _SIGNALS:
        return _SIGNALS[name.replace("_", "")]
    return name.replace("anti_", "anti-").replace("_", " ")


def quantities_of(columns: Iterable[str]) -> tuple[Quantity, ...]:
    """Return what the columns are, those that are neither cell nor cytokine left out."""
    known = (quantity_of(column) for column in columns if column != "day")
    return tuple(one for one in known if one.unit in {CELLS, TO_HEALTHY})


def shown_by_compartment(
    columns: Sequence[str], wanted: Sequence[str] = ()
) -> dict[str, tuple[Quantity, ...]]:
    """Return by compartment what is shown, in the order of reading.

    Parameters
    ----------
    columns : sequence of str
        What there is.
    wanted : sequence of str
        Columns that are asked for; empty: the usual ones of those that there are.
    """
    found = {}
    for place, usual in _SHOWN.items():
        known = [quantity_of(name) for name in wanted] if wanted else map(quantity_of, usual)
        here = tuple(one for one in known if one.compartment == place and one.column in columns)
        if here:
            found[place] = here
    return found
