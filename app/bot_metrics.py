"""Metrics read from the running bot when Prometheus asks: calls, queues, connections, packets.

Nothing is counted a second time: each number is what ``/status``, the Gateway client or the models'
queues count anyway. It must be read on the event loop.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from app.call_counts import RESULTS, CallCounts
from app.health import discord_works, gateway_works, hearing_works, speech_works
from app.services import Services
from discord_bot.bot import VoiceBot
from discord_bot.receive.dave import OTHER_REASON, REASONS

Family: TypeAlias = GaugeMetricFamily | CounterMetricFamily


class BotMetrics(Collector):
    """The collector of one bot."""

    def __init__(self, shared: Services, bot: VoiceBot) -> None:
        self._shared = shared
        self._bot = bot
        self._calls = CallCounts()
        self._disconnects = 0
        self._sessions = 0
        bot.add_listener(self._on_disconnect, "on_shard_disconnect")
        bot.add_listener(self._on_session, "on_shard_connect")

    async def _on_disconnect(self, shard_id: int) -> None:
        self._disconnects += 1

    async def _on_session(self, shard_id: int) -> None:
        self._sessions += 1

    def sample(self) -> None:
        """Note which voice connections are open; due every second."""
        voices = (session.voice for session in self._bot.sessions.values())
        self._calls.see(voice.counters for voice in voices if voice is not None)

    def describe(self) -> Sequence[Family]:
        """None in advance: the bot is not logged in when the collector is registered."""
        return ()

    def collect(self) -> Iterator[Family]:
        self.sample()
        yield from self._of_calls()
        yield from self._of_packets()
        yield from self._of_models()
        yield from self._of_gateway()
        yield from self._of_discord()

    def _of_calls(self) -> Iterator[Family]:
        sessions = [each for each in self._bot.sessions.values() if not each.over]
        rooms = [session.room for session in sessions]
        yield _gauge("calls", "Calls that the bot is in, or joins.", len(sessions))
        yield _gauges(
            "calls_by_encryption",
            "Calls by encryption: dave (end to end), transport (up to Discord), or none yet.",
            "encryption",
            _by_encryption([session.voice for session in sessions]),
        )
        troubled = sum(session.problem() is not None for session in sessions)
        yield _gauge("calls_with_problem", "Calls in which the bot is deaf or mute.", troubled)
        yield _gauge("speakers", "Members who can be heard.", sum(len(r.people) for r in rooms))
        answering = sum(room.answering is not None for room in rooms)
        yield _gauge("replies_in_progress", "Turns that are being answered.", answering)
        waiting = sum(room.waiting for room in rooms)
        yield _gauge("turns_waiting", "Turns that wait for their answer to begin.", waiting)

    def _of_packets(self) -> Iterator[Family]:
        packets, failures = self._calls.packets(), self._calls.dave_failures()
        yield _counters(
            "packets",
            "Packets of the calls, by what became of them (docs/operating.md); 'datagrams' is all "
            "that arrived.",
            "result",
            {name: packets[name] for name in RESULTS},
        )
        yield _counters(
            "dave_failures",
            "Frames that the encryption group's key did not decrypt at first, by reason.",
            "reason",
            {reason: failures[reason] for reason in (*sorted(REASONS), OTHER_REASON)},
        )
        yield _counter("voice_connections", "Voice connections opened.", self._calls.connections)

    def _of_models(self) -> Iterator[Family]:
        stats = self._shared.models.stats()
        text = (
            "Jobs that wait for a model: turn (end of turn), speech_to_text (Whisper), "
            "language_model (the end of a sentence)."
        )
        queued = {name: each.queued for name, each in stats.items()}
        yield _gauges("model_jobs_waiting", text, "model", queued)
        running = {name: each.running for name, each in stats.items()}
        yield _gauges("model_jobs_running", "Jobs in a model now.", "model", running)
        seconds = {name: each.run_ms / 1000 for name, each in stats.items()}
        yield _counters("model_run_seconds", "Time spent in a model.", "model", seconds)
        jobs = CounterMetricFamily(
            "openclaw_voice_model_jobs",
            "Jobs of the models, by result.",
            labels=["model", "result"],
        )
        for name, each in stats.items():
            for result in ("completed", "failed", "superseded", "dropped", "cancelled"):
                jobs.add_metric([name, result], getattr(each, result))
        yield jobs
        yield _gauge(
            "speech_to_text_busy_ratio",
            "How busy speech to text is, 0 to 1, as a mean of the last seconds.",
            self._shared.models.words_load,
        )
        yield _gauge(
            "tts_fallback_active",
            "1 while a voice of the speech server fails, and the fallback speaks in its place.",
            not speech_works(self._shared),
        )
        yield _gauge(
            "stt_fallback_active",
            "1 while the server of speech to text fails, and the bot's own model transcribes.",
            not hearing_works(self._shared),
        )

    def _of_gateway(self) -> Iterator[Family]:
        stats, works = self._shared.gateway.stats, gateway_works(self._shared)
        yield _gauge("gateway_up", "1 while the OpenClaw Gateway is connected.", works)
        yield _counter("gateway_connects", "Handshakes that succeeded.", stats.connects)
        text = "Connections to the Gateway that broke."
        yield _counter("gateway_connections_lost", text, stats.connections_lost)
        yield _counters(
            "gateway_turns",
            "Turns at the Gateway, by what happened to them.",
            "event",
            {
                "started": stats.turns_started,
                "answered": stats.turns_answered,
                "failed": stats.turns_failed,
                "recovered": stats.turns_recovered,
                "aborted": stats.aborts_sent,
            },
        )
        yield _counters(
            "gateway_errors",
            "Errors of connection attempts and turns, by kind; at most 100 kinds.",
            "kind",
            dict(stats.errors),
        )

    def _of_discord(self) -> Iterator[Family]:
        text = "1 while the bot is logged in, and a shard is connected."
        yield _gauge("discord_up", text, discord_works(self._bot))
        closed = sum(shard.is_closed() for shard in self._bot.shards.values())
        yield _gauge("discord_shards_disconnected", "Shards without a connection.", closed)
        latency_s = self._bot.latency if self._bot.shards else float("nan")
        text = "Round trip of the heartbeat to Discord's gateway, mean of the shards."
        yield _gauge("discord_heartbeat_seconds", text, latency_s)
        yield _gauge("guilds", "Servers that the bot is in.", len(self._bot.guilds))
        text = "Connections to Discord's gateway, by event."
        counts = {"connected": self._sessions, "disconnected": self._disconnects}
        yield _counters("discord_connections", text, "event", counts)


def _by_encryption(voices: list[object | None]) -> Mapping[str, float]:
    found = {"dave": 0, "transport": 0, "none": 0}
    for voice in voices:
        encrypted = getattr(voice, "encrypted", None)
        found["none" if encrypted is None else "dave" if encrypted else "transport"] += 1
    return {name: float(count) for name, count in found.items()}


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"openclaw_voice_{name}", text, value=float(value))


def _counter(name: str, text: str, value: float) -> CounterMetricFamily:
    return CounterMetricFamily(f"openclaw_voice_{name}", text, value=float(value))


def _gauges(name: str, text: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"openclaw_voice_{name}", text, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family


def _counters(name: str, text: str, label: str, values: Mapping[str, float]) -> CounterMetricFamily:
    family = CounterMetricFamily(f"openclaw_voice_{name}", text, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
