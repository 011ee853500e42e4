"""Judges scripts by the laws, makes a failing one small, and tells of it so that it can be replayed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.jobs.interleaving import World
from tests.jobs.laws import broken_laws, broken_restore_laws
from tests.jobs.offering import OfferWorld
from tests.jobs.script import DECISIONS, OFFERING, Script

LONGEST_TRANSCRIPT = 200


def judged(script: Script) -> list[str]:
    """The laws that the script breaks; an assertion of the world or an exception counts as one."""
    return _run(world_of(script))


def world_of(script: Script) -> World:
    """The world that knows what happens in the script."""
    offers = any(job.ending in OFFERING for job in script.jobs)
    return OfferWorld(script) if offers or any(step.kind in DECISIONS for step in script.steps) else World(script)


def _run(world: World) -> list[str]:
    try:
        world.run()
        return broken_laws(world) or broken_restore_laws(world.restore_all())
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in a run is its verdict
        return [f"{type(error).__name__}: {error}"]


def told(script: Script) -> str:
    """The verdict, the transcript, and the literal that replays it, for the smallest script that still fails."""
    small = shrunk(script)
    world = world_of(small)
    broken = _run(world)
    lines = [
        *broken,
        *world.transcript[:LONGEST_TRANSCRIPT],
        "replay with tests.jobs.judging.world_of(",
        f"    {small!r}",
        ").run()",
    ]
    return "\n".join(lines)


def shrunk(script: Script) -> Script:
    """Fewer steps, jobs and chunks for as long as any law stays broken."""
    while (smaller := next((each for each in _smaller(script) if judged(each)), None)) is not None:
        script = smaller
    return script


def _smaller(script: Script) -> Iterator[Script]:
    for index in range(len(script.steps)):
        yield replace(script, steps=script.steps[:index] + script.steps[index + 1 :])
    for index, job in enumerate(script.jobs):
        rest = script.jobs[index + 1 :]
        if len(script.jobs) > 1:
            yield replace(script, jobs=script.jobs[:index] + rest)
        for cut in range(len(job.chunks) if len(job.chunks) > 1 else 0):
            chunks = job.chunks[:cut] + job.chunks[cut + 1 :]
            yield replace(script, jobs=(*script.jobs[:index], replace(job, chunks=chunks), *rest))
    if script.delays_ms != (0,):
        yield replace(script, delays_ms=(0,))
