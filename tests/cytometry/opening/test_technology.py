import pytest

from macroimmune.cytometry.opening.technology import detect_technology, isotope_of
from macroimmune.formats import read_fcs_head


@pytest.mark.parametrize(
    ("name", "isotope"),
    [
        ("Nd145Di", ("Nd", 145)),
        ("145Nd_CD4", ("Nd", 145)),
        ("CD45(In115)Dd", ("In", 115)),
        ("(Ir191)Dd", ("Ir", 191)),
        ("Y89Di", ("Y", 89)),
        ("I127Di", ("I", 127)),
        ("Er-166", ("Er", 166)),
        ("BV421-A", None),
        ("Y585-A", None),
        ("Alexa Fluor 700-A", None),
        ("PE-Cy5-A", None),
        ("Nd999Di", None),
        ("CD142", None),
        ("", None),
    ],
)
def test_a_metal_is_an_element_with_a_mass_that_it_has(name, isotope):
    assert isotope_of(name) == isotope


METALS = ["Nd142Di", "Nd143Di", "Nd144Di"]


@pytest.mark.parametrize(
    ("names", "labels", "keywords", "technology", "is_certain"),
    [
        (METALS, None, {}, "mass", True),
        (["A1", "A2", "A3"], ["142Nd_CD3", "143Nd_CD4", "144Nd"], {}, "mass", True),
        (["D1", "D2"], None, {"$CYT": "DVSSCIENCES-CYTOF-6.7"}, "mass", True),
        (["FSC-A", "SSC-A", "FITC-A"], None, {"$CYT": "LSRFortessa"}, "fluorescence", True),
        (["FSC-A", *METALS], None, {}, "mass", False),
        (["Event_length", "D1"], None, {}, "mass", False),
        (["D1", "D2"], None, {}, "fluorescence", False),
        # Two metals could be odd names of dyes.
        (["FSC-A", *METALS[:2]], None, {}, "fluorescence", True),
    ],
)
def test_metals_or_the_instrument_make_mass_cytometry(
    names, labels, keywords, technology, is_certain
):
    found = detect_technology(names, labels or [""] * len(names), keywords)
    assert (found.technology, found.is_certain) == (technology, is_certain)


@pytest.mark.data
def test_public_files_are_told_apart(public_data):
    for path in sorted(public_data.rglob("*.fcs")):
        head = read_fcs_head(path)
        found = detect_technology(head.names, head.antigens, head.keywords)
        expected = "fluorescence" if path.parent.name == "flowsom_wsp" else "mass"
        assert (found.technology, found.is_certain) == (expected, True), path.name
