-- Which pairs are worth comparing. First by the numbers, and those that a person has judged.
CREATE TEMP TABLE by_number AS
SELECT l.id AS land_user, r.id AS resident, true AS is_number, r.name = l.name AS is_name,
       r.birth_year = l.birth_year AS is_year, r.place, r.name
FROM land_user l JOIN registry.resident r ON r.number = l.number
UNION ALL
SELECT l.id, r.id, false, r.name = l.name, r.birth_year = l.birth_year, r.place, r.name
FROM land_user l JOIN registry.resident r ON r.former = l.former
WHERE l.former <> '' AND NOT coalesce(r.number = l.number, false);

-- A number that the registry gives to somebody of quite another name: often the spouse's, put in the wrong line.
CREATE TEMP TABLE owner AS
SELECT land_user, any_value(place) FILTER (is_number) AS place, any_value(place) FILTER (NOT is_number) AS former_place
FROM (
    SELECT p.land_user, p.is_number, coalesce(any_value(p.place), 0) AS place
    FROM by_number p JOIN land_user l ON l.id = p.land_user JOIN registry.name n ON n.name = p.name
    WHERE NOT p.is_name
    GROUP BY p.land_user, p.is_number
    HAVING bool_and(n.given <> l.given AND jaro_winkler_similarity(l.name_fold, n.name_fold) < 0.85)
) GROUP BY land_user;

-- Number, name and year agree: nobody else can come near, so the wide search is spared.
CREATE TEMP TABLE open_case AS
SELECT l.id, l.commune, l.former_commune, l.name, l.name_fold, l.stem, l.given, l.surname, l.birth_on, l.birth_year,
       l.number, l.digits, l.number_year, l.former, l.village, l.place, l.namesakes, l.rare_name, l.rare_year
FROM land_user l ANTI JOIN (
    SELECT p.land_user FROM by_number p JOIN land_user l ON l.id = p.land_user
    WHERE p.is_name AND p.is_year AND (p.is_number OR l.number IS NULL)
) settled ON settled.land_user = l.id;

-- Namesakes in the commune, of any year; `is_near` are those worth comparing. One digit of the year may be wrong, but
-- not the former commune as well.
CREATE TEMP TABLE local AS
SELECT l.id AS land_user, r.id AS resident, coalesce(r.birth_year = l.birth_year, false) AS is_year,
       /* near year */ OR r.place = l.place
           OR ((r.birth_year // 10 = l.birth_year // 10 OR (r.birth_year - l.birth_year) % 10 = 0)
               AND coalesce(r.former_commune = l.former_commune, true)) AS is_near
FROM open_case l JOIN registry.resident r ON r.name = l.name AND r.commune = l.commune;

-- Of whom the commune has no namesake of that year, or none but those that a person has turned down.
CREATE TEMP TABLE unfound AS
SELECT l.* FROM open_case l ANTI JOIN (
    SELECT n.land_user FROM local n
    ANTI JOIN (SELECT land_user, resident FROM decided WHERE state = 'rejected') d
      ON d.land_user = n.land_user AND d.resident = n.resident
    WHERE n.is_year
) f ON f.land_user = l.id;

-- The same name and year anywhere, while they are few; the many are weighed as one, in `decide`.
CREATE TEMP TABLE elsewhere AS
SELECT l.id AS land_user, r.id AS resident FROM unfound l
JOIN registry.resident r ON r.name = l.name AND r.birth_year = l.birth_year
UNION
SELECT l.id, r.id FROM unfound l
JOIN registry.resident r ON r.name = l.name AND r.birth_year = l.number_year
WHERE l.number_year IS DISTINCT FROM l.birth_year;

-- Who lives in the communes in question, with the parts of their names.
CREATE TEMP TABLE neighbour AS
SELECT r.id, r.commune, r.birth_on, r.birth_year, r.place, n.name_fold, n.surname, n.given, n.stem
FROM registry.resident r SEMI JOIN unfound u ON u.commune = r.commune AND u.birth_year = r.birth_year
JOIN registry.name n ON n.name = r.name;

CREATE TEMP TABLE pair AS
SELECT land_user, resident FROM by_number
UNION
SELECT d.land_user, d.resident FROM decided d SEMI JOIN land_user l ON l.id = d.land_user
UNION
SELECT land_user, resident FROM local WHERE is_near
UNION
SELECT e.land_user, e.resident FROM elsewhere e
SEMI JOIN (SELECT land_user FROM elsewhere GROUP BY land_user HAVING count(*) <= $elsewhere) few USING (land_user)
UNION
-- the same name and the full date
SELECT l.id, r.id FROM open_case l JOIN registry.resident r ON r.name = l.name AND r.birth_on = l.birth_on
UNION
-- a rare name, anywhere, unless the year speaks against it
SELECT l.id, r.id FROM open_case l JOIN registry.resident r ON r.name = l.name
WHERE l.namesakes <= $rare_name AND (/* near year */)
UNION
-- the same name and village, where the commune is unknown
SELECT l.id, r.id FROM unfound l JOIN registry.resident r ON r.name = l.name AND r.village = hash(l.village)
WHERE l.commune IS NULL AND l.village <> '' AND (l.birth_year IS NULL OR abs(r.birth_year - l.birth_year) <= 1)
UNION
-- the same name, and a number that differs in one or two of its last digits
SELECT l.id, r.id FROM open_case l
JOIN registry.resident r ON r.name = l.name AND r.birth_year = l.number_year
WHERE hamming(lpad(r.number::VARCHAR, 12, '0'), l.digits) <= 2
UNION
-- year and commune agree, the name in part
SELECT l.id, n.id FROM unfound l
JOIN neighbour n ON n.commune = l.commune AND n.birth_year = l.birth_year AND n.given = l.given
WHERE n.surname = l.surname OR n.place = l.place OR jaro_winkler_similarity(l.name_fold, n.name_fold) >= 0.85
UNION
SELECT l.id, n.id FROM unfound l
JOIN neighbour n ON n.commune = l.commune AND n.birth_year = l.birth_year AND n.stem = l.stem
WHERE l.stem <> hash('') AND CASE WHEN n.place = l.place OR n.birth_on = l.birth_on THEN true ELSE
    -- a slip of the pen in the given name: one letter, or two of a word that begins alike
    damerau_levenshtein(split_part(l.name_fold, ' ', -1), split_part(n.name_fold, ' ', -1))
        <= CASE WHEN split_part(l.name_fold, ' ', -1)[1] = split_part(n.name_fold, ' ', -1)[1] THEN 2 ELSE 1 END END;

-- The residents of these pairs, and how rare the village is within its commune.
CREATE TEMP TABLE candidate AS
SELECT r.* EXCLUDE village, coalesce(t.village_fold, '') AS village, d.number AS district,
       log2(coalesce(c.residents, 1) / coalesce(v.residents, 1)) AS rare_village, v.residents AS place_residents
FROM registry.resident r SEMI JOIN pair p ON p.resident = r.id
LEFT JOIN registry.village t ON t.village = r.village
LEFT JOIN registry.district d ON d.commune = r.commune
LEFT JOIN registry.frequency c ON c.key = hash('commune', r.commune)
LEFT JOIN registry.frequency v ON v.key = hash('place', r.place);

-- Whether somebody on the same certificate, or the second name of the entry, lives where the candidate lives.
CREATE TEMP TABLE kin AS
SELECT p.land_user, p.resident, max(CASE WHEN k.place = r.place THEN 2 WHEN k.commune = r.commune THEN 1 ELSE 0 END) AS kin,
       log2($residents / max(coalesce(r.place_residents, 1))) AS rare_kin
FROM pair p
-- Nobody vouches for himself: the other holder is not looked for under his own roof.
JOIN registry.partner k ON k.land_user = p.land_user AND k.resident <> p.resident
JOIN candidate r ON r.id = p.resident
GROUP BY p.land_user, p.resident
UNION ALL
SELECT p.land_user, p.resident, CASE WHEN bool_or(s.place = r.place) THEN 2 WHEN count(s.id) > 0 THEN 1 ELSE 0 END,
       log2(greatest(1 / 0.9, $places / any_value(n.residents)))
FROM pair p
JOIN (SELECT id, commune, second FROM land_user WHERE has_second) l ON l.id = p.land_user
ANTI JOIN registry.partner k ON k.land_user = p.land_user
JOIN registry.name n ON n.name = l.second
JOIN candidate r ON r.id = p.resident
LEFT JOIN registry.resident s ON s.name = l.second AND s.commune = l.commune
WHERE r.commune = l.commune
GROUP BY p.land_user, p.resident;

DROP TABLE by_number;
DROP TABLE local;
DROP TABLE unfound;
DROP TABLE elsewhere;
DROP TABLE neighbour;
