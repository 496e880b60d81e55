"""The settings of the control plane."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from network.addresses import ListeningHost


class ControlPlaneSettings(BaseModel):
    """The control plane of a fleet of bots (`run.py control`): where it listens, what it keeps."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )

    host: ListeningHost = Field("127.0.0.1", min_length=1)
    """Address to listen on. Any other than loopback needs `control_plane.tls_certificate`, since
    the configurations hold tokens."""
    port: int = Field(8095, ge=0, le=65535)
    """TCP port; 0 takes a free one."""
    tls_certificate: Path | None = None
    """PEM file with the certificate and its chain; the control plane speaks only https then."""
    tls_key: Path | None = None
    """PEM file with the certificate's private key, without a password. Empty looks for it in the
    file of the certificate."""
    behind_proxy: bool = False
    """Whether a proxy with TLS stands before it, so that it may listen beyond loopback without a
    certificate of its own."""
    encryption_keys: SecretStr = SecretStr("")
    """Keys that encrypt the stored configurations, with commas between them, the newest first.
    `run.py control keys new` prints one. Empty uses those in `control_plane.key_file`."""
    key_file: Path | None = None
    """File of these keys, one a line. Empty uses `control-keys` in `openclaw.state_dir`, which is
    made with a key at the first start. Without it the configurations cannot be read: keep a copy
    apart from the database."""
    versions_kept: int = Field(20, ge=2, le=1000)
    """Versions of each bot that are kept. The one that should run and the one that runs are kept
    in any case."""
    config_bytes: int = Field(1_000_000, ge=10_000, le=10_000_000)
    """Largest configuration, and largest body of any request, in bytes."""
    diff_from_bytes: int = Field(100_000, ge=0)
    """From this size on a bot gets only what has changed, where that is smaller, in bytes."""
    long_poll_s: float = Field(30.0, ge=0, le=300)
    """How long a bot's request for a new version may wait for one. 0 answers at once."""
    requests_per_minute: int = Field(600, ge=10, le=100_000)
    """Requests of one token in a minute; a further one gets 429."""
