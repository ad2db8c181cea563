"""``bingx-fake openapi``."""

import json

import click

from bingx_fake.profiles.adoption import AdoptionError, adopted_profiles
from bingx_fake.profiles.choice import DEFAULT_PROFILE, ProfileError, choose, read_vary


@click.command(
    epilog="""
\b
Examples:
  bingx-fake openapi > openapi.json
  bingx-fake openapi --profile docs-site --vary V14=int --json
  bingx-fake openapi --streams > asyncapi.json
"""
)
@click.option(
    "--profile", default=DEFAULT_PROFILE, show_default=True, help="Whose contract, where documents disagree."
)
@click.option(
    "--vary",
    multiple=True,
    metavar="V=ANSWER",
    help="One departure from the profile, such as V7=data.assets; may be given again.",
)
@click.option("--streams", is_flag=True, help="The streams, as an AsyncAPI 3.0 document.")
@click.option("--json", "as_json", is_flag=True, help="All on one line.")
def openapi(profile: str, vary: tuple[str, ...], streams: bool, as_json: bool) -> None:
    """Print the contract as an OpenAPI 3.1 document, or its streams as an AsyncAPI 3.0 document."""
    from bingx_contracts.rendering import asyncapi, openapi  # their facts are needed here alone

    try:
        chosen = choose(profile, read_vary(vary), adopted=adopted_profiles)
    except (ProfileError, AdoptionError) as error:
        raise click.ClickException(str(error)) from None
    render = asyncapi.render if streams else openapi.render
    document = render(chosen.name, chosen.answers)
    click.echo(json.dumps(document, indent=None if as_json else 2))
