CREATE EXTENSION IF NOT EXISTS postgis;

CREATE TABLE users (
    id         uuid        PRIMARY KEY,
    name       text        NOT NULL UNIQUE,
    role       text        NOT NULL,
    hash       text        NOT NULL, -- argon2id, in its usual text form
    created_at timestamptz NOT NULL
);

-- Of sessions and tokens only hashes are kept: who reads this table cannot sign in.
CREATE TABLE sessions (
    token_hash bytea       PRIMARY KEY,
    user_id    uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ON sessions (user_id);

CREATE TABLE api_tokens (
    id         uuid        PRIMARY KEY,
    user_id    uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    name       text        NOT NULL,
    token_hash bytea       NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);
CREATE INDEX ON api_tokens (user_id);
