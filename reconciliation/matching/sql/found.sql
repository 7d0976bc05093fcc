-- The frequencies that the database knew of those that were wanted.
INSERT INTO registry.frequency SELECT kind, (key::HUGEINT + 9223372036854775808)::UBIGINT, residents FROM known;
