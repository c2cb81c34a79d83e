"""What a form of availability may send: a day and an answer, and nothing that is larger than those."""

from __future__ import annotations

import pytest

from slomix.testing.running import Running
from slomix_availability.web.answering import MOST_BYTES, MOST_FIELDS

ANSWER = "/availability/answer"
LARGE = {"day": (None, "today"), "status": (None, "maybe"), "more": (None, "x" * MOST_BYTES * 100)}


@pytest.mark.plugins("stats", "webui", "availability")
async def test_forms_that_say_no_answer_or_too_much(program: Running) -> None:
    async with await program.as_person(7) as me:
        for data in (
            {"day": "someday", "status": "maybe"},
            {"day": "today", "status": "maybe" * 1000},
            {"day": "1" * 1000, "status": "maybe"},
            {str(number): "1" for number in range(MOST_FIELDS + 1)},
        ):
            refused = await me.post(ANSWER, data=data)
            assert refused.status_code == 400, refused.text[:200]
            assert len(refused.content) < 2000
        assert (await me.post(ANSWER, files=LARGE)).status_code == 400
        assert (await me.post(ANSWER, data={"day": "today", "status": "maybe"})).status_code == 303
