"""Waits with timeouts for tests, whose failures name what was awaited.

`eventually` waits for a condition, `within` limits a part of a test. Besides, tests/conftest.py
wraps every async test with `at_a_standstill`: it fails a test that awaits at one place for too
long, so that not even a bare ``await event.wait()`` can hang.
"""

from __future__ import annotations

import ast
import asyncio
import functools
import linecache
import traceback
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

STANDSTILL_S: Final = 10.0
"""Longest wait of a test at one place; ``@pytest.mark.patience(seconds)`` sets another."""
STANDSTILL_REAL_TIME_S: Final = 45.0
"""The same for speech in real time, and for the real Gateway."""
_CHECK_S: Final = 0.5
_POLL_S: Final = 0.002
_LONGEST_REPR: Final = 300
_ROOT: Final = Path(__file__).parent.parent
_OURS: Final = (_ROOT / "tests", _ROOT / "testing")


async def eventually(
    true: Callable[[], T], timeout_s: float = 5.0, *, seen: Callable[[], object] | None = None
) -> T:
    """The first true result of ``true()``, by polling; for conditions without an event.

    Raises:
        AssertionError: there was none in time; shows the condition, the values of its parts, and
            ``seen()``.
    """
    end = asyncio.get_running_loop().time() + timeout_s
    while not (result := true()):
        if asyncio.get_running_loop().time() >= end:
            saw = _parts(true) or [_short(result)]
            saw += [] if seen is None else [_short(seen())]
            raise AssertionError(
                f"not within {timeout_s:g} s: {_words(true)}; seen: {'; '.join(saw)}"
            )
        await asyncio.sleep(_POLL_S)
    return result


@asynccontextmanager
async def within(
    seconds: float, what: str, *, seen: Callable[[], object] | None = None
) -> AsyncIterator[None]:
    """Limit the time of the body.

    Raises:
        AssertionError: the body took longer; names ``what`` was awaited and shows ``seen()``.
    """
    try:
        async with asyncio.timeout(seconds) as limit:
            yield
    except TimeoutError:
        if not limit.expired():
            raise
        saw = "" if seen is None else f"; seen: {_short(seen())}"
        raise AssertionError(f"not within {seconds:g} s: {what}{saw}") from None


def at_a_standstill(
    test: Callable[P, Coroutine[Any, Any, T]], patience_s: float
) -> Callable[P, Coroutine[Any, Any, T]]:
    """The test, which fails if it awaits at the same place for longer than ``patience_s``."""

    @functools.wraps(test)
    async def watched(*args: P.args, **kwargs: P.kwargs) -> T:
        work = test(*args, **kwargs)
        with _watch(work, patience_s) as told:
            try:
                result = await work
            except asyncio.CancelledError:
                if told:
                    raise AssertionError(told[0]) from None
                raise
            assert not told, told[0]
            return result

    return watched


def fixture_at_a_standstill(
    fixture: Callable[P, AsyncGenerator[T, None]], patience_s: float
) -> Callable[P, AsyncGenerator[T, None]]:
    """The same for setup and teardown of an async fixture.

    After a failed test nothing else limits the teardown: pytest-timeout stops at the failure.
    """

    @functools.wraps(fixture)
    async def watched(*args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[T, None]:
        work = fixture(*args, **kwargs)
        yield await _half(work, patience_s)
        with suppress(StopAsyncIteration):
            await _half(work, patience_s)

    return watched


async def _half(work: AsyncGenerator[T, None], patience_s: float) -> T:
    with _watch(work, patience_s) as told:
        try:
            return await anext(work)
        except asyncio.CancelledError:
            if told:
                raise AssertionError(told[0]) from None
            raise


@contextmanager
def _watch(work: Any, patience_s: float) -> Iterator[list[str]]:
    """Cancel the present task when ``work`` stands still; yields a list for the message."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    told: list[str] = []
    place, since = _place(work), loop.time()
    timer: asyncio.TimerHandle | None = None

    def check() -> None:
        nonlocal place, since, timer
        now = loop.time()
        if (here := _place(work)) != place:
            place, since = here, now
        if now - since >= patience_s:
            told.append(f"stood still for {patience_s:g} s: {where(work)}")
            task.cancel()
        else:
            timer = loop.call_later(min(_CHECK_S, patience_s), check)

    timer = loop.call_later(min(_CHECK_S, patience_s), check)
    try:
        yield told
    finally:
        if timer is not None:
            timer.cancel()


def say_where(error: BaseException) -> None:
    """Add to a bare TimeoutError the line of the test that timed out."""
    if not isinstance(error, TimeoutError) or str(error):
        return
    # The interrupted line is in the cause; the error itself has only the limit.
    for each in (error.__cause__, error.__context__, error):
        frames = [] if each is None else list(traceback.walk_tb(each.__traceback__))
        ours = [(frame, line) for frame, line in frames if _is_ours(frame)]
        if ours:
            error.args = (f"its time was over at {_line(*ours[-1])}",)
            return


def where(work: Any) -> str:
    """The place of a suspended coroutine: its lines in tests, and the innermost line."""
    frames = list(_frames(work))
    ours = [frame for frame in frames if _is_ours(frame)]
    shown = ours if not frames or frames[-1] in ours else [*ours, frames[-1]]
    return " > ".join(_line(frame, frame.f_lineno) for frame in shown) or repr(work)


def where_tests_wait(tasks: Iterable[asyncio.Task[Any]]) -> str:
    """Where the tasks await that the tests started."""
    places = [where(task.get_coro()) for task in tasks]
    return "; ".join(sorted(place for place in places if place.startswith(("tests/", "testing/"))))


def _frames(work: Any) -> Iterator[FrameType]:
    """From the outermost to the innermost: coroutines, and async generators under them."""
    while work is not None:
        frame = getattr(work, "cr_frame", None) or getattr(work, "ag_frame", None)
        if frame is not None:
            yield frame
        work = getattr(work, "cr_await", None) or getattr(work, "ag_await", None)


def _place(work: Any) -> list[tuple[CodeType, int, tuple[int, ...]]]:
    """The position and local values of each frame: they change while the work proceeds."""
    return [
        (frame.f_code, frame.f_lasti, tuple(id(value) for value in frame.f_locals.values()))
        for frame in _frames(work)
    ]


def _is_ours(frame: FrameType) -> bool:
    file = Path(frame.f_code.co_filename)
    return any(file.is_relative_to(ours) for ours in _OURS) and file != Path(__file__)


def _line(frame: FrameType, line: int) -> str:
    file = Path(frame.f_code.co_filename)
    name = file.relative_to(_ROOT) if file.is_relative_to(_ROOT) else file.name
    return f"{name}:{line} `{linecache.getline(str(file), line).strip()}`"


# -- conditions in words -------------------------------------------------------------------------


def _words(true: Callable[[], object]) -> str:
    body = _source(true)
    return f"`{body}`" if body else getattr(true, "__qualname__", repr(true))


def _parts(true: Callable[[], object]) -> list[str]:
    """The present values of the sides of a comparison, or of the terms of an ``and``."""
    body = _source(true)
    if not body:
        return []
    cells = zip(true.__code__.co_freevars, true.__closure__ or (), strict=True)
    known = {**true.__globals__, **{name: cell.cell_contents for name, cell in cells}}
    parts = []
    for term in _terms(ast.parse(body, mode="eval").body):
        text = ast.unparse(term)
        try:
            value = _short(eval(text, known))
        except Exception as error:
            value = repr(error)
        parts.append(f"{text} = {value}")
    return parts


def _terms(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.Compare():
            nodes = [node.left, *node.comparators]
        case ast.BoolOp():
            nodes = [term for value in node.values for term in _terms(value)]
        case ast.UnaryOp():
            nodes = _terms(node.operand)
        case _:
            nodes = [node]
    return [each for each in nodes if not isinstance(each, ast.Constant)]


def _source(true: Callable[[], object]) -> str:
    """The body of a lambda; empty for anything else."""
    code = getattr(true, "__code__", None)
    if code is None or code.co_name != "<lambda>":
        return ""
    spots = [spot for spot in code.co_positions() if None not in spot and spot[2] != spot[3]]
    if not spots:
        return ""
    first, last = min((s[0], s[2]) for s in spots), max((s[1], s[3]) for s in spots)
    lines = [linecache.getline(code.co_filename, n).encode() for n in range(first[0], last[0] + 1)]
    lines[-1] = lines[-1][: last[1]]
    lines[0] = lines[0][first[1] :]
    text = " ".join(b"".join(lines).decode().split())
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return ""
    return text


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_REPR else f"{text[:_LONGEST_REPR]}..."
