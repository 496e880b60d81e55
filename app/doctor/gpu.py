"""Where speech recognition runs, shown by encoding a window there."""

from __future__ import annotations

from app.doctor.findings import Finding, Grade
from models.whisper import FIXTURE_DIR
from pipeline.errors import ModelUnavailable
from pipeline.inference.devices import choose_device
from pipeline.inference.whisper import load_transcriber
from settings import Settings

_SUBJECT = "GPU"


def check_gpu(settings: Settings) -> Finding:
    """Have the device that the settings choose encode a window, with the small model that is here.

    A GPU with too little memory for the model that the bot will load is not found out by this.
    """
    stt = settings.pipeline.stt.model_copy(update={"language": None})
    warnings: list[str] = []
    try:
        transcriber = load_transcriber(stt, lambda _: FIXTURE_DIR, warnings.append)
    except ModelUnavailable as error:
        advice = "`make setup` installs what a GPU needs; or set PIPELINE__STT__DEVICE=auto"
        return Finding(Grade.FAIL, _SUBJECT, str(error), advice)
    took = f"a window encoded in {transcriber.warm_up():.0f} ms as {transcriber.compute_type}"
    if warnings:
        advice = (
            "`make setup` installs what a GPU needs; PIPELINE__STT__DEVICE=cpu ends this notice"
        )
        return Finding(Grade.WARN, _SUBJECT, f"{warnings[0]}; {took}", advice)
    if transcriber.device == "cuda":
        return Finding(Grade.OK, _SUBJECT, f"speech recognition runs on it, {took}")
    unused = stt.device == "cpu" and choose_device("auto") == "cuda"
    why = "not used, as PIPELINE__STT__DEVICE says" if unused else "none"
    return Finding(Grade.OK, _SUBJECT, f"{why}: speech recognition runs on the CPU, {took}")
