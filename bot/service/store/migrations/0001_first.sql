-- The inbox, and the subjects of the jobs.
-- Times are Unix milliseconds; 0 is "never". arrived, due and settled follow the
-- system's clock, all other times the clock that was handed in.

CREATE TABLE subject (
    repository_id BIGINT NOT NULL,
    kind          TEXT   NOT NULL CHECK (kind IN ('drain', 'publish')),
    arrived       BIGINT NOT NULL DEFAULT 0, -- deliveries taken in; written for the row's lock
    wanted        BIGINT NOT NULL DEFAULT 0, -- wishes so far
    done          BIGINT NOT NULL DEFAULT 0, -- the wish that was fulfilled last
    attempts      BIGINT NOT NULL DEFAULT 0,
    waits         BIGINT NOT NULL DEFAULT 0,
    since         BIGINT NOT NULL DEFAULT 0, -- of the first failure of the present wish
    due           BIGINT NOT NULL DEFAULT 0,
    error         TEXT   NOT NULL DEFAULT '',
    PRIMARY KEY (repository_id, kind)
);

CREATE TABLE inbox (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery_id     TEXT   NOT NULL UNIQUE,
    repository_id   BIGINT NOT NULL,
    installation_id BIGINT NOT NULL,
    event           TEXT   NOT NULL,
    action          TEXT   NOT NULL,
    received        BIGINT NOT NULL,
    arrived         BIGINT NOT NULL,
    state           TEXT   NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'dead')),
    attempts        BIGINT NOT NULL DEFAULT 0,
    waits           BIGINT NOT NULL DEFAULT 0,
    due             BIGINT NOT NULL DEFAULT 0,
    settled         BIGINT NOT NULL DEFAULT 0,
    error           TEXT   NOT NULL DEFAULT '',
    payload         BLOB -- last, so that the other columns are read without it; gone when done
);

CREATE INDEX inbox_open    ON inbox (repository_id, seq) WHERE state = 'open';
CREATE INDEX inbox_due     ON inbox (due)                WHERE state = 'open';
CREATE INDEX inbox_settled ON inbox (settled)            WHERE state = 'done';
CREATE INDEX inbox_dead    ON inbox (seq)                WHERE state = 'dead';

-- The cache of what GitHub and the ledger hold.

CREATE TABLE repository (
    id              BIGINT PRIMARY KEY,
    installation_id BIGINT   NOT NULL,
    full_name       TEXT     NOT NULL,
    founded         SMALLINT NOT NULL
);

CREATE TABLE branch (
    repository_id BIGINT NOT NULL,
    name          TEXT   NOT NULL,
    commit_id     TEXT   NOT NULL,
    PRIMARY KEY (repository_id, name)
);

CREATE TABLE pull (
    repository_id  BIGINT NOT NULL,
    number         BIGINT NOT NULL,
    branch         TEXT   NOT NULL,
    head           TEXT   NOT NULL,
    head_seen      BIGINT NOT NULL,
    state          TEXT   NOT NULL CHECK (state IN ('open', 'closed', 'merged')),
    comment_id     BIGINT NOT NULL,
    comment_digest TEXT   NOT NULL,
    comment_edited BIGINT NOT NULL,
    PRIMARY KEY (repository_id, number)
);

CREATE TABLE witness (
    repository_id BIGINT NOT NULL,
    pull          BIGINT NOT NULL,
    seq           BIGINT NOT NULL,
    digest        TEXT   NOT NULL,
    entry         BIGINT NOT NULL,
    recorded      BIGINT NOT NULL,
    statement     BLOB   NOT NULL,
    signature     BLOB   NOT NULL,
    PRIMARY KEY (repository_id, pull, seq),
    UNIQUE (repository_id, digest)
);

CREATE INDEX witness_unpublished ON witness (repository_id, recorded) WHERE entry = 0;

CREATE TABLE body (
    repository_id BIGINT NOT NULL,
    digest        TEXT   NOT NULL,
    body          BLOB   NOT NULL,
    PRIMARY KEY (repository_id, digest)
);

CREATE TABLE verdict_number (
    repository_id BIGINT PRIMARY KEY,
    highest       BIGINT NOT NULL
);

CREATE TABLE verdict (
    repository_id BIGINT NOT NULL,
    head          TEXT   NOT NULL,
    number        BIGINT NOT NULL,
    external_id   TEXT   NOT NULL,
    check_run_id  BIGINT NOT NULL,
    digest        TEXT   NOT NULL,
    conclusion    TEXT   NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('intended', 'posted')),
    written       BIGINT NOT NULL,
    PRIMARY KEY (repository_id, head)
);

CREATE INDEX verdict_intended ON verdict (repository_id, number) WHERE state = 'intended';

CREATE TABLE landing (
    repository_id BIGINT NOT NULL,
    commit_id     TEXT   NOT NULL,
    seq           BIGINT NOT NULL,
    branch        TEXT   NOT NULL,
    before_id     TEXT   NOT NULL,
    pull          BIGINT NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('wanted', 'done')),
    entry         BIGINT NOT NULL,
    landed        BIGINT NOT NULL,
    actor_id      BIGINT NOT NULL, -- who pushed; 0 when no delivery told
    actor         TEXT   NOT NULL,
    PRIMARY KEY (repository_id, commit_id)
);

CREATE TABLE delivery_cursor (
    app_id      BIGINT PRIMARY KEY,
    delivery_id BIGINT NOT NULL,
    guid        TEXT   NOT NULL,
    delivered   BIGINT NOT NULL
);

CREATE TABLE heartbeat (
    id   BIGINT PRIMARY KEY,
    beat BIGINT NOT NULL
);
