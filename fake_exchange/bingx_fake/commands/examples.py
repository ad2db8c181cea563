"""``bingx-fake examples``."""

import gzip
import json
from pathlib import Path

import click

from bingx_contracts import ENDPOINTS
from bingx_fake.profiles.adoption import AdoptionError, adopted_profiles
from bingx_fake.profiles.choice import DEFAULT_PROFILE, Profile, ProfileError, choose, read_vary

_STREAMS = "streams"
_GROUPS = (*sorted({endpoint.group for endpoint in ENDPOINTS.values()}), _STREAMS)


@click.command(
    epilog="""
\b
Examples:
  bingx-fake examples
  bingx-fake examples --group spot_trade --profile reference --to fixtures
"""
)
@click.option("--group", type=click.Choice(_GROUPS), help="Only this one; streams are the frames.")
@click.option(
    "--profile", default=DEFAULT_PROFILE, show_default=True, help="Whose answers, where documents disagree."
)
@click.option(
    "--vary",
    multiple=True,
    metavar="V=ANSWER",
    help="One departure from the profile, such as V7=data.assets; may be given again.",
)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("bingx-examples"),
    show_default=True,
    help="The folder; files of the same names are replaced.",
)
def examples(group: str | None, profile: str, vary: tuple[str, ...], folder: Path) -> None:
    """Write every answer and frame to files, byte for byte, for people who maintain a connector.

    GROUP/NAME.json is an answer (.xlsx: a workbook), GROUP/NAME.request.json what was asked;
    streams/NAME.gz is a frame, and streams/NAME.json what is in it. They are the same every time.
    """
    try:
        chosen = choose(profile, read_vary(vary), adopted=adopted_profiles)
    except (ProfileError, AdoptionError) as error:
        raise click.ClickException(str(error)) from None
    try:
        count = _write(chosen, group, folder)
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written: {error.strerror}") from None
    click.echo(f"{count} files in {folder}")


def _write(profile: Profile, group: str | None, folder: Path) -> int:
    from bingx_fake.examples.answers import answers
    from bingx_fake.examples.frames import frames

    files: dict[str, bytes] = {}
    if group != _STREAMS:
        for endpoint, asked in answers(profile, group):
            place = endpoint.id.replace(".", "/")
            request = {
                "method": asked.request.method,
                "target": asked.request.target,
                "headers": dict(asked.request.headers),
                "body": asked.request.body.decode(),
            }
            suffix = "json" if asked.answer.content_type == "application/json" else "xlsx"
            files[f"{place}.{suffix}"] = asked.answer.body
            files[f"{place}.request.json"] = json.dumps(request, indent=1).encode() + b"\n"
    if group in (None, _STREAMS):
        for name, frame in frames(profile):
            files[f"{_STREAMS}/{name}.gz"] = frame
            files[f"{_STREAMS}/{name}.json"] = gzip.decompress(frame)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return len(files)
