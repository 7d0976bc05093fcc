-- How many residents share what with each of the land users, a question at a time.
CREATE TEMP TABLE sharing AS
SELECT k.id,
       of_ends.residents AS ends,
       of_tail.residents AS tail,
       of_stem.residents AS stem,
       of_given.residents AS given,
       of_surname.residents AS surname,
       of_year.residents AS year,
       of_commune.residents AS commune,
       of_former.residents AS former,
       of_district.residents AS district,
       of_place.residents AS place,
       of_clan.residents AS clan,
       of_home.residents AS home
FROM keyed k
LEFT JOIN registry.frequency of_ends ON of_ends.kind = 'ends' AND of_ends.key = hash('ends', k.ends)
LEFT JOIN registry.frequency of_tail ON of_tail.kind = 'tail' AND of_tail.key = hash('tail', k.tail)
LEFT JOIN registry.frequency of_stem ON of_stem.kind = 'stem' AND of_stem.key = hash('stem', k.stem)
LEFT JOIN registry.frequency of_given ON of_given.kind = 'given' AND of_given.key = hash('given', k.given)
LEFT JOIN registry.frequency of_surname ON of_surname.kind = 'surname' AND of_surname.key = hash('surname', k.surname)
LEFT JOIN registry.frequency of_year ON of_year.kind = 'year' AND of_year.key = hash('year', k.birth_year)
LEFT JOIN registry.frequency of_commune ON of_commune.kind = 'commune' AND of_commune.key = hash('commune', k.commune)
LEFT JOIN registry.frequency of_former
    ON of_former.kind = 'former' AND of_former.key = hash('former', hash(k.commune, k.former_commune))
LEFT JOIN registry.frequency of_district ON of_district.kind = 'district' AND of_district.key = hash('district', k.district)
LEFT JOIN registry.frequency of_place ON of_place.kind = 'place' AND of_place.key = hash('place', k.place)
LEFT JOIN registry.frequency of_clan ON of_clan.kind = 'clan' AND of_clan.key = hash('clan', hash(k.commune, k.surname))
LEFT JOIN registry.frequency of_home ON of_home.kind = 'home' AND of_home.key = hash('home', hash(k.place, k.surname));
