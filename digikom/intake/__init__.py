"""A new survey year: from a raw extract to a validated survey file, the codebook's entries and an edition file."""
