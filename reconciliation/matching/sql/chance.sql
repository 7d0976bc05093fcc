-- "Not in the registry" as a candidate: its share, against one resident's. A surname that is at home
-- in the village is likelier to be borne there by somebody whom the registry does not know.
CREATE TEMP TABLE chance AS
SELECT l.id AS land_user, l.absent, l.commune, l.namesakes,
       CASE WHEN l.number IS NOT NULL THEN 0 WHEN l.former <> '' THEN 1 ELSE 2 END AS kind,
       ln(l.absent / (1 - l.absent) * $residents)
         + CASE WHEN l.commune_residents = 0 THEN 0 ELSE ln(l.at_home) END AS nobody
FROM land_user l;
