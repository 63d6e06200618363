"""Files of a run in one COMBINE archive, which tools open with a click."""

import io
from collections.abc import Mapping
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

__all__ = ["combine_archive"]

_NAMESPACE = "http://identifiers.org/combine.specifications/omex-manifest"
_SPECIFICATIONS = "http://identifiers.org/combine.specifications/"
_MANIFEST = "manifest.xml"
_FORMATS = {
    "xml": f"{_SPECIFICATIONS}sbml.level-3.version-2",
    "sedml": f"{_SPECIFICATIONS}sed-ml.level-1.version-3",
    "md": "http://purl.org/NET/mediatypes/text/markdown",
}


def combine_archive(files: Mapping[str, str]) -> bytes:
    """Return an archive of SBML (`.xml`), SED-ML (`.sedml`) and Markdown files.

    Parameters
    ----------
    files : mapping of str to str
        Text by file name; SED-ML is what tools open first.

    Notes
    -----
    Convention: the same files give the same bytes.
    """
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, text in {_MANIFEST: _manifest(files), **files}.items():
            archive.writestr(ZipInfo(name), text.encode(), ZIP_DEFLATED)
    return packed.getvalue()


def _manifest(files: Mapping[str, str]) -> str:
    root = ElementTree.Element("omexManifest", {"xmlns": _NAMESPACE})
    _content(root, ".", f"{_SPECIFICATIONS}omex")
    _content(root, f"./{_MANIFEST}", f"{_SPECIFICATIONS}omex-manifest")
    for name in files:
        ending = name.rpartition(".")[2]
        _content(root, f"./{name}", _FORMATS[ending], master=str(ending == "sedml").lower())
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _content(root: ElementTree.Element, location: str, kind: str, **more: str) -> None:
    ElementTree.SubElement(root, "content", {"location": location, "format": kind, **more})
