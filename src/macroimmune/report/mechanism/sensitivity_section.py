"""Which parameters move which outputs of the model most."""

from collections.abc import Iterator

import polars as pl

from macroimmune.report.mechanism.sections import PageSection
from macroimmune.report.mechanism.sensitivity_figure import Sensitivity, sensitivity_figure
from macroimmune.report.numbers import finite
from macroimmune.report.page_parts import FigureWithNote
from macroimmune.report.sections_repertoires import SectionPart
from macroimmune.report.source import slug

__all__ = ["sensitivity_section"]

_MOST = 12


def sensitivity_section(effects: pl.DataFrame) -> PageSection | None:
    """Return the section, or None without a row.

    Parameters
    ----------
    effects : polars DataFrame
        By Morris: output, parameter, effect, effect_ci_low, effect_ci_high; status.
    """
    known = effects.drop_nulls("effect")
    if known.is_empty():
        return None
    return PageSection(
        anchor="sensitivity",
        heading="What the model is sensitive to",
        lead="How far an output moves, on a logarithmic scale, when one parameter crosses its "
        f"stated range (mean of absolute changes, 95 % interval); the {_MOST} strongest of each "
        "output.",
        parts=(SectionPart(small=tuple(_figures(known))),),
    )


def _figures(known: pl.DataFrame) -> Iterator[FigureWithNote]:
    for output in known["output"].unique(maintain_order=True):
        every = known.filter(pl.col("output") == output)
        rows = every.sort("effect", descending=True).head(_MOST).to_dicts()
        name = str(output).replace("_", " ")
        figure = sensitivity_figure(
            slug(f"sensitivity-{output}"),
            [
                Sensitivity(
                    str(row["parameter"]),
                    float(row["effect"]),
                    finite(row["effect_ci_low"]),
                    finite(row["effect_ci_high"]),
                )
                for row in rows
            ],
            title=f"Sensitivity of {name}",
            axis="change of the logarithm",
        )
        status = str(rows[0]["status"] or "")
        yield FigureWithNote(
            name,
            figure,
            f"{len(rows)} of {every.height} parameters. Source: runs of the model (Morris)."
            + (f" {status}." if status else ""),
        )
