-- Residents as `incoming_resident` brings them, keyed.
INSERT INTO registry.resident
SELECT i.id, i.commune, TRY_CAST(nullif(i.former_commune, '') AS INTEGER), d.number, hash(i.name_fold), hash(i.name_key),
       i.name_fold, i.name_key, i.birth_on, i.birth_year, i.sex, i.village,
       CASE WHEN i.village <> '' AND i.commune IS NOT NULL THEN hash(i.commune, i.village) END AS place,
       i.status, CASE WHEN length(i.id_number) = 12 THEN TRY_CAST(i.id_number AS BIGINT) END AS number, i.former_number
FROM incoming_resident i LEFT JOIN registry.district d ON d.commune = i.commune;
