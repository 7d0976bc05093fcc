-- The land users of a chunk, ready to compare. `incoming` holds the stored columns as they came from PostgreSQL.
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

-- With how rare everything is that each of them may share with a resident.
CREATE TEMP TABLE land_user AS
SELECT i.*, coalesce(n.residents, 0) AS namesakes,
       log2($residents / (coalesce(n.residents, 0) + 0.5)) AS rare_name,
       log2($residents / (coalesce(f_ends.residents, 0) + 0.5)) AS rare_ends,
       log2($residents / (coalesce(f_tail.residents, 0) + 0.5)) AS rare_tail,
       log2($residents / (coalesce(f_stem.residents, 0) + 0.5)) AS rare_stem,
       log2($residents / (coalesce(f_given.residents, 0) + 0.5)) AS rare_given,
       -- Names come and go: the year is told among the bearers of the name, where these are enough to tell.
       -log2((coalesce(b.residents, 0) / 10.0 + 10 * (coalesce(f_year.residents, 0) + 1) / $residents)
             / (coalesce(n.residents, 0) + 10)) AS rare_year,
       log2($residents / (coalesce(f_commune.residents, 0) + 1)) AS rare_commune,
       log2($residents / (coalesce(f_former.residents, 0) + 1)) AS rare_former,
       log2($residents / greatest(coalesce(f_commune.residents, 0) - coalesce(f_former.residents, 0), 1)) AS rare_rest_of_commune,
       log2($residents / greatest(coalesce(f_district.residents, 0) - coalesce(f_commune.residents, 0), 1)) AS rare_rest_of_district,
       coalesce(f_commune.residents, 0) AS commune_residents, coalesce(f_place.residents, 0) AS place_residents,
       -- How much likelier the surname is at home than in the province: clans keep to their villages.
       ((coalesce(f_home.residents, 0) + 20 * (coalesce(f_clan.residents, 0) + 200 * (coalesce(f_surname.residents, 0) + 1) / $residents)
                                        / (coalesce(f_commune.residents, 0) + 200)) / (coalesce(f_place.residents, 0) + 20))
           / ((coalesce(f_surname.residents, 0) + 1) / $residents) AS at_home,
       CASE WHEN i.digits <> '' THEN $absent_number WHEN i.former <> '' THEN $absent_former ELSE $absent_none END
           AS absent
FROM keyed i
LEFT JOIN registry.name n ON n.name = i.name
LEFT JOIN registry.cohort b ON b.name = i.name AND b.decade = i.birth_year // 10
LEFT JOIN (FROM registry.frequency WHERE kind = 'ends') f_ends ON f_ends.key = i.ends
LEFT JOIN (FROM registry.frequency WHERE kind = 'tail') f_tail ON f_tail.key = i.tail
LEFT JOIN (FROM registry.frequency WHERE kind = 'stem') f_stem ON f_stem.key = i.stem
LEFT JOIN (FROM registry.frequency WHERE kind = 'given') f_given ON f_given.key = i.given
LEFT JOIN (FROM registry.frequency WHERE kind = 'surname') f_surname ON f_surname.key = i.surname
LEFT JOIN (FROM registry.frequency WHERE kind = 'year') f_year ON f_year.key = i.birth_year
LEFT JOIN (FROM registry.frequency WHERE kind = 'commune') f_commune ON f_commune.key = i.commune
LEFT JOIN (FROM registry.frequency WHERE kind = 'former') f_former ON f_former.key = hash(i.commune, i.former_commune)
LEFT JOIN (FROM registry.frequency WHERE kind = 'district') f_district ON f_district.key = i.district
LEFT JOIN (FROM registry.frequency WHERE kind = 'place') f_place ON f_place.key = i.place
LEFT JOIN (FROM registry.frequency WHERE kind = 'clan') f_clan ON f_clan.key = hash(i.commune, i.surname)
LEFT JOIN (FROM registry.frequency WHERE kind = 'home') f_home ON f_home.key = hash(i.place, i.surname);

DROP TABLE keyed;
