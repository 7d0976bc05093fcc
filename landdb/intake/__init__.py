"""Files on their way in: read with limits, every problem named, every row accounted for."""
