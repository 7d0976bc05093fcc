-- The land users ready to compare: with how rare everything is that each of them may share with a resident.
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
