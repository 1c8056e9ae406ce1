-- Whom each step of a ladder was told to, and by which mail. No child is in any of it: a notice names
-- the alert, a mail names rules, agencies, counts and dates.

CREATE TABLE mail (
    mail_id     uuid PRIMARY KEY,              -- also its Message-ID: what is sent twice is seen to be one
    recipient   text NOT NULL,
    purpose     text NOT NULL CHECK (purpose IN ('alerts', 'weekly')),
    urgent      boolean NOT NULL,
    subject     text NOT NULL,
    plain       text NOT NULL,
    html        text NOT NULL,
    made_at     timestamptz NOT NULL,
    state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'refused')),
    attempts    int NOT NULL DEFAULT 0,
    next_at     timestamptz NOT NULL,          -- also the lease of who sends it
    settled_at  timestamptz,
    reason      text                           -- the server's code, never its words
);
CREATE INDEX mail_waiting ON mail (next_at) WHERE state = 'waiting';
CREATE INDEX mail_recipient ON mail (recipient, made_at);

CREATE TABLE notice (
    notice_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id      uuid NOT NULL REFERENCES alert,
    round_at      timestamptz NOT NULL,
    step          int NOT NULL,                -- 0: the warning
    recipient     text NOT NULL,
    fell          int NOT NULL,                -- steps passed over, having no address
    urgency       text NOT NULL,
    made_at       timestamptz NOT NULL,
    release_at    timestamptz NOT NULL,
    mail_id       uuid REFERENCES mail,
    outcome       text NOT NULL DEFAULT 'waiting'
                  CHECK (outcome IN ('waiting', 'sent', 'refused', 'overtaken')),
    settled_at    timestamptz,                 -- overtaken: somebody answered before a mail went
    UNIQUE (alert_id, round_at, step, recipient)
);
CREATE INDEX notice_waiting ON notice (recipient, release_at)
    WHERE mail_id IS NULL AND outcome = 'waiting';
CREATE INDEX notice_mail ON notice (mail_id);

-- Addresses that a server has refused for good: passed over for a day, then tried again.
CREATE TABLE refusing (
    recipient  text PRIMARY KEY,
    since      timestamptz NOT NULL,
    code       text NOT NULL
);

-- The weekly reports that were mailed.
CREATE TABLE weekly (
    week     text NOT NULL,
    agency   text NOT NULL,
    mail_id  uuid NOT NULL REFERENCES mail,
    PRIMARY KEY (week, agency)
);
