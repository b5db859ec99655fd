"""What the directory does; and what its constraints mean when a race violates one."""

from directory.domain.refusals import AgentExists, SlugTaken
from foundation.database import constraint_means

constraint_means("uq_organisation_slug", SlugTaken)
constraint_means("uq_agent_email", AgentExists)
