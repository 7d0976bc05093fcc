-- Residents as `incoming_resident` brings them, ready to be compared.
INSERT INTO registry.resident
SELECT id, commune, name_key, name_fold, birth_on, birth_year, sex, village, status,
       CASE WHEN length(id_number) = 12 THEN id_number ELSE '' END AS number, former_number AS former,
       split_part(name_fold, ' ', 1) AS surname, split_part(name_fold, ' ', -1) AS given
FROM incoming_resident;
