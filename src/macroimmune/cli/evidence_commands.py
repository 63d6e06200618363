"""Commands that look into the evidence."""

from typing import Annotated

import typer

from macroimmune.cli.talk import say, table_to_stdout

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look into what is published.")


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help="All of them must occur.")],
    limit: Annotated[int, typer.Option(min=1, help="At most so many lines.")] = 25,
) -> None:
    """List the lines of the evidence that contain all words, each with its source.

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
    evidence_id: Annotated[str, typer.Argument(help="As `search` prints it.")],
) -> None:
    """Show one line of the evidence whole.

    Example: macroimmune evidence show nlr-1
    """
    from dataclasses import asdict

    from macroimmune.evidence import lookup

    record = lookup(evidence_id)
    table_to_stdout(
        ("field", "value"),
        [
            (name, "; ".join(value) if isinstance(value, tuple) else value)
            for name, value in asdict(record).items()
        ]
        + [("source", record.citation)],
    )
