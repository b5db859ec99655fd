"""What attendance does: one file a verb. Which refusal a violated constraint stands for is told here."""

from attendance.domain.refusals import AlreadyCountersigned, AlreadySigned
from attendance.domain.trainings import ReferenceTaken
from foundation.database import constraint_means

constraint_means("uq_signature_counts", AlreadySigned)
constraint_means("uq_countersignature_once", AlreadyCountersigned)
constraint_means("uq_meeting_reference", ReferenceTaken)
