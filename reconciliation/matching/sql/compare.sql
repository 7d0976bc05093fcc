-- The level that every pair reaches on every ladder.
CREATE TEMP TABLE compared AS
SELECT p.land_user, p.resident, r.status, l.namesakes, l.commune_residents,
       l.birth_on IS NOT NULL AND r.birth_on IS NOT NULL AS full_dates,
       /* levels */
FROM pair p
JOIN (
    SELECT *, id IN (SELECT land_user FROM anothers_number) AS has_anothers_number FROM land_user
) l ON l.id = p.land_user
JOIN registry.resident r ON r.id = p.resident;

-- Their weights in bits. `state` is a person's word on the pair, empty where nobody has spoken.
CREATE TEMP TABLE weighed AS
SELECT c.*, coalesce(d.state, '') AS state,
       /* weights */
FROM compared c
LEFT JOIN decided d ON d.land_user = c.land_user AND d.resident = c.resident;
