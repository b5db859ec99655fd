"""Real servers for tests: what production speaks to, started on this machine and thrown away."""
