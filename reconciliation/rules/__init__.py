"""What the rules look at, and what they say of it. A rule looks, and never writes."""
