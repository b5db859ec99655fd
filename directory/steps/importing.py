"""A file is taken whole or not at all, and a dry run is the very same work, given up at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.import_lines import Outcome, Report
from foundation import audit
from foundation.actors import Actor


def whole_or_not_at_all(
    db: Session,
    actor: Actor,
    work: Callable[[], Sequence[Outcome]],
    *,
    now: datetime,
    action: str,
    is_dry_run: bool,
) -> Report:
    """Return what became of each line; nothing stays of `work` when it was a dry run or a line is refused.

    What stays is audited under `action`, by counts.
    """
    with db.begin_nested() as attempt:
        report = Report(work())
        db.flush()
        if is_dry_run or report.is_refused:
            attempt.rollback()
            return report
    subject = ("organisation", actor.organisation_id)
    audit.record(db, actor, action=action, subject=subject, now=now, **report.counts)
    return Report(report.outcomes, is_written=True)
