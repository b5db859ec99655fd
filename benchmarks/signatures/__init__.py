"""Sign-ins by badge, against the age of the data: databases that hold a thousand to a million signatures."""
