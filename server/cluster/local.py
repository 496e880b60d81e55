"""Ray on this machine, or the cluster that ``RAY_ADDRESS`` names, for as long as a context lasts.

Ray sends no usage statistics from here, opens no dashboard, and leaves nothing behind. Its own
ports listen on every address of the machine; each needs a token that is made for this run.
"""

from __future__ import annotations

import atexit
import logging
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from server.cluster.application import NAME, speech_application
from server.cluster.errors import ClusterUnavailable
from server.cluster.replicas import ClusterOrders
from server.settings import ServerSettings

log = logging.getLogger(__name__)

_CLUSTER: Final = "RAY_ADDRESS"
_LOOPBACK: Final = "127.0.0.1"
_ALL_ADDRESSES: Final = ("0.0.0.0", "::")
_HEAD: Final = "node:__internal_head__"
"""A resource that Ray gives to the first machine of a cluster alone."""
_STORE_BYTES: Final = 200_000_000
"""Memory for audio on its way between processes. A part of 29 s has 1.9 MB."""
_HOME: Final = Path(__file__).resolve().parents[2]


@contextmanager
def ray_here(cpus: float | None = None, store_bytes: int = _STORE_BYTES) -> Iterator[None]:
    """Ray with ``cpus`` to give away (those of the machine); or a cluster, by ``RAY_ADDRESS``.

    Raises:
        ClusterUnavailable: Ray is not installed, or does not start.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    here = _CLUSTER not in os.environ
    if here:
        # Ray gives its processes the priority of batch jobs, 15; people wait for speech.
        os.environ.setdefault("RAY_worker_niceness", "0")
        # Without one, Ray would make a token and keep it in the home folder.
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    try:
        import ray
    except ImportError as error:
        raise ClusterUnavailable(
            f"speech on several machines needs Ray ({error}): install it with `uv sync --extra ray`"
        ) from error
    folder: str | None = None
    options: dict[str, Any] = {"logging_level": logging.WARNING}
    if here:
        folder = tempfile.mkdtemp(prefix="speech-ray-")
        # Where Ray does not start, it ends its processes with this one, and they write until then.
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        options |= {
            "num_cpus": cpus,
            "include_dashboard": False,
            "object_store_memory": store_bytes,
            "_temp_dir": folder,
        }
    try:
        _start(ray, options)
        try:
            yield
        finally:
            ray.shutdown()
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _start(ray: Any, options: dict[str, Any]) -> None:
    paths = [str(_HOME), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {"env_vars": {"PYTHONPATH": os.pathsep.join(paths)}}
    try:
        ray.init(runtime_env=environment, **options)
    except Exception as error:  # Ray raises RuntimeError, ConnectionError, ValueError and others
        raise ClusterUnavailable(f"Ray does not start: {error}") from error


@contextmanager
def served(orders: ClusterOrders) -> Iterator[str]:
    """The application on Ray, which runs already: its address. It ends with the context.

    It listens where ``orders.server`` says, with its TLS.

    Raises:
        ClusterUnavailable: Ray has too little for its processes, or they do not start.
    """
    import ray
    from ray import serve
    from ray.exceptions import RayError
    from ray.serve.exceptions import RayServeException

    settings = orders.server
    _check_room(settings, ray.cluster_resources())  # type: ignore[no-untyped-call]
    shared = _CLUSTER in os.environ
    try:
        try:
            serve.start(
                proxy_location="HeadOnly",
                http_options={
                    "host": settings.host,
                    "port": settings.port,
                    "ssl_certfile": _text(settings.tls_certificate),
                    "ssl_keyfile": _text(settings.tls_key or settings.tls_certificate),
                },
            )
            serve.run(speech_application(orders), name=NAME, route_prefix="/")
        except (RuntimeError, TimeoutError, RayError, RayServeException) as error:
            raise ClusterUnavailable(
                f"the processes of the cluster do not start: {error}"
            ) from error
        nodes = ray.nodes() if shared else ()  # type: ignore[no-untyped-call]
        yield url_of(settings, head_of(nodes))
    finally:
        if shared:
            with suppress(RayServeException):  # Ray Serve did not start
                serve.delete(NAME)  # others may have applications there
        else:
            serve.shutdown()  # type: ignore[no-untyped-call]


def head_of(nodes: Iterable[Mapping[str, Any]]) -> str:
    """The address of a cluster's first machine, which has the HTTP proxy; loopback without one.

    ``nodes`` is what `ray.nodes` returns.
    """
    heads = (each for each in nodes if each["Alive"] and _HEAD in each["Resources"])
    return next((str(each["NodeManagerAddress"]) for each in heads), _LOOPBACK)


def url_of(settings: ServerSettings, head: str) -> str:
    """Where the server is reached, whose HTTP proxy runs on the machine with the address ``head``.

    If that proxy listens on loopback, the log names the machine, which the URL does not.
    """
    host = head if settings.host in _ALL_ADDRESSES else settings.host
    if _is_loopback(host) and not _is_loopback(head):
        log.warning(
            "the speech server answers only on the machine %s, at its address %s: set server.host "
            "to reach it from others",
            head,
            host,
        )
    scheme = "http" if settings.tls_certificate is None else "https"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_room(settings: ServerSettings, there: Mapping[str, float]) -> None:
    """Ray would wait for further machines, without an end."""
    needed = settings.cluster.least(listens=settings.transcription.enabled)
    for name, kind, amount in zip(("CPU", "GPU"), ("cpus", "gpus"), needed, strict=True):
        if amount > there.get(name, 0):
            raise ClusterUnavailable(
                f"the processes of speech reserve {amount:g} {name}s, and Ray has "
                f"{there.get(name, 0):g}: lower {kind} or min_replicas in server.cluster"
            )


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
