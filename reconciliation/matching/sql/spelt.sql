-- Every name that was met, with its bearers.
CREATE TEMP TABLE spelt AS
SELECT name, any_value(name_fold) AS name_fold, sum(residents)::INTEGER AS residents FROM met_spelling GROUP BY name;
