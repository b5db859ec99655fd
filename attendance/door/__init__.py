"""What happens at a door, for the scanner's page and for the API alike: its words, and whose badge was shown."""
