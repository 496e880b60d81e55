"""``python -m demo.pictures``: pictures of the bot's messages for the documentation."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from demo.pictures.browser import BrowserError, browser
from demo.pictures.png import small_png
from demo.pictures.scene_player import Played, ScenePlayer
from demo.pictures.scenes import SCENES, Scene
from demo.script import DemoScript
from demo.stage import choose_script, demo_call, demo_settings
from models.cli import PlainConsole
from models.errors import ModelError
from pipeline.errors import PipelineError
from settings import Settings, load_settings

INCOMPLETE: Final = 1
COULD_NOT_BEGIN: Final = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Play the scenes and write a PNG of each: 0, or 1 if a scene failed, 2 without Chromium."""
    arguments = _parse(argv)
    console, own = PlainConsole(), load_settings(None)
    try:
        script = choose_script(console, own, fixture=arguments.fixture)
        scenes = _chosen(arguments.scenes)
        return asyncio.run(_pictures(demo_settings(own, script), script, scenes, arguments))
    except (BrowserError, ModelError, PipelineError) as error:
        print(error, file=sys.stderr)
        return COULD_NOT_BEGIN


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo.pictures", description=__doc__)
    names = [scene.name for scene in SCENES]
    parser.add_argument(
        "scenes", nargs="*", metavar="SCENE", help=f"all, or some of: {', '.join(names)}"
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("docs/pictures"),
        help="the folder of the pictures (default: %(default)s)",
    )
    parser.add_argument("--scale", type=float, default=1.0, help="pixels per CSS pixel (1)")
    parser.add_argument("--html", action="store_true", help="write the pages too")
    parser.add_argument("--chromium", metavar="PATH", help="the browser (default: on the PATH)")
    parser.add_argument("--fixture", action="store_true", help="models that need no download")
    arguments = parser.parse_args(argv)
    for name in arguments.scenes:
        if name not in names:
            parser.error(f"there is no scene “{name}”; there are: {', '.join(names)}")
    return arguments


def _chosen(names: Sequence[str]) -> list[Scene]:
    return [scene for scene in SCENES if not names or scene.name in names]


async def _pictures(
    settings: Settings, script: DemoScript, scenes: Sequence[Scene], arguments: argparse.Namespace
) -> int:
    async with browser(arguments.chromium) as chromium:
        played = await _played(settings, script, scenes)
        arguments.output.mkdir(parents=True, exist_ok=True)
        for each in played:
            picture = small_png(await chromium.picture(each.document, scale=arguments.scale))
            target = arguments.output / f"{each.scene.name}.png"
            target.write_bytes(picture)
            print(f"{target}: {len(picture) / 1000:.0f} kB")
            if arguments.html:
                target.with_suffix(".html").write_text(each.document, encoding="utf-8")
    return 0 if len(played) == len(scenes) else INCOMPLETE


async def _played(settings: Settings, script: DemoScript, scenes: Sequence[Scene]) -> list[Played]:
    async with demo_call(settings, script, PlainConsole(), print) as harness:
        for name, text in (
            ("Bob", script.aside),
            *((each.who, each.question) for each in script.questions),
        ):
            await harness.speech(name, text)
        return await ScenePlayer(harness, script, print).play(scenes)


if __name__ == "__main__":
    sys.exit(main())
