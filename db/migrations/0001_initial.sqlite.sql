PRAGMA application_id = 1347177794;  -- "PLMB": tells a project from any other SQLite file

-- What a person said is never changed or deleted; the one way out is the blank tombstone.
CREATE TRIGGER answer_is_never_replaced BEFORE INSERT ON answer
WHEN EXISTS (SELECT 1 FROM answer WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'an answer is never replaced');
END;

CREATE TRIGGER answer_is_never_deleted BEFORE DELETE ON answer
BEGIN
  SELECT RAISE(ABORT, 'an answer is never deleted');
END;

CREATE TRIGGER answer_is_never_changed BEFORE UPDATE ON answer
WHEN NOT (NEW.state = 'tombstone' AND NEW.value_json = 'null' AND NEW.reasons_json = '[]' AND NEW.milliseconds = 0
          AND NEW.observations = 0 AND NEW.id = OLD.id AND NEW.query_id = OLD.query_id
          AND NEW.annotator_id = OLD.annotator_id AND NEW.session_id IS OLD.session_id AND NEW.source = OLD.source
          AND NEW.revision = OLD.revision AND NEW.supersedes IS OLD.supersedes AND NEW.created_ms = OLD.created_ms)
BEGIN
  SELECT RAISE(ABORT, 'an answer is never changed');
END;

CREATE TRIGGER observation_is_never_replaced BEFORE INSERT ON observation
WHEN EXISTS (SELECT 1 FROM observation WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'an observation is never replaced');
END;

CREATE TRIGGER observation_is_never_changed BEFORE UPDATE ON observation
BEGIN
  SELECT RAISE(ABORT, 'an observation is never changed');
END;

CREATE TRIGGER observation_outlives_all_but_erasure BEFORE DELETE ON observation
WHEN (SELECT state FROM answer WHERE id = OLD.answer_id) <> 'tombstone'
BEGIN
  SELECT RAISE(ABORT, 'an observation is only deleted with the erasure of its answer');
END;

CREATE TRIGGER mask_is_never_changed BEFORE UPDATE ON mask
BEGIN
  SELECT RAISE(ABORT, 'a mask is never changed');
END;
