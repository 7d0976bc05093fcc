-- The registry of a session. Names, spellings and villages are compared by hash; their texts stand aside, each once.
CREATE TABLE registry.resident (
    id BIGINT, commune SMALLINT, former_commune INTEGER, name UBIGINT, key UBIGINT, birth_on DATE, birth_year SMALLINT,
    sex VARCHAR, village UBIGINT, place UBIGINT, status VARCHAR, number BIGINT, former VARCHAR
);
CREATE TABLE registry.district (commune SMALLINT, number SMALLINT);
-- Every name once: its bearers, and its parts (surname with given name, all but the surname, all but the given name).
CREATE TABLE registry.name (
    name UBIGINT, name_fold VARCHAR, residents INTEGER, surname UBIGINT, given UBIGINT, ends UBIGINT, tail UBIGINT,
    stem UBIGINT
);
CREATE TABLE registry.spelling (key UBIGINT, name_key VARCHAR);
CREATE TABLE registry.village (village UBIGINT, village_fold VARCHAR);
CREATE TABLE registry.year_count (name UBIGINT, birth_year SMALLINT, residents INTEGER);
CREATE TABLE registry.cohort (name UBIGINT, decade SMALLINT, residents INTEGER);
-- How many residents share a part of a name, a year, a commune, a village; the key is the hash of kind and value.
CREATE TABLE registry.frequency (kind VARCHAR, key UBIGINT, residents INTEGER);
-- Who the others on a land user's certificates are, by their numbers, and where they live.
CREATE TABLE registry.partner (land_user BIGINT, resident BIGINT, commune SMALLINT, place UBIGINT);
-- Texts as they come, until `names.sql` has taken each once.
CREATE TEMP TABLE met_spelling (key UBIGINT, name_key VARCHAR, name UBIGINT, name_fold VARCHAR, residents INTEGER);
CREATE TEMP TABLE met_village (village UBIGINT, village_fold VARCHAR);
