-- The residents as they are compared, with how rare their villages are; commune by commune, so that a
-- chunk reads only its own.
INSERT INTO registry.resident
SELECT a.*, log2(coalesce(c.residents, 1) / coalesce(p.residents, 1))
FROM arrived a
LEFT JOIN registry.frequency c ON c.kind = 'commune' AND c.key = a.commune::VARCHAR
LEFT JOIN registry.frequency p ON p.kind = 'place' AND p.key = a.commune || ' ' || a.village
ORDER BY a.commune, a.name;
