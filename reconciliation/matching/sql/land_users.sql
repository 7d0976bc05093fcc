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

-- How many residents share what with each of them; all questions at once.
CREATE TEMP TABLE sharing AS
SELECT a.id,
       any_value(f.residents) FILTER (f.kind = 'ends') AS ends,
       any_value(f.residents) FILTER (f.kind = 'tail') AS tail,
       any_value(f.residents) FILTER (f.kind = 'stem') AS stem,
       any_value(f.residents) FILTER (f.kind = 'given') AS given,
       any_value(f.residents) FILTER (f.kind = 'surname') AS surname,
       any_value(f.residents) FILTER (f.kind = 'year') AS year,
       any_value(f.residents) FILTER (f.kind = 'commune') AS commune,
       any_value(f.residents) FILTER (f.kind = 'former') AS former,
       any_value(f.residents) FILTER (f.kind = 'district') AS district,
       any_value(f.residents) FILTER (f.kind = 'place') AS place,
       any_value(f.residents) FILTER (f.kind = 'clan') AS clan,
       any_value(f.residents) FILTER (f.kind = 'home') AS home
FROM (
    SELECT id, unnest([
        hash('ends', ends),
        hash('tail', tail),
        hash('stem', stem),
        hash('given', given),
        hash('surname', surname),
        hash('year', birth_year),
        hash('commune', commune),
        hash('former', hash(commune, former_commune)),
        hash('district', district),
        hash('place', place),
        hash('clan', hash(commune, surname)),
        hash('home', hash(place, surname))
    ]) AS key
    FROM keyed
) a JOIN registry.frequency f ON f.key = a.key
GROUP BY a.id;

-- With how rare everything is that each of them may share with a resident.
CREATE TEMP TABLE land_user AS
SELECT i.*, coalesce(n.residents, 0) AS namesakes,
       log2($residents / (coalesce(n.residents, 0) + 0.5)) AS rare_name,
       log2($residents / (coalesce(f.ends, 0) + 0.5)) AS rare_ends,
       log2($residents / (coalesce(f.tail, 0) + 0.5)) AS rare_tail,
       log2($residents / (coalesce(f.stem, 0) + 0.5)) AS rare_stem,
       log2($residents / (coalesce(f.given, 0) + 0.5)) AS rare_given,
       -- Names come and go: the year is told among the bearers of the name, where these are enough to tell.
       -log2((coalesce(b.residents, 0) / 10.0 + 10 * (coalesce(f.year, 0) + 1) / $residents)
             / (coalesce(n.residents, 0) + 10)) AS rare_year,
       log2($residents / (coalesce(f.commune, 0) + 1)) AS rare_commune,
       log2($residents / (coalesce(f.former, 0) + 1)) AS rare_former,
       log2($residents / greatest(coalesce(f.commune, 0) - coalesce(f.former, 0), 1)) AS rare_rest_of_commune,
       log2($residents / greatest(coalesce(f.district, 0) - coalesce(f.commune, 0), 1)) AS rare_rest_of_district,
       coalesce(f.commune, 0) AS commune_residents, coalesce(f.place, 0) AS place_residents,
       -- How much likelier the surname is at home than in the province: clans keep to their villages.
       (coalesce(f.clan, 0) + 200 * (coalesce(f.surname, 0) + 1) / $residents) / (coalesce(f.commune, 0) + 200)
           AS clan_share,
       ((coalesce(f.home, 0) + 20 * clan_share) / (coalesce(f.place, 0) + 20))
           / ((coalesce(f.surname, 0) + 1) / $residents) AS at_home,
       -- And how much of that the village tells beyond the commune.
       (coalesce(f.home, 0) / clan_share + 20) / (coalesce(f.place, 0) + 20) AS at_village,
       CASE WHEN i.digits <> '' THEN $absent_number WHEN i.former <> '' THEN $absent_former ELSE $absent_none END
           AS absent
FROM keyed i
LEFT JOIN sharing f ON f.id = i.id
LEFT JOIN registry.name n ON n.name = i.name
LEFT JOIN registry.cohort b ON b.name = i.name AND b.decade = i.birth_year // 10;

DROP TABLE sharing;
DROP TABLE keyed;
