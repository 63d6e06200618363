"""Small FCS files and workspaces, written by hand."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from macroimmune.formats import FcsHeading, write_fcs

NAMESPACES = (
    'xmlns:gating="http://www.isac-net.org/std/Gating-ML/v2.0/gating" '
    'xmlns:transforms="http://www.isac-net.org/std/Gating-ML/v2.0/transformations" '
    'xmlns:data-type="http://www.isac-net.org/std/Gating-ML/v2.0/datatypes"'
)


def rectangle(name: str, channel: str, low: float, high: float, inner: str = "", count: str = ""):
    """Return a population of FlowJo with a gate of one dimension."""
    counted = f' count="{count}"' if count else ""
    return f"""<Population name="{name}" owningGroup=""{counted}><Gate>
      <gating:RectangleGate gating:id="ID1">
        <gating:dimension gating:min="{low}" gating:max="{high}">
          <data-type:fcs-dimension data-type:name="{channel}"/>
        </gating:dimension>
      </gating:RectangleGate></Gate>
      <Subpopulations>{inner}</Subpopulations></Population>"""


def sample(
    name: str,
    gates: str,
    *,
    number: int = 1,
    events: int = 100,
    file: str = "",
    address: str = "",
    scales: str = "",
):
    """Return an entry of a workspace."""
    linear = "".join(
        f'<transforms:linear transforms:minRange="0" transforms:maxRange="1000" gain="1">'
        f'<data-type:parameter data-type:name="{channel}"/></transforms:linear>'
        for channel in ("CD3", "CD19")
    )
    return f"""<Sample><DataSet uri="file:/data/{address or name}" sampleID="{number}"/>
      <Transformations>{scales or linear}</Transformations>
      <Keywords><Keyword name="$FIL" value="{file}"/>
      <Keyword name="$TOT" value="{events}"/></Keywords>
      <SampleNode name="{name}" sampleID="{number}" count="{events}">
        <Subpopulations>{gates}</Subpopulations></SampleNode></Sample>"""


def workspace(*samples: str) -> str:
    """Return a workspace of FlowJo 10."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Workspace version="20.0" flowJoVersion="10.8.1" '
        f"{NAMESPACES}><Groups/><SampleList>{''.join(samples)}</SampleList></Workspace>"
    )


@pytest.fixture(scope="session")
def flowjo() -> SimpleNamespace:
    """Return what writes workspaces: parts, then the whole."""
    return SimpleNamespace(
        rectangle=rectangle, sample=sample, workspace=workspace, namespaces=NAMESPACES
    )


@pytest.fixture
def fcs(tmp_path) -> Path:
    """Return a file of 100 events: CD3 is 0 to 99, CD19 falls from 99 to 0."""
    values = np.arange(100, dtype=np.float32)
    path = tmp_path / "one.fcs"
    write_fcs(
        path,
        np.column_stack([values, values[::-1]]),
        FcsHeading(names=["CD3", "CD19"], keywords={"$FIL": "stated.fcs"}),
    )
    return path


@pytest.fixture
def write_workspace(tmp_path):
    """Return a function that writes a workspace of samples."""

    def write(*samples: str) -> Path:
        path = tmp_path / "gates.wsp"
        path.write_text(workspace(*samples), encoding="utf-8")
        return path

    return write
