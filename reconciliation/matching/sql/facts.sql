-- What the whole registry says, counted once.
INSERT INTO registry.name_count SELECT name, count(*) FROM arrived GROUP BY name;
INSERT INTO registry.year_count
SELECT name, birth_year, count(*) FROM arrived WHERE birth_year IS NOT NULL GROUP BY name, birth_year;
CREATE TEMP TABLE spelt AS SELECT any_value(name_fold) AS name_fold, count(*) AS n FROM arrived GROUP BY name;
INSERT INTO registry.frequency
SELECT 'ends', split_part(name_fold, ' ', 1) || ' ' || split_part(name_fold, ' ', -1), sum(n) FROM spelt GROUP BY 2
UNION ALL
SELECT 'tail', name_fold[length(split_part(name_fold, ' ', 1)) + 2:], sum(n) FROM spelt GROUP BY 2
UNION ALL
SELECT 'stem', array_to_string(string_split(name_fold, ' ')[1:-2], ' '), sum(n) FROM spelt GROUP BY 2
UNION ALL
SELECT 'given', split_part(name_fold, ' ', -1), sum(n) FROM spelt GROUP BY 2
UNION ALL
SELECT 'surname', split_part(name_fold, ' ', 1), sum(n) FROM spelt GROUP BY 2
UNION ALL
SELECT 'surname of commune', any_value(commune || ' ' || split_part(name_fold, ' ', 1)), count(*)
FROM arrived WHERE commune IS NOT NULL GROUP BY commune, split_part(name_fold, ' ', 1)
UNION ALL
SELECT 'surname of place', any_value(commune || ' ' || village || ' ' || split_part(name_fold, ' ', 1)), count(*)
FROM arrived WHERE place IS NOT NULL GROUP BY place, split_part(name_fold, ' ', 1)
UNION ALL
SELECT 'year', birth_year::VARCHAR, count(*) FROM arrived WHERE birth_year IS NOT NULL GROUP BY birth_year
UNION ALL
SELECT 'commune', commune::VARCHAR, count(*) FROM arrived WHERE commune IS NOT NULL GROUP BY commune
UNION ALL
SELECT 'district', district::VARCHAR, count(*) FROM arrived WHERE district IS NOT NULL GROUP BY district
UNION ALL
SELECT 'former', commune || ' ' || former_commune, count(*) FROM arrived
WHERE commune IS NOT NULL AND former_commune IS NOT NULL GROUP BY commune, former_commune
UNION ALL
SELECT 'place', any_value(commune || ' ' || village), count(*) FROM arrived WHERE place IS NOT NULL GROUP BY place;
DROP TABLE spelt;
