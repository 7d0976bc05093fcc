-- One natural logarithm per pair: prior share of one resident × evidence.
CREATE TEMP TABLE scored AS
SELECT *, ln((1 - $absent) / $residents) + ln(2) * bits AS strength,
       CASE WHEN number = 'same' AND name IN $agreeing THEN 'number'
            WHEN former_number = 'same' AND name IN $agreeing THEN 'former_number'
            WHEN name IN $same_fold AND birth = 'same_day' AND sex <> 'differ'
                 AND (commune = 'same' OR namesakes <= $rare_name) THEN 'name_birth'
            WHEN name IN $same_fold AND birth IN ('same_day', 'same_year') AND commune = 'same'
                 AND village = 'same' THEN 'name_village'
            ELSE 'scored' END AS stage,
       name NOT IN $agreeing
         OR birth IN ('other_day', 'differ')
         OR (full_dates AND birth NOT IN ('same_day', 'swapped'))
         OR (sex = 'differ' AND number <> 'same')
         OR number = 'differ' AS conflict
FROM (SELECT *, /* total */ AS bits FROM weighed);

-- Everything that speaks for a land user, strongest first; lists keep the order of addition, so that the sums are
-- the same whatever the chunk. A candidate that a person has rejected takes no share.
CREATE TEMP TABLE field AS
SELECT land_user, strengths, top,
       exp(ln($absent) - top) + coalesce(list_sum(list_transform(strengths, lambda s: exp(s - top))), 0)
           AS everything,
       exp(ln($absent) - top) + coalesce(list_sum(list_transform(strengths[2:], lambda s: exp(s - top))), 0)
           AS all_but_first,
       rejections
FROM (
    SELECT land_user,
           coalesce(list(strength ORDER BY strength DESC, resident) FILTER (state <> 'rejected'), []) AS strengths,
           greatest(ln($absent), coalesce(max(strength) FILTER (state <> 'rejected'), ln($absent))) AS top,
           count(*) FILTER (state = 'rejected') AS rejections,
    FROM scored GROUP BY land_user
);

CREATE TEMP TABLE ranked AS
SELECT s.*, f.top, f.everything, f.rejections, exp(ln($absent) - f.top) / f.everything AS absent,
       row_number() OVER (
           PARTITION BY s.land_user ORDER BY s.state = 'rejected', s.strength DESC, s.resident
       ) AS place,
       (s.strength - f.top) - ln(CASE
           WHEN s.state = 'rejected' THEN f.everything
           WHEN place = 1 THEN f.all_but_first
           ELSE f.everything - exp(s.strength - f.top) END) AS score,
       1 / (1 + exp(-score)) AS probability
FROM scored s JOIN field f USING (land_user);

-- The bands. Name and year alone never make a link, however few bear the name. Once a person has turned a candidate down, the next is accepted on a number only.
CREATE TEMP TABLE judged AS
SELECT *, CASE
    WHEN state = 'rejected' OR (is_settled AND state <> 'accepted') THEN 'none'
    WHEN place = 1 AND probability >= $accept AND NOT conflict
         AND (stage <> 'scored' OR (bits >= $accept_bits AND (
             commune = 'same' OR number IN ('same', 'one_off') OR former_number IN ('same', 'one_off')
             OR birth IN ('same_day', 'swapped'))))
         AND (rejections = 0 OR stage IN ('number', 'former_number')) THEN 'accept'
    WHEN probability >= $review THEN 'review'
    ELSE 'none' END AS outcome
FROM (SELECT *, bool_or(state = 'accepted') OVER (PARTITION BY land_user) AS is_settled FROM ranked);

CREATE TEMP TABLE kept AS
SELECT * FROM judged WHERE (place <= $keep AND probability >= $keep_from) OR state <> '';
