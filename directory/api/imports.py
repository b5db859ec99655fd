"""Many people at once, from a file; and what every import says of itself."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from werkzeug.exceptions import HTTPException

from directory.api.gates import program
from directory.domain.import_lines import Fate, Outcome, Report
from directory.domain.import_people import PERSON_COLUMNS
from directory.domain.permissions import Permission
from directory.use_cases.import_people import import_people
from foundation.tables import MOST_LINES, Column, Line, TableFormat, read_table
from foundation.web.api.fields import LARGEST, Choice, Flag, HouseSchema, Part, Secret, Several, Text, Whole
from foundation.web.api.operations import ApiBlueprint, UnreadableRequest
from foundation.web.errors import problem
from foundation.web.language import say
from foundation.web.services import now, perform
from foundation.web.uploads import MOST_SENT, takes_a_file

blueprint = ApiBlueprint("imports", "Many people at once, from a file of lines: all of it, or nothing.")

_EXAMPLE = base64.b64encode("prénom;nom;téléphone\nZoé;Martin;06 39 98 00 01\n".encode()).decode()


class FileBody(HouseSchema):
    """A file of lines; its first names the columns. A dry run changes nothing, and says what the real one would do."""

    format = Choice(TableFormat, required=True)
    content = Secret(
        longest=MOST_SENT, required=True, metadata={"example": _EXAMPLE, "description": "The file, in base64."}
    )
    dry_run = Flag(required=True)


class FaultAnswer(HouseSchema):
    """What is wrong with a line, by column; `line` where it is no single column's."""

    column = Text(longest=40, required=True, metadata={"example": "phone"})
    detail = Text(longest=400, required=True)


class LineAnswer(HouseSchema):
    """What becomes of a line; lines are counted as a spreadsheet does."""

    line = Whole(least=1, required=True)
    outcome = Choice(Fate, required=True)
    faults = Several(Part(FaultAnswer), most=50, required=True)


class ImportAnswer(HouseSchema):
    """What becomes of a file. A refused line refuses the whole file: 422 with the same lines, unless it is a dry run.

    `completed` is somebody known of whom a telephone or an e-mail is added, `known` is what changes nothing.
    """

    dry_run = Flag(required=True)
    written = Flag(required=True)
    created = Whole(most=LARGEST, required=True)
    completed = Whole(most=LARGEST, required=True)
    known = Whole(most=LARGEST, required=True)
    refused = Whole(most=LARGEST, required=True)
    lines = Several(Part(LineAnswer), most=MOST_LINES, required=True)


@blueprint.post("/imports/people", program(Permission.MANAGE_PEOPLE), body=FileBody, answer=ImportAnswer)
@takes_a_file
def post_people(body: dict[str, Any]) -> dict[str, Any]:
    """Write down whoever is not known yet, and add the contacts that were missing."""
    is_dry_run = body["dry_run"]
    lines = lines_of(body, PERSON_COLUMNS)
    return told_report(perform(import_people, now=now(), lines=lines, is_dry_run=is_dry_run), is_dry_run=is_dry_run)


def lines_of(body: Mapping[str, Any], columns: Mapping[str, Column]) -> list[Line]:
    """Return the lines of the file that was sent; raise UnreadableRequest, or why it is no table."""
    try:
        content = base64.b64decode(body["content"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableRequest({"content": "api.field.unreadable"}) from error
    return read_table(content, body["format"], columns)


def told_report(report: Report, *, is_dry_run: bool) -> dict[str, Any]:
    """Return what became of the file; a refused one is a problem that says the same, and leaves no trace."""
    told = {
        "dry_run": is_dry_run,
        "written": report.is_written,
        **report.counts,
        "lines": [_told(outcome) for outcome in report.outcomes],
    }
    if is_dry_run or not report.is_refused:
        return told
    answer = problem(422, "lines-refused", say("directory.imports.refused", n=report.counts[Fate.REFUSED]))
    answer.set_data(json.dumps({**answer.get_json(), **told}))
    raise HTTPException(response=answer)


def _told(outcome: Outcome) -> dict[str, Any]:
    faults = [{"column": name, "detail": say(one.key, **one.details)} for name, one in outcome.faults.items()]
    return {"line": outcome.line, "outcome": outcome.fate, "faults": faults}
