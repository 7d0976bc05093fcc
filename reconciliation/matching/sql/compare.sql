-- Names that are not written alike: the level and the weight of each pair. The other ladders look at the level.
CREATE TEMP TABLE named AS
SELECT land_user, resident, c_name, /* name weight */ AS w_name
FROM (
    SELECT *, /* name code */ AS c_name
    FROM (
        SELECT *, /* letters */ AS x_letters
        FROM (
            SELECT p.land_user, p.resident, l.key AS l_key, l.name AS l_name, l.name_key AS l_name_key,
                   l.name_fold AS l_name_fold, l.given AS l_given, l.ends AS l_ends, l.tail AS l_tail, l.stem AS l_stem,
                   l.rare_name AS l_rare_name, l.rare_ends AS l_rare_ends, l.rare_tail AS l_rare_tail,
                   l.rare_stem AS l_rare_stem, l.rare_given AS l_rare_given,
                   r.key AS r_key, r.name AS r_name, s.name_key AS r_name_key, n.name_fold AS r_name_fold,
                   n.given AS r_given, n.ends AS r_ends, n.tail AS r_tail, n.stem AS r_stem
            FROM pair p
            JOIN land_user l ON l.id = p.land_user
            JOIN candidate r ON r.id = p.resident AND r.key <> l.key
            JOIN registry.name n ON n.name = r.name
            JOIN registry.spelling s ON s.key = r.key
        )
    )
);

-- The level of every pair on every ladder, and the weight of each in hundredths of a bit.
CREATE TEMP TABLE weighed AS
SELECT land_user, resident, status, namesakes, full_dates, is_year, c_name IN /* same fold */ AS is_fold, 1 AS people,
       /* fields */,
       w_name, /* weights */,
       -- What is taken off for chance where the village agrees is never more than what its agreement gives.
       greatest($coincidence[/* pattern */ + 1], CASE WHEN c_village = 'a'
           THEN $coincidence[/* pattern */ + 2] - w_village + ceil(100 * log2(l_at_village)) END)::SMALLINT AS w_coincidence
FROM (
    SELECT land_user, resident, r_status AS status, l_namesakes AS namesakes, c_name, x_w_name AS w_name,
           l_birth_on IS NOT NULL AND r_birth_on IS NOT NULL AS full_dates,
           l_birth_year IS NULL OR coalesce(l_birth_year = r_birth_year, false) AS is_year,
           l_rare_year, l_rare_commune, l_rare_former, l_rare_rest_of_commune, l_rare_rest_of_district, l_at_village,
           r_rare_village, x_rare_kin,
           /* codes */
    FROM (
        SELECT p.land_user, p.resident, coalesce(n.c_name, 'a') AS c_name,
               coalesce(n.w_name, /* same name */) AS x_w_name,
               l.birth_on AS l_birth_on, r.birth_on AS r_birth_on, l.birth_year AS l_birth_year,
               r.birth_year AS r_birth_year, l.sex AS l_sex, r.sex AS r_sex, l.number AS l_number, r.number AS r_number,
               l.digits AS l_digits, l.former AS l_former, r.former AS r_former, l.commune AS l_commune,
               r.commune AS r_commune, l.former_commune AS l_former_commune, r.former_commune AS r_former_commune,
               l.district AS l_district, r.district AS r_district, l.village AS l_village, r.village AS r_village,
               l.place AS l_place, r.place AS r_place, r.status AS r_status, l.namesakes AS l_namesakes,
               l.rare_year AS l_rare_year, l.rare_commune AS l_rare_commune, l.rare_former AS l_rare_former,
               l.rare_rest_of_commune AS l_rare_rest_of_commune, l.rare_rest_of_district AS l_rare_rest_of_district,
               l.at_village AS l_at_village,
               r.rare_village AS r_rare_village,
               o.place AS x_owner_place, o.former_place AS x_former_owner_place, k.kin AS x_kin,
               coalesce(k.rare_kin, 0) AS x_rare_kin
        FROM pair p
        JOIN land_user l ON l.id = p.land_user
        JOIN candidate r ON r.id = p.resident
        LEFT JOIN named n ON n.land_user = p.land_user AND n.resident = p.resident
        LEFT JOIN owner o ON o.land_user = p.land_user
        LEFT JOIN kin k ON k.land_user = p.land_user AND k.resident = p.resident
    )
);

-- All namesakes of the year whom nobody looked at one by one: they stand together as one more candidate.
INSERT INTO weighed
SELECT land_user, 0, '', namesakes, false, true, true, people, /* fields */,
       w_name, /* weights */,
       0
FROM (
    SELECT l.id AS land_user, l.namesakes,
           CASE WHEN l.birth_year IS NULL THEN l.namesakes ELSE coalesce(y.residents, 0) END - coalesce(s.seen, 0) AS people,
           l.rare_year AS l_rare_year, 0 AS l_rare_commune, 0 AS l_rare_former, 0 AS l_rare_rest_of_commune,
           0 AS l_rare_rest_of_district, 0 AS r_rare_village, 0 AS x_rare_kin, /* same name */ AS w_name,
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

DROP TABLE pair;
DROP TABLE candidate;
DROP TABLE kin;
DROP TABLE owner;
DROP TABLE named;
DROP TABLE open_case;
