"""Sections of the model's pages, and the page around them."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from macroimmune.report.page_parts import Fact, FigureWithNote
from macroimmune.report.rendering import report_templates
from macroimmune.report.sections_repertoires import SectionPart
from macroimmune.report.svg import FIGURE_STYLE

__all__ = ["ModelPage", "PageSection", "rendered_page"]

_TEMPLATES = Path(__file__).parent.parent / "templates"


@dataclass(frozen=True, slots=True)
class PageSection:
    """One section of a page of the model.

    Parameters
    ----------
    anchor, heading, lead : str
    parts : tuple of SectionPart
    """

    template: ClassVar[str] = "repertoires.html"
    anchor: str
    heading: str
    lead: str
    parts: tuple[SectionPart, ...]

    @property
    def figures(self) -> tuple[FigureWithNote, ...]:
        """All figures, in their order."""
        return tuple(one for part in self.parts for one in (*part.small, *part.figures))


@dataclass(frozen=True, slots=True)
class ModelPage:
    """What the page of scenarios and that of claims receive.

    Parameters
    ----------
    title, summary : str
    key_numbers : tuple of Fact
    contents : tuple of Fact
        Heading (name) and anchor (value) of each section.
    sections : tuple of str
        Rendered.
    source : str
        Where the numbers come from, said once at the end.
    provenance : tuple of Fact
    page_style, figure_style, script : str
    """

    template: ClassVar[str] = "model.html"
    title: str
    summary: str
    key_numbers: tuple[Fact, ...]
    contents: tuple[Fact, ...]
    sections: tuple[str, ...]
    source: str
    provenance: tuple[Fact, ...]
    page_style: str
    figure_style: str
    script: str


def rendered_page(
    title: str,
    summary: str,
    sections: tuple[PageSection, ...],
    *,
    key_numbers: tuple[Fact, ...],
    source: str,
    provenance: tuple[Fact, ...],
) -> str:
    """Return the page as one HTML text that needs no other file."""
    templates = report_templates()
    page = ModelPage(
        title=title,
        summary=summary,
        key_numbers=key_numbers,
        contents=tuple(Fact(section.heading, section.anchor) for section in sections),
        sections=tuple(
            templates.get_template(section.template).render(lead=section.lead, parts=section.parts)
            for section in sections
        ),
        source=source,
        provenance=provenance,
        page_style=(_TEMPLATES / "page.css").read_text(encoding="utf-8"),
        figure_style=FIGURE_STYLE,
        script=(_TEMPLATES / "page.js").read_text(encoding="utf-8"),
    )
    values = {name: getattr(page, name) for name in page.__dataclass_fields__}
    return templates.get_template(page.template).render(values)
