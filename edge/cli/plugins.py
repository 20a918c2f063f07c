"""``toeline plugins``: sinks provided by other packages."""

from typing import Final

import typer

plugins_app = typer.Typer(no_args_is_help=True, help="List the installed plug-ins.")

_LOADS_WITHIN_S: Final = 10.0


@plugins_app.command("list")
def plugins_list() -> None:
    """List every installed sink: name, package, version, and whether it loads."""
    from edge.sinks.plugins.discovery import flaw, installed

    found = installed()
    for plugin in found:
        said = flaw(plugin, _LOADS_WITHIN_S) or "loads"
        typer.echo(f"{plugin.name:16} {plugin.package} {plugin.version}  {said}")
    if not found:
        typer.echo("no plug-in is installed; see docs/plugins.md", err=True)
