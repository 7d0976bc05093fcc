-- The land users of a chunk, ready to compare. `incoming` holds the stored columns as they came from PostgreSQL.
CREATE TEMP TABLE land_user AS
SELECT i.id, i.commune, i.name_key, i.name_fold, i.birth_on, i.birth_year, i.sex, i.village,
       CASE WHEN length(i.id_number) = 12 THEN i.id_number ELSE '' END AS number,
       CASE WHEN i.former_number <> '' THEN i.former_number
            WHEN i.id_kind = 'cmnd' THEN i.id_number ELSE '' END AS former,
       split_part(i.name_fold, ' ', 1) AS surname,
       split_part(i.name_fold, ' ', -1) AS given,
       coalesce(n.residents, 0) AS namesakes,
       coalesce(c.residents, 0) AS commune_residents
FROM incoming i
LEFT JOIN registry.name_count n ON n.name_fold = i.name_fold
LEFT JOIN registry.commune_count c ON c.commune = i.commune
WHERE i.kind = 'individual' AND i.name_fold <> '';

-- Years under which the person may stand in the registry: as written, and as read out of the number.
CREATE TEMP TABLE possible_year AS
SELECT id AS land_user, name_fold, birth_year AS year FROM land_user WHERE birth_year IS NOT NULL
UNION
SELECT id, name_fold, (1900 + (number[4]::INTEGER // 2) * 100 + number[5:6]::INTEGER)::SMALLINT
FROM land_user WHERE number <> '';
