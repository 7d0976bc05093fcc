-- The level of every pair on the ladder of names, which others look at.
CREATE TEMP TABLE named AS
SELECT p.land_user, p.resident, /* name code */ AS c_name
FROM pair p
JOIN land_user l ON l.id = p.land_user
JOIN (
    SELECT r.id, r.key, r.name, r.name_key, r.name_fold, n.given, n.ends, n.tail, n.stem
    FROM candidate r JOIN registry.name n ON n.name = r.name
) r ON r.id = p.resident;

-- The level on every other ladder, and the weight of each in hundredths of a bit.
CREATE TEMP TABLE weighed AS
SELECT land_user, resident, status, namesakes, full_dates, is_year, is_fold, 1 AS people, /* fields */,
       /* weights */,
       $coincidence[/* pattern */ + 1] AS w_coincidence
FROM (
    SELECT x.land_user, x.resident, x.c_name, r.status, l.namesakes,
           l.birth_on IS NOT NULL AND r.birth_on IS NOT NULL AS full_dates,
           l.name = r.name AS is_fold,
           l.birth_year IS NULL OR coalesce(l.birth_year = r.birth_year, false) AS is_year,
           l.rare_name, l.rare_ends, l.rare_tail, l.rare_stem, l.rare_given, l.rare_year, l.rare_commune,
           l.rare_former, l.rare_rest_of_commune, l.rare_rest_of_district,
           r.rare_village, coalesce(x.rare_kin, 0) AS rare_kin,
           /* codes */
    FROM (
        SELECT p.*, o.place AS owner_place, o.former_place AS former_owner_place, k.kin, k.rare_kin
        FROM named p
        LEFT JOIN owner o ON o.land_user = p.land_user
        LEFT JOIN kin k ON k.land_user = p.land_user AND k.resident = p.resident
    ) x
    JOIN land_user l ON l.id = x.land_user
    JOIN candidate r ON r.id = x.resident
);

-- All namesakes of the year whom nobody looked at one by one: they stand together as one more candidate.
INSERT INTO weighed
SELECT land_user, 0, '', namesakes, false, true, true, people, /* fields */,
       /* weights */,
       0
FROM (
    SELECT l.id AS land_user, l.namesakes,
           CASE WHEN l.birth_year IS NULL THEN l.namesakes ELSE coalesce(y.residents, 0) END - coalesce(s.seen, 0) AS people,
           l.rare_name, 0 AS rare_ends, 0 AS rare_tail, 0 AS rare_stem, 0 AS rare_given, l.rare_year, 0 AS rare_commune,
           0 AS rare_former, 0 AS rare_rest_of_commune, 0 AS rare_rest_of_district, 0 AS rare_village, 0 AS rare_kin,
           'a' AS c_name, CASE WHEN l.birth_year IS NULL THEN '-' ELSE 'c' END AS c_birth, '-' AS c_sex,
           CASE WHEN l.number IS NULL THEN '-' ELSE 'g' END AS c_number,
           CASE WHEN l.former = '' THEN '-' ELSE 'e' END AS c_former_number,
           CASE WHEN l.commune IS NULL THEN '-' ELSE 'e' END AS c_commune,
           '-' AS c_village, '-' AS c_household, '-' AS c_status
    FROM open_case l
    LEFT JOIN registry.year_count y ON y.name = l.name AND y.birth_year = l.birth_year
    LEFT JOIN (SELECT land_user, count(*) AS seen FROM weighed WHERE is_fold AND is_year GROUP BY land_user) s
      ON s.land_user = l.id
    WHERE l.birth_on IS NULL
) WHERE people > 0;
