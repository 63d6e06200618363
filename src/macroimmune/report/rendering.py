"""The templates of the pages: whatever they are given is escaped, figures are drawn in place."""

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from macroimmune.report.svg import Figure, inline

__all__ = ["report_templates"]


def report_templates() -> Environment:
    """Return the templates of the report; whatever they are given is escaped."""
    templates = Environment(
        loader=PackageLoader("macroimmune.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["figure"] = _drawn
    templates.filters["markup"] = Markup
    return templates


def _drawn(figure: Figure) -> Markup:
    # Every text inside went through `svg.clean` when the figure was drawn.
    return Markup(inline(figure))
