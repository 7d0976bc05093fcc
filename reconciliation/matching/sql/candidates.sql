-- Which pairs are worth comparing. First by the numbers, and those that a person has judged.
CREATE TEMP TABLE by_number AS
SELECT l.id AS land_user, r.id AS resident FROM land_user l
JOIN registry.resident r ON r.number = l.number WHERE l.number <> ''
UNION
SELECT l.id, r.id FROM land_user l JOIN registry.resident r ON r.former = l.former WHERE l.former <> ''
UNION
SELECT d.land_user, d.resident FROM decided d JOIN land_user l ON l.id = d.land_user;

-- A number that the registry gives to somebody of quite another name: often the spouse's, put in the wrong line.
CREATE TEMP TABLE anothers_number AS
SELECT p.land_user FROM by_number p
JOIN land_user l ON l.id = p.land_user
JOIN registry.resident r ON r.id = p.resident AND r.number = l.number
GROUP BY p.land_user
HAVING bool_and(r.given <> l.given AND jaro_winkler_similarity(l.name_fold, r.name_fold) < 0.85);

-- Number, name and year agree: nobody else can come near, so the wide search is spared.
CREATE TEMP TABLE open_case AS
SELECT l.* FROM land_user l WHERE l.id NOT IN (
    SELECT l.id FROM by_number p
    JOIN land_user l ON l.id = p.land_user
    JOIN registry.resident r ON r.id = p.resident
    WHERE l.number = r.number AND l.name_fold = r.name_fold AND l.birth_year = r.birth_year
);

CREATE TEMP TABLE pair AS
SELECT land_user, resident FROM by_number
UNION
-- the same name and year, anywhere: the namesakes that the posterior weighs against each other
SELECT y.land_user, r.id FROM possible_year y
JOIN open_case l ON l.id = y.land_user
JOIN registry.resident r ON r.name_fold = y.name_fold AND r.birth_year = y.year
UNION
-- the same name in the commune, born a year before or after
SELECT l.id, r.id FROM open_case l
JOIN registry.resident r ON r.name_fold = l.name_fold AND r.commune = l.commune
WHERE r.birth_year BETWEEN l.birth_year - 1 AND l.birth_year + 1
UNION
-- the same name in the commune, where the year is unknown or the village is the same
SELECT l.id, r.id FROM open_case l
JOIN registry.resident r ON r.name_fold = l.name_fold AND r.commune = l.commune
WHERE l.birth_year IS NULL OR (l.village <> '' AND r.village = l.village)
UNION
-- a rare name, anywhere, whatever the year
SELECT l.id, r.id FROM open_case l
JOIN registry.resident r ON r.name_fold = l.name_fold WHERE l.namesakes <= $rare_name
UNION
-- the same name and half of the number
SELECT l.id, r.id FROM open_case l
JOIN registry.resident r ON r.name_fold = l.name_fold AND r.number[1:6] = l.number[1:6]
WHERE l.number <> '' AND l.birth_year IS DISTINCT FROM r.birth_year AND hamming(r.number, l.number) <= 2
UNION
SELECT l.id, r.id FROM open_case l
JOIN registry.resident r ON r.name_fold = l.name_fold AND r.number[7:12] = l.number[7:12]
WHERE l.number <> ''
UNION
-- year and commune agree, the name in part
SELECT l.id, r.id FROM open_case l
JOIN registry.resident r ON r.commune = l.commune AND r.birth_year = l.birth_year AND r.given = l.given
WHERE r.surname = l.surname OR (l.village <> '' AND r.village = l.village)
UNION
SELECT l.id, r.id FROM open_case l
JOIN registry.resident r
  ON r.commune = l.commune AND r.birth_year = l.birth_year AND r.village = l.village AND r.surname = l.surname
WHERE l.village <> '';
