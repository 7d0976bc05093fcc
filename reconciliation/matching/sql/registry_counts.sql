INSERT INTO registry.name_count SELECT name_fold, count(*) FROM registry.resident GROUP BY 1;
INSERT INTO registry.commune_count SELECT commune, count(*) FROM registry.resident WHERE commune IS NOT NULL GROUP BY 1;
