"""The lines of the evidence as plain sentences."""

import pytest

from macroimmune.evidence import lookup


@pytest.mark.parametrize(
    ("evidence_id", "sentence"),
    [
        (
            "nlr-1",
            "Low neutrophil to lymphocyte ratio at baseline goes with response to ICI in "
            "melanoma (M/NM).",
        ),
        (
            "m_mdsc-1",
            "Low M-MDSC frequency at baseline goes with longer overall survival with ICI "
            "(anti-CTLA4) in melanoma (M/NM).",
        ),
        (
            "treg_cd45ra_neg_foxp3_hi-1",
            "Low CD45RA- FOXP3hi Treg frequency at baseline goes with less relapse after surgery "
            "in breast cancer.",
        ),
        (
            "pmn_mdsc_on_treatment-1",
            "Low PMN-MDSC frequency after treatment (falls in responders) goes with response to "
            "ICI (anti-PD1) in NSCLC.",
        ),
        (
            "serum_multicytokine-1",
            "High serum level of many inflammatory cytokines goes with response to ICI "
            "(anti-PD1) and longer overall survival in NSCLC.",
        ),
        ("serum_b7h6-1", "Low serum B7-H6 (NCR3 ligand) goes with longer survival in NSCLC."),
        (
            "T1-30",
            "Regulatory T cell frequency: up in people with lung cancer and gastric cancer (M/NM).",
        ),
        (
            "C132",
            "PMN-MDSC number in spleen is higher on day 14 (tumour resected against tumour-free); "
            "functional cells can persist two weeks.",
        ),
        (
            "N001",
            "Share of patients responding to immunotherapy is at most 50 (immunotherapy); "
            "percent; minority of patients.",
        ),
    ],
)
def test_a_line_reads_as_a_sentence(evidence_id, sentence):
    assert lookup(evidence_id).sentence == sentence


def test_lines_of_the_briefing_cite_it_and_the_work_it_is_on():
    citation = lookup("C251").citation
    assert citation.startswith("Research briefing 2022")
    assert "Boukhaled et al. 2022 (Nat Immunol, doi:10.1038/s41590-022-01262-7)" in citation
    assert "Hiam-Galvez" not in citation


def test_numbered_references_stay_numbers():
    assert lookup("T1-01").citation.endswith("Table 1; text, its reference 13")
