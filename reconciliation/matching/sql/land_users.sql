-- The land users of a chunk, ready to compare. `incoming` holds the stored columns as they came from PostgreSQL.
CREATE TEMP TABLE land_user AS
SELECT i.id, i.commune, TRY_CAST(nullif(i.former_commune, '') AS INTEGER) AS former_commune, d.number AS district,
       hash(i.name_fold) AS name, hash(i.name_key) AS key, i.name_fold, i.name_key,
       i.surname, i.given, i.middle, i.stem, i.name_fold[length(i.surname) + 2:] AS tail,
       i.birth_on, i.birth_year, i.sex, i.village, i.second,
       CASE WHEN i.village <> '' AND i.commune IS NOT NULL THEN hash(i.commune || ' ' || i.village) END AS place,
       i.digits, TRY_CAST(nullif(i.digits, '') AS BIGINT) AS number, i.former,
       CASE WHEN i.digits <> '' THEN (1900 + (i.digits[4]::INTEGER // 2) * 100 + i.digits[5:6]::INTEGER)::SMALLINT END
           AS number_year,
       coalesce(n.residents, 0) AS namesakes,
       log2($residents / (coalesce(n.residents, 0) + 0.5)) AS rare_name,
       log2($residents / (coalesce(e.residents, 0) + 0.5)) AS rare_ends,
       log2($residents / (coalesce(t.residents, 0) + 0.5)) AS rare_tail,
       log2($residents / (coalesce(s.residents, 0) + 0.5)) AS rare_stem,
       log2($residents / (coalesce(g.residents, 0) + 0.5)) AS rare_given,
       -- Names come and go: the year is told among the bearers of the name, where they are enough to tell.
       -log2((coalesce(b.residents, 0) / 7.0 + 10 * (coalesce(y.residents, 0) + 1) / $residents)
             / (coalesce(n.residents, 0) + 10)) AS rare_year,
       log2($residents / (coalesce(c.residents, 0) + 1)) AS rare_commune,
       log2($residents / (coalesce(f.residents, 0) + 1)) AS rare_former,
       log2($residents / greatest(coalesce(c.residents, 0) - coalesce(f.residents, 0), 1)) AS rare_rest_of_commune,
       log2($residents / greatest(coalesce(o.residents, 0) - coalesce(c.residents, 0), 1)) AS rare_rest_of_district,
       coalesce(c.residents, 0) AS commune_residents,
       -- How much likelier the surname is at home than in the province: clans keep to their villages.
       ((coalesce(ps.residents, 0) + 20 * (coalesce(cs.residents, 0) + 200 * (coalesce(u.residents, 0) + 1) / $residents)
                                        / (coalesce(c.residents, 0) + 200)) / (coalesce(p.residents, 0) + 20))
           / ((coalesce(u.residents, 0) + 1) / $residents) AS at_home,
       CASE WHEN i.digits <> '' THEN $absent_number WHEN i.former <> '' THEN $absent_former ELSE $absent_none END
           AS absent
FROM (
    SELECT *, split_part(name_fold, ' ', 1) AS surname, split_part(name_fold, ' ', -1) AS given,
           array_to_string(string_split(name_fold, ' ')[2:-2], ' ') AS middle,
           array_to_string(string_split(name_fold, ' ')[1:-2], ' ') AS stem,
           CASE WHEN length(id_number) = 12 THEN id_number ELSE '' END AS digits,
           CASE WHEN former_number <> '' THEN former_number WHEN id_kind = 'cmnd' THEN id_number ELSE '' END AS former
    FROM incoming WHERE kind = 'individual' AND name_fold <> ''
) i
LEFT JOIN registry.district d ON d.commune = i.commune
LEFT JOIN registry.name_count n ON n.name = hash(i.name_fold)
LEFT JOIN registry.frequency e ON e.kind = 'ends' AND e.key = i.surname || ' ' || i.given
LEFT JOIN (
    SELECT i.id, sum(y.residents) AS residents FROM incoming i
    JOIN registry.year_count y ON y.name = hash(i.name_fold) AND abs(y.birth_year - i.birth_year) <= 3
    GROUP BY i.id
) b ON b.id = i.id
LEFT JOIN registry.frequency t ON t.kind = 'tail' AND t.key = i.name_fold[length(i.surname) + 2:]
LEFT JOIN registry.frequency s ON s.kind = 'stem' AND s.key = i.stem
LEFT JOIN registry.frequency g ON g.kind = 'given' AND g.key = i.given
LEFT JOIN registry.frequency y ON y.kind = 'year' AND y.key = i.birth_year::VARCHAR
LEFT JOIN registry.frequency c ON c.kind = 'commune' AND c.key = i.commune::VARCHAR
LEFT JOIN registry.frequency f ON f.kind = 'former' AND f.key = i.commune || ' ' || TRY_CAST(nullif(i.former_commune, '') AS INTEGER)
LEFT JOIN registry.frequency o ON o.kind = 'district' AND o.key = d.number::VARCHAR
LEFT JOIN registry.frequency u ON u.kind = 'surname' AND u.key = i.surname
LEFT JOIN registry.frequency cs ON cs.kind = 'surname of commune' AND cs.key = i.commune || ' ' || i.surname
LEFT JOIN registry.frequency p ON p.kind = 'place' AND p.key = i.commune || ' ' || i.village
LEFT JOIN registry.frequency ps ON ps.kind = 'surname of place' AND ps.key = i.commune || ' ' || i.village || ' ' || i.surname;
