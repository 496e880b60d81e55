"""The Ray Serve application of the speech server: three kinds of processes, each scaled by load.

Api ──► Speech           text to speech, as a stream
    └─► Transcription    a part of a file, or a turn
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from server.cluster.errors import ClusterUnavailable
from server.cluster.settings import ReplicaSettings

if TYPE_CHECKING:
    from ray.serve import Application

    from server.cluster.replicas import ClusterOrders

NAME: Final = "speech"
"""The application's name at Ray."""
_HEALTH_PERIOD_S: Final = 2.0
"""How often Ray looks whether a process is alive: a dead one is replaced after it."""
_HEALTH_TIMEOUT_S: Final = 30.0
_DRAIN_S: Final = 60.0
"""How long a process that is to end may work at the requests that it has."""


def speech_application(orders: ClusterOrders) -> Application:
    """The application, for ``serve run`` or `served`.

    Raises:
        ClusterUnavailable: Ray is not installed.
    """
    try:
        from ray import serve
    except ImportError as error:
        raise ClusterUnavailable(
            f"speech on several machines needs Ray ({error}): install it with `uv sync --extra "
            "ray`, or `pip install 'ray[serve]'`"
        ) from error
    # They load the models' libraries.
    from server.cluster.api_replica import ApiReplica
    from server.cluster.replicas import SpeechReplica, TranscriptionReplica

    cluster = orders.server.cluster

    def deployment(kind: Any, name: str, replicas: ReplicaSettings) -> Any:
        return serve.deployment(kind, name=name, **_options(replicas))

    models = [deployment(SpeechReplica, "Speech", cluster.speech).bind(orders)]
    if orders.server.transcription.enabled:
        kind = deployment(TranscriptionReplica, "Transcription", cluster.transcription)
        models.append(kind.bind(orders))
    ingress = serve.ingress()(ApiReplica)
    application: Application = deployment(ingress, "Api", cluster.api).bind(orders, *models)
    return application


def _options(replicas: ReplicaSettings) -> dict[str, Any]:
    return {
        "ray_actor_options": {"num_cpus": replicas.cpus, "num_gpus": replicas.gpus},
        "max_ongoing_requests": replicas.max_ongoing_requests,
        "autoscaling_config": {
            "min_replicas": replicas.min_replicas,
            "max_replicas": replicas.max_replicas,
            "target_ongoing_requests": replicas.target_ongoing_requests,
        },
        "health_check_period_s": _HEALTH_PERIOD_S,
        "health_check_timeout_s": _HEALTH_TIMEOUT_S,
        "graceful_shutdown_timeout_s": _DRAIN_S,
    }
