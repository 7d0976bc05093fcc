-- Where the others on a certificate live: `carrier_raw` are land users with their numbers as they came, `together` the
-- pairs who share a certificate.
CREATE TEMP TABLE carrier AS
SELECT land_user, hash(name_fold) AS name,
       CASE WHEN length(id_number) = 12 THEN TRY_CAST(id_number AS BIGINT) END AS number,
       CASE WHEN former_number <> '' THEN former_number WHEN id_kind = 'cmnd' THEN id_number ELSE '' END AS former
FROM carrier_raw;

CREATE TEMP TABLE carried AS
SELECT c.land_user, r.id AS resident, r.commune, r.place FROM carrier c
JOIN registry.resident r ON r.number = c.number AND r.name = c.name
UNION
SELECT c.land_user, r.id, r.commune, r.place FROM carrier c
JOIN registry.resident r ON r.former = c.former AND r.name = c.name WHERE c.former <> '';

INSERT INTO registry.partner
SELECT DISTINCT t.land_user, c.resident, c.commune, c.place FROM together t JOIN carried c ON c.land_user = t.partner;

DROP TABLE carrier;
DROP TABLE carried;
