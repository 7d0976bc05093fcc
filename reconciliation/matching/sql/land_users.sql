-- The land users of a chunk, ready to compare. `incoming` holds the stored columns as they came from PostgreSQL.
CREATE TEMP TABLE land_user AS
SELECT i.*, d.number AS district, coalesce(n.residents, 0) AS namesakes,
       log2($residents / (coalesce(n.residents, 0) + 0.5)) AS rare_name,
       log2($residents / (coalesce(e.residents, 0) + 0.5)) AS rare_ends,
       log2($residents / (coalesce(t.residents, 0) + 0.5)) AS rare_tail,
       log2($residents / (coalesce(s.residents, 0) + 0.5)) AS rare_stem,
       log2($residents / (coalesce(g.residents, 0) + 0.5)) AS rare_given,
       -- Names come and go: the year is told among the bearers of the name, where these are enough to tell.
       -log2((coalesce(b.residents, 0) / 10.0 + 10 * (coalesce(y.residents, 0) + 1) / $residents)
             / (coalesce(n.residents, 0) + 10)) AS rare_year,
       log2($residents / (coalesce(c.residents, 0) + 1)) AS rare_commune,
       log2($residents / (coalesce(f.residents, 0) + 1)) AS rare_former,
       log2($residents / greatest(coalesce(c.residents, 0) - coalesce(f.residents, 0), 1)) AS rare_rest_of_commune,
       log2($residents / greatest(coalesce(o.residents, 0) - coalesce(c.residents, 0), 1)) AS rare_rest_of_district,
       coalesce(c.residents, 0) AS commune_residents, coalesce(p.residents, 0) AS place_residents,
       -- How much likelier the surname is at home than in the province: clans keep to their villages.
       ((coalesce(ps.residents, 0) + 20 * (coalesce(cs.residents, 0) + 200 * (coalesce(u.residents, 0) + 1) / $residents)
                                        / (coalesce(c.residents, 0) + 200)) / (coalesce(p.residents, 0) + 20))
           / ((coalesce(u.residents, 0) + 1) / $residents) AS at_home,
       CASE WHEN i.digits <> '' THEN $absent_number WHEN i.former <> '' THEN $absent_former ELSE $absent_none END
           AS absent
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
) i
LEFT JOIN registry.district d ON d.commune = i.commune
LEFT JOIN registry.name n ON n.name = i.name
LEFT JOIN registry.cohort b ON b.name = i.name AND b.decade = i.birth_year // 10
LEFT JOIN registry.frequency e ON e.kind = 'ends' AND e.key = i.ends
LEFT JOIN registry.frequency t ON t.kind = 'tail' AND t.key = i.tail
LEFT JOIN registry.frequency s ON s.kind = 'stem' AND s.key = i.stem
LEFT JOIN registry.frequency g ON g.kind = 'given' AND g.key = i.given
LEFT JOIN registry.frequency y ON y.kind = 'year' AND y.key = i.birth_year
LEFT JOIN registry.frequency c ON c.kind = 'commune' AND c.key = i.commune
LEFT JOIN registry.frequency f ON f.kind = 'former' AND f.key = hash(i.commune, i.former_commune)
LEFT JOIN registry.frequency o ON o.kind = 'district' AND o.key = d.number
LEFT JOIN registry.frequency u ON u.kind = 'surname' AND u.key = i.surname
LEFT JOIN registry.frequency cs ON cs.kind = 'surname of commune' AND cs.key = hash(i.commune, i.surname)
LEFT JOIN registry.frequency p ON p.kind = 'place' AND p.key = i.place
LEFT JOIN registry.frequency ps ON ps.kind = 'surname of place' AND ps.key = hash(i.place, i.surname);
