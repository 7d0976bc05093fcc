-- Residents as `incoming_resident` brings them, keyed; and what the keys stand for.
INSERT INTO registry.resident
SELECT id, commune, TRY_CAST(nullif(former_commune, '') AS INTEGER), hash(name_fold), hash(name_key), birth_on, birth_year,
       sex, CASE WHEN village <> '' THEN hash(village) END,
       CASE WHEN village <> '' AND commune IS NOT NULL THEN hash(commune, village) END, status,
       CASE WHEN length(id_number) = 12 THEN TRY_CAST(id_number AS BIGINT) END, former_number
FROM incoming_resident;

INSERT INTO met_spelling
SELECT hash(name_key) AS key, any_value(name_key), hash(name_fold) AS name, any_value(name_fold), count(*)
FROM incoming_resident GROUP BY hash(name_key), hash(name_fold);

INSERT INTO met_village SELECT DISTINCT hash(village), village FROM incoming_resident WHERE village <> '';
