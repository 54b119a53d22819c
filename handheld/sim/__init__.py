"""The village: virtual radios on real firmware, the air between them, and people with something to say."""
