CREATE TABLE registry.resident (
    id BIGINT, commune SMALLINT, name_key VARCHAR, name_fold VARCHAR, birth_on DATE, birth_year SMALLINT,
    sex VARCHAR, village VARCHAR, status VARCHAR, number VARCHAR, former VARCHAR, surname VARCHAR, given VARCHAR
);
CREATE TABLE registry.name_count (name_fold VARCHAR, residents BIGINT);
CREATE TABLE registry.commune_count (commune SMALLINT, residents BIGINT);
