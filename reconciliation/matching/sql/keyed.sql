-- The land users of a chunk with the keys by which they are compared. `incoming` holds the stored columns as they came
-- from PostgreSQL.
CREATE TEMP TABLE keyed AS
SELECT i.*, d.number AS district
FROM (
    SELECT id, commune, TRY_CAST(nullif(former_commune, '') AS INTEGER) AS former_commune, name_fold, name_key,
           hash(name_fold) AS name, hash(name_key) AS key,
           hash(split_part(name_fold, ' ', 1)) AS surname, hash(split_part(name_fold, ' ', -1)) AS given,
           hash(surname, given) AS ends, hash(name_fold[strpos(name_fold, ' ') + 1:]) AS tail,
           hash(name_fold[:-length(split_part(name_fold, ' ', -1)) - 1]) AS stem,
           birth_on, birth_year, sex, village, hash(second) AS second, second <> '' AS has_second,
           CASE WHEN village <> '' AND commune IS NOT NULL THEN hash(commune, village) END AS place,
           CASE WHEN length(id_number) = 12 THEN id_number ELSE '' END AS digits,
           TRY_CAST(nullif(digits, '') AS BIGINT) AS number,
           CASE WHEN former_number <> '' THEN former_number WHEN id_kind = 'cmnd' THEN id_number ELSE '' END AS former,
           (1900 + (number // 100000000 % 10 // 2) * 100 + number // 1000000 % 100)::SMALLINT AS number_year
    FROM incoming WHERE kind = 'individual' AND name_fold <> ''
) i LEFT JOIN registry.district d ON d.commune = i.commune;
