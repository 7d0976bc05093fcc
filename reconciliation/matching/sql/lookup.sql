-- For a few land users alone: what `facts.sql` counts over everybody, of the names in question. `counted` holds these
-- (name_fold, birth_year, residents), `living` where the others on the same certificates live.
CREATE TEMP TABLE spelt AS
SELECT hash(name_fold) AS name, name_fold, sum(residents)::INTEGER AS residents
FROM (SELECT name_fold, residents FROM counted UNION ALL SELECT DISTINCT name_fold, 0 FROM incoming_resident)
GROUP BY name_fold;

INSERT INTO registry.year_count SELECT hash(name_fold), birth_year, residents FROM counted WHERE birth_year IS NOT NULL;

INSERT INTO registry.cohort
SELECT name, birth_year // 10, sum(residents) FROM registry.year_count GROUP BY name, birth_year // 10;

INSERT INTO registry.partner
SELECT land_user, resident, commune, CASE WHEN village <> '' THEN hash(commune, village) END FROM living;

-- The frequencies to be looked up; the database has no unsigned numbers: half of the way from zero is taken off.
CREATE TEMP TABLE wanted AS
WITH person AS (
    SELECT *, hash(split_part(name_fold, ' ', 1)) AS surname, hash(split_part(name_fold, ' ', -1)) AS given,
           CASE WHEN village <> '' AND commune IS NOT NULL THEN hash(commune, village) END AS place,
           TRY_CAST(nullif(former_commune, '') AS INTEGER) AS former
    FROM incoming
), asked AS (
    SELECT unnest(['ends', 'tail', 'stem', 'given', 'surname', 'year', 'commune', 'former', 'district', 'place', 'clan',
                   'home']) AS kind,
           unnest([hash('ends', hash(surname, given)), hash('tail', hash(name_fold[strpos(name_fold, ' ') + 1:])),
                   hash('stem', hash(name_fold[:-length(split_part(name_fold, ' ', -1)) - 1])), hash('given', given),
                   hash('surname', surname), hash('year', birth_year), hash('commune', commune),
                   hash('former', hash(commune, former)),
                   hash('district', (SELECT d.number FROM registry.district d WHERE d.commune = person.commune)),
                   hash('place', place), hash('clan', hash(commune, surname)), hash('home', hash(place, surname))]) AS key
    FROM person
    UNION
    SELECT unnest(['commune', 'place']), unnest([hash('commune', commune), hash('place', hash(commune, village))])
    FROM incoming_resident
)
SELECT kind, (key::HUGEINT - 9223372036854775808)::BIGINT AS key FROM asked;
