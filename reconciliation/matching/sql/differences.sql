-- What is to be written, by difference from what stands there: `old_match` and `old_verification`. Numbers that
-- differ by less than this are the same: the last bit may depend on the order of addition. What is new comes in the
-- order of the indexes, in which PostgreSQL takes it in fastest. Views, since each is asked for once.
CREATE TEMP VIEW changed AS
SELECT n.* FROM match_out n JOIN old_match o ON o.land_user_id = n.land_user_id AND o.resident_id = n.resident_id
WHERE o.stage <> n.stage OR o.outcome <> n.outcome OR o.commune_id IS DISTINCT FROM n.commune_id
   OR abs(o.score - n.score) > 1e-6 OR o.levels <> n.levels OR translate(o.weights, '{}', '[]')::SMALLINT[] <> n.weights;

CREATE TEMP VIEW added AS
SELECT n.*, 'proposed' AS state, '' AS reason FROM match_out n
ANTI JOIN old_match o ON o.land_user_id = n.land_user_id AND o.resident_id = n.resident_id
ORDER BY n.land_user_id, n.resident_id;

CREATE TEMP VIEW removed AS
SELECT o.land_user_id, o.resident_id FROM old_match o
ANTI JOIN match_out n ON n.land_user_id = o.land_user_id AND n.resident_id = o.resident_id
WHERE o.state = 'proposed';

CREATE TEMP VIEW verifications_changed AS
SELECT n.* EXCLUDE (stage, needs_work)
FROM verification_out n JOIN old_verification o ON o.land_user_id = n.land_user_id
WHERE o.commune_id IS DISTINCT FROM n.commune_id OR o.outcome <> n.outcome
   OR o.resident_id IS DISTINCT FROM n.resident_id OR o.differs <> n.differs
   OR abs(coalesce(o.probability, -1) - coalesce(n.probability, -1)) > 1e-9
   OR abs(coalesce(o.absent_probability, -1) - coalesce(n.absent_probability, -1)) > 1e-9;

CREATE TEMP VIEW verifications_added AS
SELECT n.* EXCLUDE (stage, needs_work) FROM verification_out n
ANTI JOIN old_verification o ON o.land_user_id = n.land_user_id
ORDER BY n.land_user_id;

CREATE TEMP VIEW needs_work AS
SELECT land_user_id, commune_id, outcome, stage FROM verification_out WHERE needs_work;

CREATE TEMP VIEW needs_none AS
SELECT land_user_id, commune_id, outcome, stage FROM verification_out WHERE needs_work IS NOT TRUE;
