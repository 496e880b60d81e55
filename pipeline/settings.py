"""Settings of the conversation. The root settings compose them under ``pipeline``.

Every field says under it why one would change it; its name carries the unit. As environment
variables they read ``PIPELINE__STT__MODEL_SIZE``, ``PIPELINE__TURN__PRE_ROLL_MS`` and so on.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from network.addresses import HttpUrl
from network.keys import HeaderKey

Level: TypeAlias = Literal["low", "medium", "high"]
"""How readily the agent answers; see `RelevanceSettings.level`."""

_CONFIG = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class SttSettings(BaseModel):
    """Speech to text: faster-whisper on this machine, or a server."""

    model_config = _CONFIG

    url: HttpUrl = None
    """Base address of a server with OpenAI's `/v1/audio/transcriptions`, with or without `/v1`.
    Empty transcribes on this machine. The server hears what those in the call say."""
    api_key: HeaderKey | None = None
    """Sent to that server as a bearer token. A secret: it belongs in the environment or in
    `.env`."""
    model: str = ""
    """The `model` of each request to that server. Empty is whisper-1, which our own server takes;
    Speaches wants a hub id."""
    remote_timeout_s: Annotated[float, Field(gt=0, le=60)] = 3.0
    """Longest wait for the words from that server; then Whisper on this machine transcribes."""
    remote_requests: Annotated[int, Field(ge=1, le=64)] = 4
    """Requests to that server at a time; others wait."""
    remote_prompt: bool = False
    """Whether that server is told the names of `expect_names` as a prompt. Large models spell them
    right then; Whisper base loses marks at the ends of sentences."""
    stand_in: bool = True
    """While that server fails, Whisper on this machine transcribes. Without it, its model is not
    loaded, and nothing is understood meanwhile."""
    model_size: Annotated[str, Field(min_length=1)] = "auto"
    """A Whisper size (tiny, base, small, ...), a directory with a converted model, "fixture" for
    the tiny test model, or "auto": base on a CPU, large-v3-turbo on CUDA."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Device of the model: auto uses CUDA if CTranslate2 finds a device and can encode on it, else
    the CPU; cuda refuses to start without one."""
    compute_type: Literal[
        "auto", "int8", "int8_float16", "int8_float32", "int8_bfloat16",
        "float16", "bfloat16", "float32",
    ] = "auto"  # fmt: skip
    """Arithmetic; auto uses int8 on a CPU (1.3 to 2 times as fast as float32) and float16 on
    CUDA."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$", examples=["en", "de"])] | None = None
    """ISO code of the spoken language, or auto: detected for each turn, which takes a little time
    and may fail on short words. A server's own list of languages goes before it, an empty one does
    not."""
    languages: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}$", examples=["en", "de"])], ...],
        Field(max_length=20),
    ] = ()
    """ISO codes of the languages that are spoken here, the usual one first, such as [de, en]: only
    these are detected, and unsure short words count as the usual one. Empty for all languages."""
    language_threshold: Annotated[float, Field(ge=0, le=1)] = 0.7
    """Probability below which a detected language gives way to the one that was spoken last."""
    expect_names: bool = True
    """Whether the model gets the names of the agents and of the people in the call, so that it
    spells them right; off for a model that writes them where they were not said."""
    beam_size: Annotated[int, Field(ge=1, le=10)] = 1
    """Hypotheses kept while decoding: 5 is a little more accurate and about 1.3 times slower."""
    window: Literal["auto", "short", "full"] = "auto"
    """How much of Whisper's 30 s window is encoded: short = the part with speech, full = all of it,
    auto = short on a CPU, and 20 s again if the text repeats itself; full on CUDA."""
    floor_s: Annotated[float, Field(ge=3, le=30)] = 8.0
    """The shortest window, in seconds: the silence behind short speech is part of it. 10 s take a
    sixth longer and hear no more; 7 s lose some marks at the ends of sentences, 5 s lose words."""
    partial_floor_s: Annotated[float, Field(ge=3, le=30)] = 8.0
    """The shortest window of a partial transcript, in seconds."""
    threads: Annotated[int, Field(ge=0, le=64)] = 0
    """CPU threads of one transcription; 0 takes half of the cores, up to 4. More are slower where
    other work shares the cores."""
    at_once: Annotated[int, Field(ge=0, le=16)] = 0
    """Transcriptions at a time on a CPU, of different speakers; 0 takes as many as its cores have
    threads for, up to 4. Under load the last place is kept for who talks to the agent. A GPU
    transcribes one at a time."""
    partial_interval_s: Annotated[float, Field(ge=0, le=30)] = 2.0
    """Interval of partial transcripts during speech, as far as the model is free: for observers,
    and for speech over a reply. 0 waits for pauses."""
    settle_after_s: Annotated[float, Field(ge=0, le=300)] = 5.0
    """Speech of at least this length up to a pause is committed: when the turn goes on, only the
    rest is transcribed. Whisper is worse on short audio and on clauses that are cut."""
    settle_pause_ms: Annotated[int, Field(ge=200, le=5000)] = 300
    """The shortest pause at which speech is committed; the audio is cut in the middle of the
    pause."""
    queue_limit: Annotated[int, Field(ge=1, le=1000)] = 32
    """Transcriptions that may wait; of more, the oldest partial one is dropped first."""
    no_speech_threshold: Annotated[float, Field(ge=0, le=1)] = 0.65
    """A text with more no-speech probability than this counts as noise if its log-probability is
    log_prob_threshold. A surer text may have more by the difference of log-probabilities, a less
    sure one less, never below no_speech_doubt. A text of fewer than four words may have 0.85 at
    most."""
    no_speech_doubt: Annotated[float, Field(ge=0, le=1)] = 0.4
    """No text with less no-speech probability counts as noise; above it, a very quiet one does."""
    log_prob_threshold: Annotated[float, Field(ge=-10, le=0)] = -0.8
    """The mean log-probability per token to which no_speech_threshold applies."""
    reject_log_prob: Annotated[float, Field(ge=-10, le=0)] = -1.6
    """Below this mean log-probability per token a text is not used."""
    compression_ratio_threshold: Annotated[float, Field(ge=1, le=10)] = 2.4
    """Above this gzip ratio a text repeats itself: a longer window is tried, then the text
    dropped."""
    quiet_db: Annotated[float, Field(ge=-120, le=0)] = -50.0
    """A turn whose loudest 100 ms are below this level (dB below full scale) counts as silence for
    the filter of phrases that Whisper makes up ("Thank you.")."""

    @field_validator("language", mode="before")
    @classmethod
    def _auto_is_none(cls, value: object) -> object:
        return None if value in ("auto", "") else value

    @model_validator(mode="after")
    def _model_is_the_servers(self) -> Self:
        if self.model and self.url is None:
            raise ValueError(
                f"model ({self.model}) is that of the server at url, and url is empty: the Whisper "
                "of this machine is model_size"
            )
        return self

    @model_validator(mode="after")
    def _language_in_languages(self) -> Self:
        if self.language is not None and self.languages and self.language not in self.languages:
            raise ValueError(
                f"language ({self.language}) is not one of languages "
                f"({', '.join(self.languages)}): add it, or set language to auto"
            )
        return self


class VadSettings(BaseModel):
    """Voice activity: when a chunk of 32 ms counts as speech."""

    model_config = _CONFIG

    start_threshold: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """Probability from which a chunk is voiced; higher ignores more noise and more soft voices."""
    stop_threshold: Annotated[float, Field(gt=0, lt=1)] = 0.35
    """Probability below which speech pauses; lower than the start, so that soft word ends count."""
    start_ms: Annotated[int, Field(ge=32, le=1000)] = 96
    """Voiced time that starts a turn: it ignores clicks, and delays an interruption by as much."""

    @model_validator(mode="after")
    def _stop_below_start(self) -> Self:
        if self.stop_threshold > self.start_threshold:
            raise ValueError(
                f"stop_threshold ({self.stop_threshold}) is above start_threshold "
                f"({self.start_threshold}): set it to at most that"
            )
        return self


class TurnSettings(BaseModel):
    """Endpointing: when a speaker's turn is over."""

    model_config = _CONFIG

    eager: Literal["off", "careful", "on"] = "careful"
    """Whether the agent is asked before it is certain that the turn is over; the answer sounds
    later, and a speaker who goes on withdraws the question. off never, on by cut_cost_ms, careful
    by careful_cut_cost_ms and never for a request that acts ("turn off the lights")."""
    look_after_ms: Annotated[int, Field(ge=64, le=500)] = 64
    """Silence after which the models are asked, once in a pause: a later look leaves them less
    time. In five minutes of speech 54 gaps last 32 ms or more, 47 of them 64 ms, 43 of them 96."""
    encode_after_ms: Annotated[int, Field(ge=0, le=500)] = 32
    """Silence after which Whisper encodes the turn so far if a place is free, so that less is left
    to do at look_after_ms; wasted where the speaker goes on. 0 never does."""
    language_model: bool = True
    """Whether a small language model (SmolLM2) judges in English if the words end a sentence: fewer
    pauses are spoken into. It takes 30 ms of one core a pause and 250 MB of memory. Where its
    weights cannot be had, the bot does without."""
    cut_cost_ms: Annotated[int, Field(ge=100, le=60_000)] = 1500
    """What it costs to ask the agent too early, in milliseconds of waiting, where eager is on:
    higher waits longer, and withdraws fewer questions."""
    careful_cut_cost_ms: Annotated[int, Field(ge=100, le=60_000)] = 2000
    """The same where eager is careful."""
    sound_cut_cost_ms: Annotated[int, Field(ge=100, le=60_000)] = 5000
    """The same for the first sound of an answer whose question was sent early, and for a turn
    without words: higher speaks into fewer pauses."""
    call_cut_cost_ms: Annotated[int, Field(ge=100, le=60_000)] = 2000
    """The same for the first sound after a whole question or request that names an agent, where an
    answer is expected at once; never more than sound_cut_cost_ms."""
    send_after_ms: Annotated[int, Field(ge=100, le=2000)] = 200
    """Shortest silence after which the agent is asked early, however sure the end is: higher
    withdraws fewer questions."""
    sound_after_ms: Annotated[int, Field(ge=260, le=2000)] = 680
    """Shortest silence after which an answer sounds, however sure the end is: higher speaks into
    fewer of the short pauses between sentences. It costs no time where the agent takes 0.3 s."""
    call_sound_after_ms: Annotated[int, Field(ge=260, le=2000)] = 320
    """The same after a whole question or request that names an agent; never more than
    sound_after_ms. Up to 350 costs no time, because the first sentence is synthesised meanwhile."""
    likely_from: Annotated[float, Field(ge=0, le=1)] = 0.33
    """Probability of the end from which likely_send_ms and likely_sound_ms limit the silences:
    lower answers more turns soon, and speaks into more pauses; 1 sets no limit."""
    likely_send_ms: Annotated[int, Field(ge=260, le=5000)] = 350
    """Longest silence before the agent is asked where the end is that likely and eager is on."""
    likely_sound_ms: Annotated[int, Field(ge=260, le=5000)] = 900
    """Longest silence before an answer sounds where the end is that likely. It grows and shrinks
    with the speaker's pauses, as likely_send_ms does; sound_after_ms goes before it."""
    pause_median_ms: Annotated[int, Field(ge=100, le=5000)] = 550
    """Median length of the pauses inside turns: higher waits longer where the words do not tell."""
    pause_sigma: Annotated[float, Field(ge=0.1, le=2)] = 0.6
    """Spread of those pauses, as the standard deviation of their natural logarithm: 0.42 for
    fluent speech, 0.65 for free talk. Higher waits longer for the long ones."""
    max_silence_ms: Annotated[int, Field(ge=260, le=20_000)] = 2500
    """Silence that ends any turn."""
    pace_share: Annotated[float, Field(ge=0, le=0.5)] = 0.2
    """How much shorter or longer the median is for a speaker with short or long pauses inside a
    turn, as a share of it; 0 is the same for all."""
    max_turn_s: Annotated[float, Field(ge=2, le=300)] = 30.0
    """A turn of this length is ended even during speech: Whisper takes 30 s at a time."""
    pre_roll_ms: Annotated[int, Field(ge=0, le=2000)] = 300
    """Audio before the first voiced chunk that belongs to the turn, so that no word start is
    lost."""


class SecondOpinionSettings(BaseModel):
    """Asking the agent itself whether it was meant, where the rules are unsure."""

    model_config = _CONFIG

    enabled: bool = False
    """Off costs nothing. On, each unsure turn costs one more question to the agent, in a separate
    session, and may wait for the answer up to timeout_ms. With a language model's answers
    F1 on lines that no rule was made on rose from .866 to .915 (docs/relevance.md)."""
    from_score: Annotated[float, Field(ge=0, le=1)] = 0.15
    """Likelihood from which the rules are unsure; lower asks about more talk among members."""
    to_score: Annotated[float, Field(ge=0, le=1)] = 0.85
    """Likelihood up to which the rules are unsure; higher asks about more turns that are almost
    certain."""
    timeout_ms: Annotated[int, Field(ge=100, le=10_000)] = 1500
    """The longest wait for the agent's yes or no; then the rules decide."""

    @model_validator(mode="after")
    def _band_in_order(self) -> Self:
        if self.to_score < self.from_score:
            raise ValueError(
                f"to_score ({self.to_score}) is below from_score ({self.from_score}): "
                "set it to at least that"
            )
        return self


class RelevanceSettings(BaseModel):
    """Addressee detection: whether a turn was meant for the agent."""

    model_config = _CONFIG

    level: Level = "medium"
    """low answers to the name and to direct follow-ups, medium also to questions and requests in
    a running exchange, high also to questions to everyone."""
    follow_up_s: Annotated[float, Field(ge=0, le=120)] = 8.0
    """How long after a reply its speaker can follow up without the name."""
    exchange_s: Annotated[float, Field(ge=0, le=600)] = 30.0
    """How long after a reply the exchange with the agent counts as running, for all members."""
    name_threshold: Annotated[float, Field(ge=0.5, le=1)] = 0.90
    """Similarity from which a word counts as the name; lower accepts more mishearing. Where hardly
    any other word fits, 0.12 less is enough; 1 accepts only the exact name."""
    bot_answers: Annotated[int, Field(ge=0, le=20)] = 2
    """Turns of other bots that are answered in a row, without a word of a person in between: two
    bots that hear each other fall silent. 0 answers no bot."""
    may_decline: bool = True
    """Where it is not sure that the agent is meant, the agent is told so and may decline: it then
    says nothing. Costs no time. At medium it also gets turns of a running exchange that are a
    little less likely for it (2 to 7 % of all turns), and at medium and high those that name it
    where neither the words nor the sound tell whether it is called. Off for agents that ignore the
    instruction; then the rules alone decide."""
    second_opinion: SecondOpinionSettings = SecondOpinionSettings()
    """Asking the agent itself where the rules are unsure. It helps in rooms with much talk among
    members, where a wrong answer is worse than a late one."""


class ControlSettings(BaseModel):
    """Words that act without the agent: "louder", "repeat that", "please go on"."""

    model_config = _CONFIG

    volume_step_db: Annotated[float, Field(gt=0, le=12)] = 4.0
    """How much "louder" and "quieter" change the volume; 3 dB is just noticeable."""
    quietest_db: Annotated[float, Field(ge=-60, le=0)] = -24.0
    """The lowest volume of "quieter", relative to the speech server's."""
    loudest_db: Annotated[float, Field(ge=0, le=12)] = 8.0
    """The highest volume of "louder"; far above it, loud speech is distorted."""
    go_on_within_s: Annotated[float, Field(ge=0, le=3600)] = 120.0
    """How long after its end a stopped reply can be continued by "please go on". Later the words go
    to the agent."""


class BargeInSettings(BaseModel):
    """Speech over a reply. The reply ducks as soon as the VAD finds speech (``vad.start_ms``)."""

    model_config = _CONFIG

    hold_after_ms: Annotated[int, Field(ge=0, le=5000)] = 180
    """After this much speech over it a reply is silent; before, it is only ducked."""
    overhear_after_ms: Annotated[int, Field(ge=200, le=10_000)] = 700
    """Speech over a reply is transcribed after this long without waiting for its end, so that a
    long interruption stops the reply early."""
    decide_within_ms: Annotated[int, Field(ge=100, le=20_000)] = 1500
    """How long after the end of such speech the decision may take before the reply resumes."""
    longest_overlap_ms: Annotated[int, Field(ge=500, le=60_000)] = 6000
    """Speech over a reply without a decision no longer silences it after this long."""
    rewind_ms: Annotated[int, Field(ge=0, le=5000)] = 300
    """How far back a silenced reply starts when it resumes."""
    first_sound_waits_ms: Annotated[int, Field(ge=0, le=10_000)] = 1500
    """The longest time that a ready reply waits for other members who are speaking. 0 speaks at
    once. For the member that it answers it waits until they have finished."""
    named_sound_waits_ms: Annotated[int, Field(ge=0, le=10_000)] = 400
    """The same for a reply that was asked for by name, while the others' words are not known to be
    for the agent. A value above first_sound_waits_ms has no effect."""
    echo_likeness: Annotated[float, Field(ge=0.3, le=1)] = 0.42
    """From this likeness to the played audio on, a microphone's audio counts as an echo from a
    loudspeaker beside it. Lower lets fewer speakers through who talk over their echo; 1 turns the
    echo guard off."""


class SpeechTextSettings(BaseModel):
    """How the agent's text is cut into spoken sentences."""

    model_config = _CONFIG

    first_clause_min_words: Annotated[int, Field(ge=1, le=50)] = 4
    """The first sentence may be cut at a comma after this many words, to start sooner."""
    first_clause_min_chars: Annotated[int, Field(ge=1, le=500)] = 30
    """And after this many characters; a short sentence sounds better whole."""
    max_sentence_chars: Annotated[int, Field(ge=40, le=2000)] = 240
    """A longer sentence is cut at the best place: speech servers limit and delay long input."""
    max_table_rows: Annotated[int, Field(ge=0, le=100)] = 3
    """Rows of a table that are read out; the number of the others is spoken."""
    max_spoken_chars: Annotated[int, Field(ge=200, le=100_000)] = 6000
    """Text of an answer beyond this many characters (some seven minutes of speech) is posted in the
    text channel, and a sentence announces it."""
    post_left_out: bool = True
    """Post the text that speech leaves out or shortens (code, links, long tables, formulas,
    spoilers) in the text channel, as it was written."""


class ReplySettings(BaseModel):
    """Sentences and sounds beside the answer."""

    model_config = _CONFIG

    one_moment_after_s: Annotated[float, Field(ge=0, le=60)] = 4.0
    """After this long without a word of the answer the bot says "One moment, please.", once; 0
    never says it. `openclaw.timeout` ends the wait."""
    acknowledge_after_s: Annotated[float, Field(ge=0, le=60)] = 0.7
    """After this long a speaker who waits for the answer to another member is told that they are
    next, when nothing else is being said; 0 never says it."""
    thinking_sound_after_s: Annotated[float, Field(ge=0, le=60)] = 2.5
    """After this much silence, while the agent thinks or uses a tool, a quiet sound plays; 0 leaves
    it silent."""
    offer_rest_after_s: Annotated[float, Field(ge=0, le=3600)] = 45.0
    """After this much speech a long answer pauses at the end of a sentence to ask "Shall I go on?";
    0 speaks every answer whole."""
    offer_open_s: Annotated[float, Field(ge=1, le=60)] = 8.0
    """How long a "yes" to that question counts. Later, "please go on" still continues the answer
    (`control.go_on_within_s`)."""


class PipelineSettings(BaseModel):
    """All of the conversation."""

    model_config = _CONFIG

    stt: SttSettings = SttSettings()
    vad: VadSettings = VadSettings()
    turn: TurnSettings = TurnSettings()
    relevance: RelevanceSettings = RelevanceSettings()
    control: ControlSettings = ControlSettings()
    barge_in: BargeInSettings = BargeInSettings()
    speech_text: SpeechTextSettings = SpeechTextSettings()
    reply: ReplySettings = ReplySettings()
