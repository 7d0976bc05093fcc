-- The pairs to store, with the evidence behind each: a letter per ladder, and hundredths of a bit.
CREATE TEMP TABLE match_out AS
SELECT k.land_user AS land_user_id, k.resident AS resident_id, k.commune AS commune_id, k.stage, k.score,
       k.probability, k.outcome, /* levels */ AS levels,
       [/* stored weights */, round(-100 * k.nobody / ln(2))]::SMALLINT[] AS weights
FROM kept k;

-- What the registry says of every land user. The best candidate is the one a person accepted, else the likeliest.
CREATE TEMP TABLE verification_out AS
WITH chosen AS (
    SELECT *, concat_ws(',',
               CASE WHEN c_name NOT IN ('a', 'b', '-') THEN 'name' END,
               CASE WHEN c_birth NOT IN ('a', 'c', '-') THEN 'birth' END,
               CASE WHEN c_sex = 'b' THEN 'sex' END,
               CASE WHEN c_number NOT IN ('a', '-') THEN 'number' END) AS differs
    FROM kept
    QUALIFY row_number() OVER (PARTITION BY land_user ORDER BY state = 'accepted' DESC, nth) = 1
), told AS (
    SELECT i.id, i.commune, i.kind, i.is_with_police, i.police_word, b.resident, b.probability, coalesce(b.absent, 1) AS absent,
           coalesce(b.state, '') AS state, coalesce(b.outcome, 'none') AS outcome, coalesce(b.differs, '') AS differs,
           coalesce(CASE WHEN b.state <> 'rejected' THEN b.stage END, 'none') AS stage,
           b.status = 'deceased' AS is_deceased, b.conflict,
           i.name_fold = '' OR (i.id_number = '' AND i.former_number = '' AND i.birth_year IS NULL
                                AND i.commune IS NULL) AS is_bare,
           coalesce(b.second, 0) AS runner_up
    FROM incoming i
    LEFT JOIN chosen b ON b.land_user = i.id
), heard AS (
    -- Where no candidate is the land user by itself or by a person's word, the police have the last word.
    SELECT *, state <> 'accepted' AND outcome <> 'accept'
              AND police_word IN ('confirmed', 'corrected', 'no_such', 'deceased', 'several') AS is_by_police
    FROM told
), named AS (
    SELECT *, CASE
        WHEN kind <> 'individual' THEN 'not_applicable'
        WHEN is_with_police AND state <> 'accepted' THEN 'with_police'
        WHEN state = 'accepted' OR outcome = 'accept' THEN
            CASE WHEN is_deceased OR police_word = 'deceased' THEN 'deceased'
                 WHEN differs = '' THEN 'matched' ELSE 'mismatch' END
        WHEN is_by_police THEN
            CASE police_word WHEN 'deceased' THEN 'deceased' WHEN 'no_such' THEN 'not_found'
                             WHEN 'several' THEN 'ambiguous' ELSE 'matched' END
        WHEN state = 'rejected' THEN 'not_found'
        WHEN is_bare THEN 'unverifiable'
        WHEN resident IS NULL OR absent >= $absent_band OR probability < $review THEN 'not_found'
        WHEN probability >= $strong AND differs <> '' THEN 'mismatch'
        WHEN runner_up >= $near_equal * probability OR differs = '' THEN 'ambiguous'
        ELSE 'mismatch' END AS outcome_of
    FROM heard
)
SELECT id AS land_user_id, commune AS commune_id, outcome_of AS outcome, stage,
       CASE WHEN outcome_of IN ('matched', 'mismatch', 'deceased') AND NOT is_by_police THEN resident END
           AS resident_id,
       CASE WHEN outcome_of NOT IN ('not_applicable', 'with_police') AND state <> 'rejected' AND NOT is_by_police
            THEN probability END
           AS probability,
       CASE WHEN outcome_of <> 'not_applicable' THEN absent END AS absent_probability,
       CASE WHEN outcome_of IN ('mismatch', 'deceased') AND NOT is_by_police THEN differs ELSE '' END AS differs,
       -- A decision that opened again waits for a person, whatever the engine thinks by now. Where somebody was unsure,
       -- nothing is decided yet.
       outcome_of NOT IN ('not_applicable', 'with_police') AND state IN ('', 'proposed', 'unsure')
           AND (outcome_of IN ('mismatch', 'ambiguous') OR (outcome = 'review' AND NOT is_by_police)
                OR id IN (SELECT land_user FROM decided WHERE state = 'proposed')) AS needs_work
FROM named;
