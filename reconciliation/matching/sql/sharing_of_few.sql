-- How many residents share what with each of a few land users. The same as `sharing.sql`, all questions at once: of a
-- join only the start counts here, and there are twelve.
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
