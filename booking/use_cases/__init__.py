"""What booking does, one file a verb; and which refusals its constraints stand for."""

from booking.domain.refusals import SlotTaken, WorkshopFull
from foundation.database import constraint_means

constraint_means("ex_engagement_overlap", SlotTaken)
constraint_means("uq_seat_workshop_id_number", WorkshopFull)
