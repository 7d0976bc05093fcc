-- For PostgreSQL: the residents whom `candidates.sql` could find for these land users, and little more.
-- Every branch goes by an index. Asked with ids, search keys of second names, and the size up to which a name is rare.
WITH asked AS MATERIALIZED (
    SELECT u.id, u.commune_id, u.name_fold, u.birth_on, u.birth_year, u.village_fold, s.second,
           CASE WHEN length(u.id_number) = 12 THEN u.id_number END AS number,
           CASE WHEN u.former_number <> '' THEN u.former_number WHEN u.id_kind = 'cmnd' THEN u.id_number END AS former,
           CASE WHEN length(u.id_number) = 12
                THEN 1900 + substr(u.id_number, 4, 1)::int / 2 * 100 + substr(u.id_number, 5, 2)::int END AS number_year,
           (SELECT count(*) FROM (
               SELECT FROM citizens_resident n WHERE n.name_fold = u.name_fold LIMIT %(rare)s + 1
           ) few) AS namesakes
    FROM parcels_landuser u JOIN unnest(%(ids)s::bigint[], %(seconds)s::text[]) s (id, second) ON s.id = u.id
    WHERE u.name_fold <> ''
), found AS (
    SELECT r.id FROM asked u JOIN citizens_resident r ON r.id_number = u.number AND r.id_number <> ''
    UNION
    SELECT r.id FROM asked u JOIN citizens_resident r ON r.former_number = u.former AND r.former_number <> ''
    UNION
    SELECT m.resident_id FROM asked u JOIN reconciliation_match m ON m.land_user_id = u.id AND (m.state <> 'proposed' OR m.decided_evidence IS NOT NULL OR m.picked_by_id IS NOT NULL)
    UNION
    SELECT r.id FROM asked u
    JOIN citizens_resident r ON r.name_fold = u.name_fold AND r.birth_year = ANY (ARRAY[u.birth_year, u.number_year])
    UNION
    SELECT r.id FROM asked u JOIN citizens_resident r ON r.name_fold = u.name_fold AND r.commune_id = u.commune_id
    UNION
    SELECT r.id FROM asked u JOIN citizens_resident r ON r.name_fold = u.name_fold
    WHERE u.namesakes <= %(rare)s
    UNION
    SELECT r.id FROM asked u JOIN citizens_resident r ON r.name_fold = u.name_fold
    WHERE u.commune_id IS NULL AND u.village_fold <> '' AND r.village_fold = u.village_fold
    UNION
    SELECT r.id FROM asked u JOIN citizens_resident r ON r.name_fold = u.second AND r.commune_id = u.commune_id
    WHERE u.second <> ''
    UNION
    SELECT r.id FROM asked u JOIN citizens_resident r ON r.commune_id = u.commune_id AND r.birth_year = u.birth_year
    WHERE split_part(r.name_fold, ' ', -1) = split_part(u.name_fold, ' ', -1)
       OR starts_with(r.name_fold, regexp_replace(u.name_fold, '[^ ]+$', ''))
)
SELECT r.id, r.commune_id AS commune, r.former_commune, r.name_key, r.name_fold, r.birth_on, r.birth_year, r.sex,
       r.village_fold AS village, r.status, r.id_number, r.former_number
FROM citizens_resident r WHERE r.id = ANY (ARRAY(SELECT id FROM found))
