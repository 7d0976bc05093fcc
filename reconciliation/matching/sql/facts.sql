-- What the whole registry says, counted once. Of the most finely divided, what only one has counts as nobody's.
INSERT INTO registry.year_count
SELECT name, birth_year, count(*) FROM registry.resident WHERE birth_year IS NOT NULL GROUP BY name, birth_year;

INSERT INTO registry.cohort
SELECT name, birth_year // 10, sum(residents) FROM registry.year_count GROUP BY name, birth_year // 10;

INSERT INTO registry.frequency
SELECT 'ends', hash('ends', ends), sum(residents) FROM registry.name GROUP BY ends
UNION ALL
SELECT 'tail', hash('tail', tail), sum(residents) FROM registry.name GROUP BY tail HAVING sum(residents) > 1
UNION ALL
SELECT 'stem', hash('stem', stem), sum(residents) FROM registry.name GROUP BY stem
UNION ALL
SELECT 'given', hash('given', given), sum(residents) FROM registry.name GROUP BY given
UNION ALL
SELECT 'surname', hash('surname', surname), sum(residents) FROM registry.name GROUP BY surname
UNION ALL
SELECT 'year', hash('year', birth_year), count(*) FROM registry.resident WHERE birth_year IS NOT NULL GROUP BY birth_year
UNION ALL
SELECT 'commune', hash('commune', commune), count(*) FROM registry.resident WHERE commune IS NOT NULL GROUP BY commune
UNION ALL
SELECT 'district', hash('district', d.number), count(*)
FROM registry.resident r JOIN registry.district d ON d.commune = r.commune GROUP BY d.number
UNION ALL
SELECT 'former', hash('former', hash(commune, former_commune)), count(*) FROM registry.resident
WHERE commune IS NOT NULL AND former_commune IS NOT NULL GROUP BY commune, former_commune
UNION ALL
SELECT 'place', hash('place', place), count(*) FROM registry.resident WHERE place IS NOT NULL GROUP BY place
UNION ALL
SELECT 'clan', hash('clan', hash(r.commune, n.surname)), count(*)
FROM registry.resident r JOIN registry.name n ON n.name = r.name WHERE r.commune IS NOT NULL GROUP BY r.commune, n.surname
UNION ALL
SELECT 'home', hash('home', hash(r.place, n.surname)), count(*)
FROM registry.resident r JOIN registry.name n ON n.name = r.name WHERE r.place IS NOT NULL GROUP BY r.place, n.surname
HAVING count(*) > 1;
