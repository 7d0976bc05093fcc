-- The parts of every name that the registry's residents bear; `spelt` (name, name_fold, residents).
INSERT INTO registry.name
SELECT name, name_fold, residents, hash(split_part(name_fold, ' ', 1)) AS surname,
       hash(split_part(name_fold, ' ', -1)) AS given,
       hash(surname, given), hash(name_fold[strpos(name_fold, ' ') + 1:]),
       hash(name_fold[:-length(split_part(name_fold, ' ', -1)) - 1])
FROM spelt;

INSERT INTO registry.spelling SELECT key, any_value(name_key) FROM met_spelling GROUP BY key;

INSERT INTO registry.village SELECT DISTINCT village, village_fold FROM met_village;
