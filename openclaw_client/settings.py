"""The settings of the Gateway connection: address, credentials, timeouts, node."""

from __future__ import annotations

import ssl
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from network.addresses import GatewayUrl
from network.keys import SharedSecret
from openclaw_client.node.settings import NodeSettings
from openclaw_client.session_keys import SessionScope, check_agent_id
from openclaw_client.tools.settings import ImportSettings
from openclaw_client.transport.addresses import as_websocket, is_private_host
from openclaw_client.transport.trust import Trust, parse_fingerprint


class OpenClawConfig(BaseModel):
    """The connection to the OpenClaw Gateway."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )

    base_url: GatewayUrl = "http://127.0.0.1:18789"
    """Address of the Gateway, http(s):// or ws(s)://. Outside this machine and private networks it
    must be https:// or wss://, since the token and all speech travel over it."""
    auth_token: SharedSecret = SecretStr("")
    """The Gateway's shared token (gateway.auth.token there). Set it as OPENCLAW_AUTH_TOKEN, not in
    a file that you share."""
    timeout: float = Field(default=60.0, gt=0, le=3600)
    """Seconds that an agent may take for a whole answer; then its run is aborted. The Gateway
    itself may retry a failing model for minutes."""
    retry_timeout: float = Field(default=15.0, ge=1, le=600)
    """Seconds that connect() and a turn wait for an unreachable Gateway. After that the
    conversation has moved on, and an answer would come too late."""
    agent_id: str = "jarvis"
    """The agent that answers until a guild chooses another with /agent. It is added to the agents
    if it is not among them. If the Gateway does not have it, its default agent answers under this
    one's name: a fresh Gateway has `main` alone."""
    session_scope: SessionScope = SessionScope.USER
    """Who shares a conversation with the agent: `user` (each person has their own in each server),
    `user_everywhere` (each person has one for all servers: what they said in one can be spoken in
    another), `channel` (shared with the text channel of that id), `guild` (the whole room)."""
    state_dir: Path | None = None
    """Folder of the bot's state: the device key, by which a Gateway on another machine recognises
    it, the tokens that Gateways issue, and the guilds' choices. Empty uses the user's state folder,
    for example `~/.local/state/openclaw-voice`."""
    allow_insecure: bool = False
    """Allow plain http:// or ws:// to a public address. Anyone on the way can then read the token
    and the conversation."""
    ca_file: Path | None = None
    """File with the certificate (PEM) of the authority that signed the Gateway's certificate, or
    with the Gateway's own. It is trusted in addition to those of this machine. For an https://
    Gateway with a self-signed certificate."""
    tls_fingerprint: str = ""
    """SHA-256 fingerprint of the only certificate that an https:// Gateway may present; its name,
    date and issuer then do not matter. `openssl x509 -in cert.pem -noout -fingerprint -sha256`
    prints it, and so does `run.py doctor` for an untrusted one."""
    connect_timeout_s: float = Field(default=10.0, gt=0, le=120)
    """Seconds for one attempt, from the first packet to the end of the handshake. A Gateway answers
    in tens of milliseconds, but later while it starts."""
    reconnect_min_s: float = Field(default=1.0, ge=0.1, le=60)
    """Seconds before the first attempt to reconnect; doubled after each failure."""
    reconnect_max_s: float = Field(default=30.0, ge=1, le=3600)
    """The longest wait between two attempts, in seconds."""
    answer_questions: bool = False
    """Let agents ask people in the call (OpenClaw's tool `ask_user`): the bot reads the question
    out, and answers with what people say. The bot then asks for the right `operator.questions`,
    which a paired device has to be approved for again."""
    imports: ImportSettings = ImportSettings()
    node: NodeSettings = NodeSettings()

    @field_validator("ca_file")
    @classmethod
    def _readable_authority(cls, file: Path | None) -> Path | None:
        if file is None:
            return None
        file = file.expanduser()
        try:
            Trust(ca_file=file).context()
        except ssl.SSLError:
            raise ValueError("holds no certificate in PEM form") from None
        except OSError as error:
            raise ValueError(f"cannot be read ({error.strerror})") from None
        return file

    @field_validator("tls_fingerprint")
    @classmethod
    def _known_fingerprint(cls, text: str) -> str:
        return parse_fingerprint(text) if text.strip() else ""

    @field_validator("agent_id")
    @classmethod
    def _possible_agent(cls, agent: str) -> str:
        return check_agent_id(agent)

    @model_validator(mode="after")
    def _encrypted_in_public(self) -> OpenClawConfig:
        parts = urlsplit(self.ws_url)
        in_public = is_private_host(parts.hostname or "") is False
        if in_public and parts.scheme == "ws" and not self.allow_insecure:
            raise ValueError(
                f"base_url: {parts.hostname} is a public address; use https:// or wss:// "
                "(or set allow_insecure to send the token in the clear)"
            )
        if self.reconnect_max_s < self.reconnect_min_s:
            raise ValueError("reconnect_max_s must not be less than reconnect_min_s")
        return self

    @property
    def ws_url(self) -> str:
        """``base_url`` as a WebSocket address: http becomes ws, https becomes wss."""
        return as_websocket(self.base_url)

    @property
    def trust(self) -> Trust:
        """Which certificate the Gateway may show."""
        return Trust(self.ca_file, self.tls_fingerprint)
