"""One window of Whisper: audio to encoding, encoding to segments with their probabilities.

CTranslate2's ``encode`` and ``generate`` are called directly. faster-whisper's ``transcribe`` seeks
on into the silence behind the speech, and its prompts cannot hold timestamps. With timestamps the
decoder knows where the speech ends.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import ctranslate2
import numpy as np
from numpy.typing import NDArray

from pipeline.audio import Samples
from pipeline.inference.closing_marks import ClosingMarks
from pipeline.inference.log_mel import FRAMES_A_SECOND, MARGIN_FRAMES, LeanFeatures
from pipeline.inference.whisper_vocabulary import WhisperVocabulary, load_tokenizer

# No speaker reaches 12 tokens a second, so the limit stops a decoder that loops. Whisper's context
# holds 448 tokens, half of them for the text.
_TOKENS_A_SECOND: Final = 12
_TOKENS_AT_LEAST: Final = 24
_TOKENS_AT_MOST: Final = 220
_CONTEXT: Final = 448
_POSITIONS_A_SECOND: Final = 50
"""Of the encoder."""
_LAST_TOKENS: Final = 16
"""Tokens from which the end of a sentence is expected: more cost time and change little."""
_LOWEST: Final = 1e-9
"""The least probability whose logarithm is taken."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text between two timestamps, seconds in the window.

    ``first`` and ``last`` are where its text tokens lie among those of the decoding: ``tokens[first
    : last]``. ``closed`` says whether the decoder wrote the second timestamp.
    """

    start: float
    end: float
    first: int
    last: int
    closed: bool


@dataclass(frozen=True, slots=True)
class Decoding:
    """The text of one window.

    ``avg_logprob`` is the mean log-probability over its tokens, ``compression_ratio`` that of the
    text's bytes to their deflated length. ``at_limit`` says that the decoder did not come to an
    end.
    """

    text: str
    segments: tuple[Segment, ...]
    tokens: tuple[int, ...]
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float
    at_limit: bool
    closed_text: str
    """The text of the segments that are closed before the end of the audio, or at it."""
    closed_until: float
    """Where the last of them ends, seconds in the window; 0 if there is none."""
    closing: ClosingMarks | None
    duration_s: float = 0.0
    """The length of the window's audio."""
    sureness: tuple[float, ...] = ()
    """How sure the decoder is of each written word between spaces: the least probability of the
    tokens with its letters. Empty where that is not known."""
    times: tuple[tuple[float, float], ...] = ()
    """When each of the tokens is said, seconds in the window; empty unless it was asked for."""
    may_call: str = ""
    """The name of an agent, as the text has it, that the words do not call and the sound may
    (`call_evidence`); empty if there is none."""


class WhisperDecoder:
    """A Whisper model of CTranslate2 with its tokens and its features. Several threads may use it.

    ``at_once`` of them are served at a time, each by ``threads`` threads of the CPU.

    Raises:
        RuntimeError: CTranslate2 cannot load the model.
        Exception: the tokenizer cannot be read.
    """

    def __init__(
        self, directory: Path, *, device: str, compute_type: str, threads: int, at_once: int = 1
    ) -> None:
        self._model = ctranslate2.models.Whisper(
            str(directory),
            device=device,
            compute_type=compute_type,
            inter_threads=at_once,
            intra_threads=threads,
        )
        tokenizer = load_tokenizer(directory / "tokenizer.json")
        self.multilingual: bool = self._model.is_multilingual
        self.vocabulary = WhisperVocabulary(tokenizer, multilingual=self.multilingual)
        self._features = LeanFeatures(feature_size=self._model.n_mels)
        self._on_gpu = self._model.device == "cuda"

    def warm_up(self) -> None:
        """Expect the end of a sentence once: it encodes the silence that is kept for the next."""
        self.expected_end(self.vocabulary.encode("Yes"), "en")

    def encode(self, audio: Samples, floor_frames: int) -> ctranslate2.StorageView:
        """Encode 16 kHz mono ``float32[n]``, 30 s at most, with silence behind it.

        ``floor_frames`` is the shortest window, in frames of 10 ms.
        """
        features = self._features.window(audio, floor_frames)
        return self._model.encode(ctranslate2.StorageView.from_array(features[None]))

    def detect_language(
        self, encoded: ctranslate2.StorageView, among: Collection[str] = ()
    ) -> tuple[str, float]:
        """The most likely language and its probability; only those ``among`` count, if any."""
        if not self.multilingual:
            return "en", 1.0
        [ranking] = self._model.detect_language(encoded)
        found = {token[2:-2]: float(probability) for token, probability in ranking}
        allowed = {code: found[code] for code in among if code in found} or found
        code = max(allowed, key=allowed.__getitem__)
        return code, allowed[code] / max(sum(allowed.values()), _LOWEST)

    def decode(
        self,
        encoded: ctranslate2.StorageView,
        language: str,
        duration_s: float,
        *,
        prompt: Sequence[int] = (),
        lead: Sequence[int] = (),
        beam_size: int = 1,
        closing: bool = True,
        translate: bool = False,
        temperature: float = 0.0,
    ) -> Decoding:
        """The text of an encoded window whose audio is ``duration_s`` long.

        With ``translate`` the text is English. A ``temperature`` above 0 draws each token by its
        probability instead of taking the likeliest; ``beam_size`` is then 1.

        ``prompt`` are the tokens of the text before, with timestamps. ``lead`` are text tokens that
        it takes for its own first words; it hears all of the text in their light. Segments that
        begin at or behind the end of the audio are dropped. Without ``closing`` the closing marks
        are left out.
        """
        start = [*prompt, *self.vocabulary.start(language, translate=translate)]
        if lead:
            start += [self.vocabulary.first_timestamp, *lead]
        limit = min(_TOKENS_AT_MOST, _TOKENS_AT_LEAST + math.ceil(_TOKENS_A_SECOND * duration_s))
        # CTranslate2 gives logits only without beams: the closing marks cost a decoding more.
        beam_size = 1 if temperature > 0 else beam_size
        greedy = beam_size == 1
        result = self._generate(
            encoded, start, limit, beam_size, temperature, logits=greedy and closing
        )
        tokens = list(result.sequences_ids[0])
        segments = self._segments(tokens, duration_s)
        words = [token for each in segments for token in tokens[each.first : each.last]]
        text = self.vocabulary.decode(words).strip()
        sureness: tuple[float, ...] = ()
        if not closing:
            marks = None
        elif greedy:
            chosen = self._chosen(tokens, segments, result.logits[0])
            marks = self._closing(tokens, segments, result.logits[0], language, duration_s, chosen)
            sureness = self._sureness(text, tokens, segments, chosen)
        else:
            marks = self.decode(
                encoded, language, duration_s, prompt=prompt, translate=translate
            ).closing
        closed = [each for each in segments if each.closed]
        closed_words = [token for each in closed for token in tokens[each.first : each.last]]
        return Decoding(
            text=text,
            segments=segments,
            tokens=tuple(tokens),
            avg_logprob=result.scores[0] * len(tokens) / (len(tokens) + 1),
            no_speech_prob=float(result.no_speech_prob),
            compression_ratio=compression_ratio(text),
            at_limit=len(tokens) >= min(limit, _CONTEXT - len(start)),
            closed_text=self.vocabulary.decode(closed_words).strip(),
            closed_until=min(closed[-1].end, duration_s) if closed else 0.0,
            closing=marks,
            duration_s=duration_s,
            sureness=sureness,
        )

    def _generate(
        self,
        encoded: ctranslate2.StorageView,
        start: list[int],
        limit: int,
        beam_size: int,
        temperature: float,
        *,
        logits: bool,
    ) -> ctranslate2.models.WhisperGenerationResult:
        """At most ``limit`` tokens behind those of ``start``."""
        [result] = self._model.generate(
            encoded,
            [start],
            beam_size=beam_size,
            sampling_topk=0 if temperature > 0 else 1,
            sampling_temperature=temperature or 1.0,
            # CTranslate2 writes half of this at most, and no more than is left behind the prompt.
            max_length=min(_CONTEXT, max(2 * limit, len(start) + limit)),
            return_scores=True,
            return_no_speech_prob=True,
            return_logits_vocab=logits,
            suppress_tokens=self.vocabulary.suppressed,
        )
        return result

    def token_times(
        self,
        encoded: ctranslate2.StorageView,
        language: str,
        decoding: Decoding,
        *,
        translate: bool = False,
    ) -> list[tuple[float, float]]:
        """When each token of ``decoding`` is said: its begin and end, in seconds in the window.

        They come from the decoder's attention to the audio, aligned by dynamic time warping as in
        OpenAI's own code. A timestamp has the times of the text token before it. Those of a
        translation are rough.
        """
        text = [token for token in decoding.tokens if self.vocabulary.is_text(token)]
        if not text:
            return [(0.0, 0.0)] * len(decoding.tokens)
        frames = max(1, round(decoding.duration_s * FRAMES_A_SECOND))
        start = self.vocabulary.start(language, translate=translate)
        [aligned] = self._model.align(encoded, start, [text], frames)
        found: dict[int, float] = {}
        for token, position in aligned.alignments:
            found.setdefault(token, position / _POSITIONS_A_SECOND)
        begins = [0.0]
        for index in range(1, len(text)):
            begins.append(min(max(begins[-1], found.get(index, 0.0)), decoding.duration_s))
        times = list(zip(begins, [*begins[1:], decoding.duration_s], strict=True))
        at = -1
        spread: list[tuple[float, float]] = []
        for each in decoding.tokens:
            at += self.vocabulary.is_text(each)
            spread.append(times[max(at, 0)])
        return spread

    def log_probabilities(
        self,
        encoded: ctranslate2.StorageView,
        language: str,
        words: Sequence[int],
        duration_s: float,
        prompt: Sequence[int] = (),
    ) -> list[float]:
        """The log-probability of each of the text tokens behind those before it, and behind the
        tokens of ``prompt``, the text before."""
        frames = max(1, round(duration_s * FRAMES_A_SECOND))
        start = [*prompt, *self.vocabulary.start(language)]
        [found] = self._model.align(encoded, start, [words], frames)
        return [math.log(max(float(each), _LOWEST)) for each in found.text_token_probs]

    def expected_end(self, words: Sequence[int], language: str) -> float:
        """The probability of a full stop or a question mark behind text tokens, in silence.

        ``align`` gives the probabilities of all tokens at once. ``generate`` needs a step for each.
        """
        ends = self.vocabulary.sentence_ends
        results = self._model.align(
            self._silence,
            self.vocabulary.start(language),
            [[*words[-_LAST_TOKENS:], end] for end in ends],
            MARGIN_FRAMES,
        )
        return min(1.0, sum(float(each.text_token_probs[-1]) for each in results))

    def _segments(self, tokens: Sequence[int], duration_s: float) -> tuple[Segment, ...]:
        vocabulary = self.vocabulary
        found: list[Segment] = []
        start, first = 0.0, 0
        for index, token in enumerate([*tokens, vocabulary.end_of_text]):
            if vocabulary.is_text(token):
                continue
            closed = token >= vocabulary.first_timestamp
            at = vocabulary.seconds(token) if closed else duration_s
            if index > first:
                found.append(Segment(start, at, first, index, closed))
            start, first = at, index + 1
        return tuple(each for each in found if each.start < duration_s)

    def _chosen(
        self,
        tokens: Sequence[int],
        segments: Sequence[Segment],
        logits: Sequence[ctranslate2.StorageView],
    ) -> dict[int, float]:
        """The probability of each token with letters, by its index."""
        return {
            index: float(self._probabilities(logits[index])[tokens[index]])
            for each in segments
            for index in range(each.first, min(each.last, len(logits)))
            if self.vocabulary.is_word(tokens[index])
        }

    def _sureness(
        self,
        text: str,
        tokens: Sequence[int],
        segments: Sequence[Segment],
        chosen: Mapping[int, float],
    ) -> tuple[float, ...]:
        found: list[float] = []
        for each in segments:
            for index in range(each.first, each.last):
                if not found or self.vocabulary.begins_word(tokens[index]):
                    found.append(1.0)
                found[-1] = min(found[-1], chosen.get(index, 1.0))
        # Some tokens end within a character, and some words begin without a space.
        return tuple(found) if len(found) == len(text.split()) else ()

    def _closing(
        self,
        tokens: Sequence[int],
        segments: Sequence[Segment],
        logits: Sequence[ctranslate2.StorageView],
        language: str,
        duration_s: float,
        chosen: Mapping[int, float],
    ) -> ClosingMarks | None:
        last_word = max(chosen, default=len(logits))
        if last_word + 1 >= len(logits):
            return None
        behind = self._probabilities(logits[last_word + 1])
        logs = np.log(np.maximum(list(chosen.values()), _LOWEST))
        end = segments[-1].last
        text = (index for each in segments for index in range(each.first, each.last))
        said = [tokens[index] for index in text if index <= last_word]
        return ClosingMarks(
            **{name: float(behind[ids].sum()) for name, ids in self.vocabulary.marks.items()},
            end_of_text=self._ends(behind),
            end_at_end=self._ends(self._probabilities(logits[end])) if end < len(logits) else 0.0,
            last_token=chosen[last_word],
            last_three=float(np.mean(logs[-3:])),
            mean=float(np.mean(logs)),
            least=float(np.min(logs[-3:])),
            ends_after_s=segments[-1].end - duration_s,
            expected=self.expected_end(said, language),
        )

    @cached_property
    def _silence(self) -> ctranslate2.StorageView:
        """Encoded silence, once for each mark that ends a sentence."""
        one = self._as_array(self.encode(np.zeros(0, np.float32), 0))
        return ctranslate2.StorageView.from_array(
            np.repeat(one, len(self.vocabulary.sentence_ends), 0)
        )

    def _probabilities(self, logits: ctranslate2.StorageView) -> NDArray[np.float32]:
        values = self._as_array(logits).reshape(-1)
        raised = np.exp(values - values.max())
        probabilities: NDArray[np.float32] = raised / raised.sum(dtype=np.float64)
        return probabilities

    def _as_array(self, view: ctranslate2.StorageView) -> NDArray[np.float32]:
        if self._on_gpu:
            view = view.to_device(ctranslate2.Device.cpu)
        if view.dtype != ctranslate2.DataType.float32:
            view = view.to(ctranslate2.DataType.float32)
        return np.array(view)

    def _ends(self, probabilities: NDArray[np.float32]) -> float:
        # A segment ends with a timestamp, the last one also with the end of the text.
        vocabulary = self.vocabulary
        timestamps = float(probabilities[vocabulary.first_timestamp :].sum())
        return min(1.0, timestamps + float(probabilities[vocabulary.end_of_text]))


def compression_ratio(text: str) -> float:
    """The text's bytes to their deflated length; a text that repeats itself is above 2.4."""
    data = text.encode(errors="replace")
    return len(data) / len(zlib.compress(data)) if data else 0.0
