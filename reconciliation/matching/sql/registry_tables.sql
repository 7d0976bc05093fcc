-- The registry of a session. Names, villages and the spellings of names are compared by hash, and shown by text.
CREATE TEMP TABLE arrived (
    id BIGINT, commune SMALLINT, former_commune INTEGER, district SMALLINT, name UBIGINT, key UBIGINT,
    name_fold VARCHAR, name_key VARCHAR, birth_on DATE, birth_year SMALLINT, sex VARCHAR, village VARCHAR,
    place UBIGINT, status VARCHAR, number BIGINT, former VARCHAR
);
CREATE TABLE registry.resident (
    id BIGINT, commune SMALLINT, former_commune INTEGER, district SMALLINT, name UBIGINT, key UBIGINT,
    name_fold VARCHAR, name_key VARCHAR, birth_on DATE, birth_year SMALLINT, sex VARCHAR, village VARCHAR,
    place UBIGINT, status VARCHAR, number BIGINT, former VARCHAR, rare_village FLOAT
);
CREATE TABLE registry.district (commune SMALLINT, number SMALLINT);
CREATE TABLE registry.name_count (name UBIGINT, residents INTEGER);
CREATE TABLE registry.year_count (name UBIGINT, birth_year SMALLINT, residents INTEGER);
-- How many residents share something: a surname with a given name, …, a village.
CREATE TABLE registry.frequency (kind VARCHAR, key VARCHAR, residents INTEGER);
-- Residents whose number, with an agreeing name, a land user carries: how many do, and who where it is one.
CREATE TABLE registry.claim (resident BIGINT, claims INTEGER, claimant BIGINT);
-- Where the others on a land user's certificates live, by their numbers.
CREATE TABLE registry.partner (land_user BIGINT, commune SMALLINT, place UBIGINT);
