-- One natural logarithm per pair: prior share of one resident × evidence, against "not in the registry", which
-- therefore counts as one. A candidate that a person has rejected takes no share.
CREATE TEMP TABLE scored AS
SELECT w.land_user, w.resident, w.is_tied, w.bits * (ln(2) / 100) + ln(w.people) - c.nobody AS strength,
       coalesce(d.state, '') AS state
FROM (
    SELECT land_user, resident, people, c_number = 'a' OR c_former_number = 'a' AS is_tied, /* total */ AS bits FROM weighed
) w
JOIN chance c ON c.land_user = w.land_user
LEFT JOIN decided d ON d.land_user = w.land_user AND d.resident = w.resident;

CREATE TEMP TABLE best AS
SELECT land_user, arg_max(resident, (strength, -resident)) AS resident FROM scored
WHERE resident <> 0 AND state <> 'rejected' GROUP BY land_user;

CREATE TEMP TABLE field AS
SELECT s.land_user, any_value(b.resident) AS best,
       1 + coalesce(sum(exp(s.strength)) FILTER (s.state <> 'rejected' AND s.resident IS DISTINCT FROM b.resident), 0) AS others,
       coalesce(max(exp(s.strength)) FILTER (s.resident = b.resident), 0) AS first,
       max(s.strength) FILTER (s.state <> 'rejected' AND s.resident <> 0 AND s.resident <> b.resident) AS second,
       count(*) FILTER (s.state = 'rejected') AS rejections, bool_or(s.state = 'accepted') AS is_settled
FROM scored s LEFT JOIN best b ON b.land_user = s.land_user GROUP BY s.land_user;

CREATE TEMP TABLE ranked AS
SELECT s.*, f.rejections, f.is_settled, 1 / (f.others + f.first) AS absent, s.resident IS NOT DISTINCT FROM f.best AS is_best,
       exp(f.second) / (f.others + f.first) AS second,
       s.strength - ln(CASE WHEN s.state = 'rejected' THEN f.others + f.first WHEN is_best THEN f.others
                       ELSE f.others + f.first - exp(s.strength) END) AS odds,
       -- Fields are not quite independent: beyond what is sure anyway, less of the evidence is believed. A number is.
       CASE WHEN odds > $sure AND NOT s.is_tied THEN $sure + (odds - $sure) * $caution ELSE odds END AS score,
       1 / (1 + exp(-score)) AS probability
FROM scored s JOIN field f ON f.land_user = s.land_user
WHERE s.resident <> 0;

-- The bands. Name and year alone never make a link, however few bear the name. Once a person has turned a candidate
-- down, the next is accepted on a number only.
CREATE TEMP TABLE kept AS
SELECT *, CASE
    WHEN state = 'rejected' OR (is_settled AND state <> 'accepted') THEN 'none'
    WHEN is_best AND may_accept AND score >= accept THEN 'accept'
    WHEN probability >= $review THEN 'review'
    ELSE 'none' END AS outcome
FROM (
    SELECT * EXCLUDE bits, NOT conflict
         AND (stage <> 'scored' OR (bits >= $accept_bits * 100 AND (
             c_commune IN $here OR c_number IN ('a', 'b') OR c_former_number IN ('a', 'b') OR c_birth IN ('a', 'b'))))
         AND (rejections = 0 OR stage IN ('number', 'former_number')) AS may_accept
    FROM (
        SELECT r.*, w.* EXCLUDE (land_user, resident, namesakes), c.commune, c.nobody, /* total */ AS bits,
           coalesce(b.accept, (SELECT accept FROM band WHERE commune = 0)) AS accept,
           CASE WHEN c_number = 'a' AND c_name IN $agreeing THEN 'number'
                WHEN c_former_number = 'a' AND c_name IN $agreeing THEN 'former_number'
                WHEN is_fold AND c_birth = 'a' AND c_sex <> 'b' AND (c_commune IN $here OR c.namesakes <= $rare_name)
                     THEN 'name_birth'
                WHEN is_fold AND c_birth IN ('a', 'c') AND c_commune IN $here AND c_village = 'a' THEN 'name_village'
                ELSE 'scored' END AS stage,
           c_name NOT IN $agreeing
             OR c_birth IN ('e', 'j')
             OR (full_dates AND c_birth NOT IN ('a', 'b', 'd'))
             OR (c_sex = 'b' AND c_number <> 'a')
             OR c_number IN ('f', 'g') AS conflict
        FROM (
            SELECT *, row_number() OVER (
                PARTITION BY land_user ORDER BY state = 'rejected', strength DESC, resident
            ) AS nth
            FROM ranked
            WHERE probability >= $keep_from OR (is_best AND probability >= $keep_best) OR state <> ''
        ) r
        JOIN weighed w ON w.land_user = r.land_user AND w.resident = r.resident
        JOIN chance c ON c.land_user = r.land_user
        LEFT JOIN band b ON b.commune = c.commune
        WHERE r.nth <= $keep OR r.state <> ''
    )
);
