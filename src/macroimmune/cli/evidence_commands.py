"""Commands that look into the evidence."""

from typing import TYPE_CHECKING, Annotated

import typer

from macroimmune.cli.talk import say, table_to_stdout

if TYPE_CHECKING:
    from macroimmune.evidence import Population

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look into what is published.")


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help="All of them must occur.")],
    limit: Annotated[int, typer.Option(min=1, help="At most so many lines.")] = 25,
) -> None:
    """List the lines of the evidence that contain all words, each with its source.

    Markers find the populations that they tell, as in `search CD127lo`.

    Example: macroimmune evidence search nlr
    """
    # The evidence is read here, so that --help answers at once.
    from macroimmune.evidence import search as search_evidence

    hits = search_evidence(" ".join(words), limit=limit)
    table_to_stdout(
        ("evidence_id", "kind", "sentence", "source"),
        [(hit.evidence_id, hit.kind, hit.sentence, hit.citation) for hit in hits],
    )
    say(f"{len(hits)} lines")


@app.command()
def show(
    evidence_id: Annotated[
        str, typer.Argument(help="As `search` prints it, or a name of a population or an antigen.")
    ],
) -> None:
    """Show one line of the evidence whole; of a population also how it is told by markers.

    Signs with a question mark count if the panel has the marker. Antigens are found by any of
    their names, as in `show BDCA-2`.

    Example: macroimmune evidence show treg
    """
    from dataclasses import asdict

    from macroimmune.evidence import Population, lookup

    record = lookup(evidence_id)
    lines = [
        (name, "; ".join(value) if isinstance(value, tuple) else value)
        for name, value in asdict(record).items()
    ]
    if isinstance(record, Population):
        lines += _definition_lines(record)
    table_to_stdout(("field", "value"), [*lines, ("source", record.citation)])


def _definition_lines(population: "Population") -> list[tuple[str, str]]:
    """Give each definition of a population: how it is told, what it costs, whence it comes."""
    from macroimmune.evidence import sources

    lines = []
    for one in population.definitions:
        name = f"{one.species} {one.preference}"
        kind = "; told by state markers: not in stimulated wells" if one.kind == "state" else ""
        standard = "; HIPC standard set" if one.standard == "hipc" else ""
        lines.append((name, f"{one.phrase}{kind}{standard}"))
        if one.note:
            lines.append((f"{name} note", one.note))
        known = sources()
        cited = [known[key].citation if key in known else key for key in one.source]
        lines.append((f"{name} source", "; ".join(cited)))
    return lines
