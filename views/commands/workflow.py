"""`flask workflow draw`: the drawing of a workflow, from its definition."""

from pathlib import Path

import click
from flask.cli import AppGroup

from views.commands.speech import language
from workflow.draw import draw
from workflow.registry import WORKFLOWS

workflow = AppGroup("workflow", help="The workflows as they are defined.")


@workflow.command("draw")
@click.argument("name", type=click.Choice(sorted(WORKFLOWS)), default="milestone")
@click.option("--language", "speech", type=click.Choice(["zh", "en"]), default=None)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; else the terminal.")
def draw_command(name: str, speech: str | None, output: Path | None) -> None:
    """Draw a workflow as SVG."""
    svg = draw(WORKFLOWS[name], speech or language())
    if output:
        output.write_text(svg + "\n", encoding="utf-8")
    else:
        click.echo(svg)
