"""Files of gates that mean harm, or are something else."""

import pytest

from macroimmune.cytometry.manual import gating_document
from macroimmune.cytometry.manual.gating_document import read_gating_document
from macroimmune.errors import FormatError

BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
FETCH = '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "gates.wsp"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("declared", [BOMB, FILE, FETCH, "<!DOCTYPE x>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_and_entities_are_refused_in_every_encoding(
    tmp_path, declared, encoding, flowjo
):
    head = f'<?xml version="1.0" encoding="{encoding}"?>{declared}'
    body = (
        flowjo
        .workspace(flowjo.sample("one.fcs", ""))
        .partition("?>")[2]
        .replace("one.fcs", "&b;", 1)
    )
    with pytest.raises(FormatError, match=r"gates.wsp, line 1: declares a document type"):
        read_gating_document(written(tmp_path, head + body, encoding))


def test_entities_that_were_never_declared_are_refused(tmp_path, flowjo):
    path = written(tmp_path, flowjo.workspace(flowjo.sample("&b;", "")))
    with pytest.raises(FormatError, match="no XML .undefined entity"):
        read_gating_document(path)


def test_nesting_without_end_is_refused(tmp_path):
    with pytest.raises(FormatError, match="more than 128 nested"):
        read_gating_document(written(tmp_path, "<a>" * 100_000))


def test_gates_of_more_corners_than_people_draw_are_refused(tmp_path, flowjo):
    corners = "<gating:vertex/>" * 10_001
    gate = f"<gating:PolygonGate>{corners}</gating:PolygonGate>"
    with pytest.raises(FormatError, match="more than 10000 vertices in one gate"):
        read_gating_document(
            written(tmp_path, f"<Workspace {flowjo.namespaces}>{gate}</Workspace>")
        )


def test_files_that_are_too_large_are_refused_before_they_are_parsed(tmp_path, monkeypatch):
    monkeypatch.setattr(gating_document, "MAX_BYTES", 20)
    with pytest.raises(FormatError, match="more than 200 MB"):
        read_gating_document(written(tmp_path, "no XML whatever it may be"))


def test_too_many_elements_are_refused(tmp_path, monkeypatch, flowjo):
    monkeypatch.setattr(gating_document, "MAX_ELEMENTS", 5)
    with pytest.raises(FormatError, match="more than 5 elements"):
        read_gating_document(written(tmp_path, flowjo.workspace(flowjo.sample("one.fcs", ""))))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no XML .no element found"),
        ("PK\x03\x04 a zip", "no XML .not well-formed"),
        ("<Workspace><a></Workspace>", "no XML .mismatched tag"),
        ("<html></html>", "XML whose outermost element is 'html'"),
        ("<Workspace></Workspace>", "outermost element is 'Workspace'"),
    ],
)
def test_files_that_are_no_gates_are_told_what_they_are(tmp_path, text, reason):
    with pytest.raises(FormatError, match=f"{reason}.*expected a FlowJo 10 workspace"):
        read_gating_document(written(tmp_path, text))


def test_files_that_are_not_there_are_told(tmp_path):
    with pytest.raises(FormatError, match=r"none.wsp: cannot be read .No such file"):
        read_gating_document(tmp_path / "none.wsp")


def test_the_entries_of_a_workspace_are_listed(tmp_path, flowjo):
    one = flowjo.sample("a.fcs", "", number=4, events=12, file="b.fcs", address="c%20d.fcs")
    document = read_gating_document(written(tmp_path, flowjo.workspace(one)))
    assert document.kind == "workspace"
    found = document.samples[0]
    assert (found.id, found.name, found.file, found.address, found.n_events) == ((
        "4",
        "a.fcs",
        "b.fcs",
        "c%20d.fcs",
        12,
    ))
