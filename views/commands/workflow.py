"""`flask workflow draw`: the drawing of a workflow, or of all of them, from their definitions."""

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
@click.option("--all", "every", is_flag=True, help="All workflows.")
@click.option(
    "--output", type=click.Path(path_type=Path), help="A file (with --all a folder, a file each); else the terminal."
)
def draw_command(name: str, speech: str | None, every: bool, output: Path | None) -> None:
    """Draw a workflow as SVG."""
    drawn = {known: draw(WORKFLOWS[known], speech or language()) for known in (WORKFLOWS if every else (name,))}
    if every and output:
        output.mkdir(parents=True, exist_ok=True)
    for known, svg in drawn.items():
        if output:
            (output / f"{known}.svg" if every else output).write_text(svg + "\n", encoding="utf-8")
        else:
            click.echo(svg)
