"""``python -m bench.server_clients``: other programs' clients against our server, as a table.

The server is that of the settings, with the real models where they are on this machine. The clients
hear a sentence that the server itself has spoken, and have another one spoken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Final

import httpx

from server.engines.choice import open_voices
from server.runner import EmbeddedServer
from server.transcription.listening_models import open_listening
from settings import HOME, load_settings

SENTENCE: Final = "The train to the north leaves early in the morning."
_HERE: Final = Path(__file__).parent
_PYTHON: Final = HOME / ".cache/server_clients/bin/python"


def main() -> int:
    """Run the clients; the status is 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--python", type=Path, default=_PYTHON, help="the interpreter that has the clients"
    )
    python = parser.parse_args().python
    if not python.is_file():
        print(
            f"{python} is missing. Make it: uv venv --python 3.11 {python.parents[1]} && "
            f"uv pip install --python {python} -r {_HERE / 'requirements.txt'}",
            file=sys.stderr,
        )
        return 1
    rows = asyncio.run(_measured(python))
    print("| client | call | result | what came |\n| --- | --- | --- | --- |")
    for row in rows:
        result = "works" if row["good"] else "**fails**"
        print(f"| {row['client']} | {row['call']} | {result} | {row['detail']} |")
    return 0 if rows and all(row["good"] for row in rows) else 1


async def _measured(python: Path) -> list[dict[str, str]]:
    settings = load_settings()
    server = settings.server.model_copy(update={"host": "127.0.0.1", "port": 0})
    speaking = partial(open_voices, settings.server, settings.models)
    listening = partial(
        open_listening, settings.pipeline, settings.models, settings.server.transcription
    )
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.wav"
        async with EmbeddedServer(
            server, make_engine=speaking, make_listening=listening
        ) as running:
            await asyncio.to_thread(clip.write_bytes, await _spoken(running.url))
            process = await asyncio.create_subprocess_exec(
                str(python), str(_HERE / "peer.py"), running.url, str(clip), SENTENCE,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            out, _ = await process.communicate()
    return [json.loads(line) for line in out.decode().splitlines() if line.startswith("{")]


async def _spoken(url: str) -> bytes:
    body = {"input": SENTENCE, "voice": "jarvis", "response_format": "wav", "sample_rate": 16_000}
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        answer = await client.post(f"{url}/v1/audio/speech", json=body)
        answer.raise_for_status()
        return answer.content


if __name__ == "__main__":
    sys.exit(main())
