"""The urn: where ballots are cast and kept, apart from the house. No Django, nobody's name, no time."""
