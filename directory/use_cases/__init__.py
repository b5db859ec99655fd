"""What the directory does; and what its constraints mean when a race violates one."""

from directory.domain.refusals import AgentExists, NoSigningKeyLeft, SlugTaken
from foundation.database import constraint_means

constraint_means("uq_organisation_slug", SlugTaken)
constraint_means("uq_agent_email", AgentExists)
constraint_means("ck_signing_key_number", NoSigningKeyLeft)
