-- The rows of a project. Times are milliseconds since 1970 in UTC; columns named *_json hold JSON text; pictures are
-- named by the SHA-256 of their PNG bytes. {{id}} and {{blob}} are filled in by the dialect.

CREATE TABLE prompt (
  id {{id}},
  text TEXT NOT NULL UNIQUE,
  tags_json TEXT NOT NULL DEFAULT '[]',
  split TEXT NOT NULL DEFAULT 'train',
  created_ms BIGINT NOT NULL
);
CREATE INDEX prompt_split ON prompt (split, id);

CREATE TABLE model (
  id {{id}},
  name TEXT NOT NULL DEFAULT '',
  path TEXT NOT NULL,
  hash TEXT NOT NULL,
  adapters_json TEXT NOT NULL DEFAULT '[]',
  created_ms BIGINT NOT NULL,
  UNIQUE (hash, adapters_json)
);

CREATE TABLE annotator (
  id {{id}},
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('person', 'simulated', 'machine')),
  settings_json TEXT NOT NULL DEFAULT '{}',
  created_ms BIGINT NOT NULL
);

CREATE TABLE session (
  id {{id}},
  annotator_id BIGINT NOT NULL REFERENCES annotator (id),
  started_ms BIGINT NOT NULL,
  ended_ms BIGINT
);
CREATE INDEX session_annotator ON session (annotator_id, id);

CREATE TABLE guideline (
  id {{id}},
  text TEXT NOT NULL,
  created_ms BIGINT NOT NULL
);

CREATE TABLE job (
  id {{id}},
  kind TEXT NOT NULL,
  title TEXT NOT NULL DEFAULT '',
  spec_json TEXT NOT NULL,
  priority INTEGER NOT NULL,
  device TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'waiting', 'paused', 'succeeded', 'failed', 'cancelled',
                                       'interrupted')),
  host TEXT NOT NULL DEFAULT '',
  pid BIGINT NOT NULL DEFAULT 0,
  process_start BIGINT NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  heartbeat_ms BIGINT,
  phase TEXT NOT NULL DEFAULT '',
  done BIGINT NOT NULL DEFAULT 0,
  total BIGINT NOT NULL DEFAULT 0,
  result_json TEXT,
  error TEXT NOT NULL DEFAULT '',
  cancel_requested INTEGER NOT NULL DEFAULT 0,
  pause_requested INTEGER NOT NULL DEFAULT 0,
  run_id BIGINT,
  wait_answers BIGINT NOT NULL DEFAULT 0,
  created_ms BIGINT NOT NULL,
  started_ms BIGINT,
  finished_ms BIGINT
);
CREATE INDEX job_queue ON job (state, priority, id);

CREATE TABLE run (
  id {{id}},
  kind TEXT NOT NULL,
  method TEXT NOT NULL,
  method_version INTEGER NOT NULL DEFAULT 1,
  name TEXT NOT NULL DEFAULT '',
  settings_json TEXT NOT NULL,
  seed BIGINT NOT NULL DEFAULT 0,
  model_id BIGINT REFERENCES model (id),
  parent_id BIGINT REFERENCES run (id),
  job_id BIGINT REFERENCES job (id),
  up_to_answer BIGINT NOT NULL DEFAULT 0,
  software TEXT NOT NULL DEFAULT '',
  fingerprint TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL,
  result_json TEXT NOT NULL DEFAULT '{}',
  created_ms BIGINT NOT NULL,
  finished_ms BIGINT
);
CREATE INDEX run_kind ON run (kind, id);

CREATE TABLE metric (
  run_id BIGINT NOT NULL REFERENCES run (id),
  name TEXT NOT NULL,
  step BIGINT NOT NULL,
  value DOUBLE PRECISION,
  time_ms BIGINT NOT NULL,
  PRIMARY KEY (run_id, name, step)
);

CREATE TABLE checkpoint (
  id {{id}},
  run_id BIGINT NOT NULL REFERENCES run (id),
  step BIGINT NOT NULL,
  kind TEXT NOT NULL,
  path TEXT NOT NULL,
  hash TEXT NOT NULL DEFAULT '',
  info_json TEXT NOT NULL DEFAULT '{}',
  created_ms BIGINT NOT NULL
);
CREATE INDEX checkpoint_run ON checkpoint (run_id, kind, step);

CREATE TABLE reward_model (
  id {{id}},
  version TEXT NOT NULL UNIQUE,
  path TEXT NOT NULL,
  head TEXT NOT NULL,
  settings_json TEXT NOT NULL DEFAULT '{}',
  metrics_json TEXT NOT NULL DEFAULT '{}',
  up_to_answer BIGINT NOT NULL DEFAULT 0,
  run_id BIGINT REFERENCES run (id),
  created_ms BIGINT NOT NULL
);

CREATE TABLE image (
  hash TEXT PRIMARY KEY NOT NULL,
  prompt_id BIGINT REFERENCES prompt (id),
  model_id BIGINT REFERENCES model (id),
  run_id BIGINT REFERENCES run (id),
  negative_prompt TEXT NOT NULL DEFAULT '',
  seed BIGINT NOT NULL DEFAULT 0,
  image_index BIGINT NOT NULL DEFAULT 0,
  sampler TEXT NOT NULL DEFAULT '',
  steps INTEGER NOT NULL DEFAULT 0,
  guidance DOUBLE PRECISION NOT NULL DEFAULT 0,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  fingerprint TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL CHECK (source IN ('generated', 'imported')),
  extra_json TEXT NOT NULL DEFAULT '{}',
  state TEXT NOT NULL DEFAULT 'ok' CHECK (state IN ('ok', 'corrupt', 'missing')),
  created_ms BIGINT NOT NULL
);
CREATE INDEX image_prompt ON image (prompt_id);
CREATE INDEX image_created ON image (created_ms, hash);

CREATE TABLE feature (
  extractor TEXT NOT NULL,
  image_hash TEXT NOT NULL REFERENCES image (hash),
  shape_json TEXT NOT NULL,
  vector {{blob}} NOT NULL,
  PRIMARY KEY (extractor, image_hash)
);

CREATE TABLE query (
  id {{id}},
  type TEXT NOT NULL,
  settings_json TEXT NOT NULL DEFAULT '{}',
  prompt_id BIGINT REFERENCES prompt (id),
  round BIGINT NOT NULL DEFAULT 0,
  rank DOUBLE PRECISION NOT NULL DEFAULT 0,
  wanted INTEGER NOT NULL DEFAULT 1 CHECK (wanted > 0),
  acquisition TEXT NOT NULL DEFAULT '',
  score DOUBLE PRECISION,
  model_version TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'withdrawn')),
  created_ms BIGINT NOT NULL
);
CREATE INDEX query_order ON query (state, rank, id);

CREATE TABLE query_image (
  query_id BIGINT NOT NULL REFERENCES query (id),
  position INTEGER NOT NULL,
  image_hash TEXT NOT NULL REFERENCES image (hash),
  PRIMARY KEY (query_id, position)
);
CREATE INDEX query_image_hash ON query_image (image_hash);

CREATE TABLE lease (
  query_id BIGINT NOT NULL REFERENCES query (id),
  annotator_id BIGINT NOT NULL REFERENCES annotator (id),
  expires_ms BIGINT NOT NULL,
  PRIMARY KEY (query_id, annotator_id)
);
CREATE INDEX lease_annotator ON lease (annotator_id);

-- Queries that a waiting job wants answered.
CREATE TABLE job_query (
  job_id BIGINT NOT NULL REFERENCES job (id),
  query_id BIGINT NOT NULL REFERENCES query (id),
  PRIMARY KEY (job_id, query_id)
);

-- One chain of rows per query and annotator: revisions 0, 1, 2 ..., each superseding the one before. The two unique
-- keys keep it a chain, so that at most one row of it is not superseded.
CREATE TABLE answer (
  id {{id}},
  query_id BIGINT NOT NULL REFERENCES query (id),
  annotator_id BIGINT NOT NULL REFERENCES annotator (id),
  session_id BIGINT REFERENCES session (id),
  value_json TEXT NOT NULL,
  reasons_json TEXT NOT NULL DEFAULT '[]',
  milliseconds BIGINT NOT NULL DEFAULT 0,
  source TEXT NOT NULL CHECK (source IN ('person', 'simulated', 'machine')),
  revision INTEGER NOT NULL,
  supersedes BIGINT UNIQUE,
  state TEXT NOT NULL DEFAULT 'given' CHECK (state IN ('given', 'retracted', 'tombstone')),
  observations INTEGER NOT NULL DEFAULT 0,
  created_ms BIGINT NOT NULL,
  UNIQUE (query_id, annotator_id, revision),
  UNIQUE (id, query_id, annotator_id),
  FOREIGN KEY (supersedes, query_id, annotator_id) REFERENCES answer (id, query_id, annotator_id),
  CHECK ((revision = 0 AND supersedes IS NULL) OR (revision > 0 AND supersedes IS NOT NULL))
);
CREATE INDEX answer_annotator ON answer (annotator_id, id);

CREATE TABLE mask (
  id {{id}},
  image_hash TEXT NOT NULL REFERENCES image (hash),
  category TEXT NOT NULL,
  rle_json TEXT NOT NULL
);
CREATE INDEX mask_image ON mask (image_hash);

-- Columns that a kind does not use are null.
CREATE TABLE observation (
  id {{id}},
  answer_id BIGINT NOT NULL REFERENCES answer (id),
  kind TEXT NOT NULL CHECK (kind IN ('comparison', 'level', 'region')),
  image_hash TEXT NOT NULL REFERENCES image (hash),
  other_hash TEXT REFERENCES image (hash),
  strength DOUBLE PRECISION,
  tie INTEGER,
  criterion TEXT,
  value DOUBLE PRECISION,
  category TEXT,
  mask_id BIGINT REFERENCES mask (id)
);
CREATE INDEX observation_answer ON observation (answer_id);
CREATE INDEX observation_image ON observation (image_hash);
CREATE INDEX observation_mask ON observation (mask_id);

CREATE TABLE event (
  id {{id}},
  time_ms BIGINT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL DEFAULT '',
  data_json TEXT NOT NULL DEFAULT '{}'
);

CREATE TABLE setting (
  key TEXT PRIMARY KEY NOT NULL,
  value_json TEXT NOT NULL
);

CREATE VIEW current_answer AS
  SELECT a.* FROM answer a
  WHERE a.state = 'given' AND NOT EXISTS (SELECT 1 FROM answer b WHERE b.supersedes = a.id);
