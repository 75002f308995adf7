"""Ballots written together: all that wait are one transaction, and nobody is answered before it is on the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from baolei.urn.store import Cast, Outcome, Store

Found = TypeVar("Found")
MOST = 256
"""So many ballots are written in one transaction, at most."""
MOST_WAITING = 8192
"""So many may wait; whoever comes then is sent away at once, and told to come again."""


class Unavailable(Exception):
    """The store did not take the ballot, or nobody knows whether it did: cast it again."""


class AtStore:
    """A thread with a store of its own, which it is asked one thing after another. `opening` opens the store; it is
    opened anew after an error.
    """

    def __init__(self, opening: Callable[[], Store], name: str) -> None:
        self._opening = opening
        self._store: Store | None = None
        self._thread = ThreadPoolExecutor(1, name)

    async def asked(self, question: Callable[[Store], Found]) -> Found:
        """What the store answers."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._answered, question)

    def _answered(self, question: Callable[[Store], Found]) -> Found:
        if self._store is None:
            self._store = self._opening()
        try:
            return question(self._store)
        except BaseException:
            store, self._store = self._store, None
            store.close()
            raise

    def close(self) -> None:
        """Wait for what is being asked, and let go of the store."""
        self._thread.shutdown(wait=True)
        if self._store:
            self._store.close()


class Batches:
    """The one who writes: a queue of ballots, and a store of its own that `opening` opens. `noted` is told every
    error.
    """

    def __init__(self, opening: Callable[[], Store], noted: Callable[[BaseException], None]) -> None:
        self._writer, self._noted = AtStore(opening, "urn-writer"), noted
        self._waiting: asyncio.Queue[tuple[Cast, asyncio.Future[Outcome]]] = asyncio.Queue(MOST_WAITING)

    async def cast(self, cast: Cast) -> Outcome:
        """Cast a ballot: what became of it. Raises Unavailable."""
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        try:
            self._waiting.put_nowait((cast, answer))
        except asyncio.QueueFull:
            raise Unavailable from None
        return await answer

    async def write(self) -> None:
        """Write what waits, batch after batch, until cancelled; a batch that has begun is ended first."""
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < MOST and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            await asyncio.shield(self._one([cast for cast, _ in batch], [answer for _, answer in batch]))

    async def _one(self, casts: list[Cast], answers: list[asyncio.Future[Outcome]]) -> None:
        try:
            outcomes = await self._writer.asked(lambda store: store.cast(casts))
        except Exception as error:
            self._noted(error)
            for answer in answers:
                if not answer.done():
                    answer.set_exception(Unavailable())
            return
        for answer, outcome in zip(answers, outcomes, strict=True):
            if not answer.done():  # whoever asked may have gone
                answer.set_result(outcome)

    def close(self) -> None:
        """Wait for the batch that is being written, and let go of the store."""
        self._writer.close()
