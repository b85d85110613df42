-- The store: one DuckDB file. One table a record of records.py, one row a record; rows of articles,
-- events and decisions are added, never changed, and incidents are made from them. NULL means not
-- known, or not said.
--
--     article ──< event           what it reports; participants and mentions are lists within it
--     event ── report >── incident    the deeds, joined from the events of many articles
--     passage, text_sketch        what is kept of a text that is not
--     sketch, link, event_key     what the joining rests on
--     facet, party, word, posting what incidents are found by
--     dyad_report                 what dyads over time are counted from
--     judgement, correction       what people decided; the machine never changes it
--     coding                      what the coder says where people say otherwise
--     skip                        what could not be used, and why
--     feed                        the feeds that are watched, and how that goes
--     feed_state, meta            for the next run
--
-- To ask questions there are views: `events` (one flat row an event, as in CSV and Parquet),
-- `participant` and `mention` (one row each).

CREATE TYPE span AS STRUCT("text" VARCHAR, "start" INTEGER, "end" INTEGER, "of" VARCHAR);
COMMENT ON TYPE span IS 'Words of an article; start and end (exclusive) count code points of its text, or of its title where of is ''title''; NULL for words that stand nowhere; text is ''…'' where only offsets are kept';

CREATE TYPE entity AS STRUCT(span span, name VARCHAR, country VARCHAR, sector VARCHAR[], evidence VARCHAR[]);
COMMENT ON TYPE entity IS 'A participant or a source: its words; the name the world knows; ISO 3166-1 alpha-3 or KOS, UNO, EUR, IGO, NGO, MNC, IMG, ISM; PLOVER sectors, the main one first; how all this was reached, one line each';

CREATE TYPE place AS STRUCT(span span, name VARCHAR, country VARCHAR, latitude DOUBLE, longitude DOUBLE, geonames BIGINT, "precision" VARCHAR, evidence VARCHAR, region VARCHAR);
COMMENT ON TYPE place IS 'Where an event took place; precision is exact, near, region or country, NULL where not resolved; evidence tells how it was reached; region is the first-level region that it lies in or is';

CREATE TYPE event_date AS STRUCT(span span, first_day DATE, last_day DATE, evidence VARCHAR);
COMMENT ON TYPE event_date IS 'When an event took place, both days included; NULL days where the words name none';

CREATE TABLE article (
    id VARCHAR PRIMARY KEY,
    "text" VARCHAR,
    text_hash VARCHAR NOT NULL,
    title VARCHAR,
    published DATE,
    outlet VARCHAR,
    url VARCHAR,
    "language" VARCHAR,
    extra JSON,
    origin VARCHAR,
    coder VARCHAR NOT NULL,
    read_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE article IS 'What an outlet published, as it was read; one that could not be coded is here too, with its reason in skip';
COMMENT ON COLUMN article.id IS 'Given by the source, else a hash of address, title, text, day and outlet';
COMMENT ON COLUMN article."text" IS 'The whole text, never altered; the offsets of spans count its code points. NULL where texts are not kept (--keep): then passage has the sentences of its events, or nothing has its words';
COMMENT ON COLUMN article.text_hash IS 'First 32 digits of the SHA-256 of the text in UTF-8, by which it is known again';
COMMENT ON COLUMN article.title IS 'Title';
COMMENT ON COLUMN article.published IS 'Day of publication in the outlet''s own time zone';
COMMENT ON COLUMN article.outlet IS 'Who published it';
COMMENT ON COLUMN article.url IS 'Its address';
COMMENT ON COLUMN article."language" IS 'ISO 639-1 code';
COMMENT ON COLUMN article.extra IS 'Fields of the source that whowhom does not use';
COMMENT ON COLUMN article.origin IS 'Where it was read from: path, URL or standard input, with a line number';
COMMENT ON COLUMN article.coder IS 'Program and version that coded it';
COMMENT ON COLUMN article.read_at IS 'When it was added, in UTC';

CREATE TABLE event (
    id VARCHAR NOT NULL,
    article VARCHAR NOT NULL,
    ordinal INTEGER NOT NULL,
    event VARCHAR NOT NULL,
    mode VARCHAR[] NOT NULL,
    context VARCHAR[] NOT NULL,
    trigger span NOT NULL,
    mentions span[] NOT NULL,
    sentence VARCHAR,
    actor entity[] NOT NULL,
    recipient entity[] NOT NULL,
    location place,
    "date" event_date,
    source_kind VARCHAR NOT NULL,
    source entity,
    certainty VARCHAR NOT NULL,
    aux VARCHAR[] NOT NULL,
    condition span,
    killed BIGINT,
    injured BIGINT,
    size BIGINT,
    size_text VARCHAR,
    score DOUBLE NOT NULL,
    quad BIGINT NOT NULL,
    scale DOUBLE NOT NULL,
    cameo VARCHAR
);
COMMENT ON TABLE event IS 'A deed as one article reports it';
COMMENT ON COLUMN event.id IS 'Hash of the article''s id and of what was read, unique within the article';
COMMENT ON COLUMN event.article IS 'The article that reports it: article.id';
COMMENT ON COLUMN event.ordinal IS 'Its place among the events of the article, from 0';
COMMENT ON COLUMN event.event IS 'PLOVER type: AGREE, CONSULT ... ASSAULT';
COMMENT ON COLUMN event.mode IS 'PLOVER modes of the type';
COMMENT ON COLUMN event.context IS 'PLOVER contexts';
COMMENT ON COLUMN event.trigger IS 'The most informative words that report it';
COMMENT ON COLUMN event.mentions IS 'Its other wordings in the article';
COMMENT ON COLUMN event.sentence IS 'The sentence around the trigger, cut to some 1,000 characters';
COMMENT ON COLUMN event.actor IS 'Who did it, in the order of the article';
COMMENT ON COLUMN event.recipient IS 'Whom it was done to';
COMMENT ON COLUMN event.location IS 'Where it took place';
COMMENT ON COLUMN event."date" IS 'When it took place';
COMMENT ON COLUMN event.source_kind IS 'Who says so: author (the article itself), named or unnamed';
COMMENT ON COLUMN event.source IS 'The one who says so, where somebody does';
COMMENT ON COLUMN event.certainty IS 'As the source presents it: certain, probable or possible';
COMMENT ON COLUMN event.aux IS 'Any of historical, future, hypothetical, negation';
COMMENT ON COLUMN event.condition IS 'Words on which a pledge, threat or demand hangs';
COMMENT ON COLUMN event.killed IS 'Number of people killed';
COMMENT ON COLUMN event.injured IS 'Number of people injured';
COMMENT ON COLUMN event.size IS 'People taking part, soldiers sent, prisoners exchanged';
COMMENT ON COLUMN event.size_text IS 'Words of the size';
COMMENT ON COLUMN event.score IS 'Probability that it is right in who did what to whom, 0 to 1';
COMMENT ON COLUMN event.quad IS '1 verbal cooperation, 2 material cooperation, 3 verbal, 4 material conflict';
COMMENT ON COLUMN event.scale IS 'PLOVER''s conflict-cooperation score, -10 to 10';
COMMENT ON COLUMN event.cameo IS 'Nearest CAMEO code, a text because codes begin with zero';

CREATE INDEX event_article ON event(article);

CREATE TABLE passage (
    article VARCHAR NOT NULL,
    "start" INTEGER NOT NULL,
    "text" VARCHAR NOT NULL
);
COMMENT ON TABLE passage IS 'The sentences of the events of an article whose text is not kept; they may overlap where they were cut';
COMMENT ON COLUMN passage.article IS 'The article: article.id';
COMMENT ON COLUMN passage."start" IS 'Offset in the whole text, in code points';
COMMENT ON COLUMN passage."text" IS 'The words, some 1,000 characters at most';

CREATE TABLE text_sketch (
    article VARCHAR PRIMARY KEY,
    n_shingles INTEGER NOT NULL,
    minhash BLOB NOT NULL,
    quotes UINTEGER[] NOT NULL,
    credit VARCHAR,
    lead UINTEGER[] NOT NULL
);
COMMENT ON TABLE text_sketch IS 'The sketch of a text that is not kept; the table sketch is made from it as from texts';
COMMENT ON COLUMN text_sketch.article IS 'The article: article.id';
COMMENT ON COLUMN text_sketch.n_shingles IS 'As in sketch';
COMMENT ON COLUMN text_sketch.minhash IS 'As in sketch';
COMMENT ON COLUMN text_sketch.quotes IS 'As in sketch';
COMMENT ON COLUMN text_sketch.credit IS 'As in sketch';
COMMENT ON COLUMN text_sketch.lead IS 'As in sketch';

CREATE TABLE skip (
    id VARCHAR PRIMARY KEY,
    article VARCHAR,
    stage VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    origin VARCHAR,
    skipped_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE skip IS 'What could not be used, once however often it was met';
COMMENT ON COLUMN skip.id IS 'Hash of article, stage, reason and origin';
COMMENT ON COLUMN skip.article IS 'Id of the article, where it has one';
COMMENT ON COLUMN skip.stage IS 'Stage that gave up: read, language, code or store';
COMMENT ON COLUMN skip.reason IS 'What was found and what was expected';
COMMENT ON COLUMN skip.origin IS 'Where it came from: path, URL or standard input, with a line number';
COMMENT ON COLUMN skip.skipped_at IS 'When it was first met, in UTC';

CREATE TABLE feed_state (
    url VARCHAR PRIMARY KEY,
    etag VARCHAR NOT NULL,
    modified VARCHAR NOT NULL
);
COMMENT ON TABLE feed_state IS 'What servers gave to ask later whether a feed has changed';
COMMENT ON COLUMN feed_state.url IS 'Address of the feed as it was asked for';
COMMENT ON COLUMN feed_state.etag IS 'Its ETag, empty where it gave none';
COMMENT ON COLUMN feed_state.modified IS 'Its Last-Modified, empty where it gave none';

CREATE TABLE feed (
    url VARCHAR PRIMARY KEY,
    title VARCHAR,
    address VARCHAR,
    polled_at TIMESTAMP,
    ok_at TIMESTAMP,
    next_at TIMESTAMP,
    not_before TIMESTAMP,
    ended_at TIMESTAMP,
    error VARCHAR,
    n_polls BIGINT NOT NULL,
    n_errors BIGINT NOT NULL,
    n_failed BIGINT NOT NULL,
    n_articles BIGINT NOT NULL,
    n_events BIGINT NOT NULL,
    newest_at TIMESTAMP,
    lag_seconds BIGINT
);
COMMENT ON TABLE feed IS 'A feed that is or was watched, and how that goes; written anew after each poll';
COMMENT ON COLUMN feed.url IS 'Its address as it was given; article.origin of what was read from it';
COMMENT ON COLUMN feed.title IS 'What it calls itself, or what the list of feeds calls it';
COMMENT ON COLUMN feed.address IS 'Where it has moved for good, as its server says; NULL where it has not';
COMMENT ON COLUMN feed.polled_at IS 'When it was last asked, in UTC';
COMMENT ON COLUMN feed.ok_at IS 'When it was last asked with success, in UTC';
COMMENT ON COLUMN feed.next_at IS 'When it is to be asked again, in UTC; NULL for one that has ended';
COMMENT ON COLUMN feed.not_before IS 'Until when its publisher, or errors, forbid to ask, in UTC';
COMMENT ON COLUMN feed.ended_at IS 'When its server said that it is gone (HTTP 410), in UTC; it is not asked again';
COMMENT ON COLUMN feed.error IS 'Why it could not be read the last time; NULL where it could';
COMMENT ON COLUMN feed.n_polls IS 'How often it was asked';
COMMENT ON COLUMN feed.n_errors IS 'How often in vain';
COMMENT ON COLUMN feed.n_failed IS 'How often in vain since it last went well';
COMMENT ON COLUMN feed.n_articles IS 'Articles that were new when they were read from it';
COMMENT ON COLUMN feed.n_events IS 'Events of these articles';
COMMENT ON COLUMN feed.newest_at IS 'When its newest item was published, as it says, in UTC; NULL where no item tells the hour';
COMMENT ON COLUMN feed.lag_seconds IS 'How long after its publication the newest article was read';

CREATE TABLE meta (
    "key" VARCHAR PRIMARY KEY,
    "value" VARCHAR NOT NULL
);
COMMENT ON TABLE meta IS 'About the store itself';
COMMENT ON COLUMN meta."key" IS 'What is told: whowhom_schema (version of this file), made_by (version of whowhom), last_number (greatest facet.number there was), last_tie_build (changes when ties or pledges do), tie_rules (of the rules they follow)';
COMMENT ON COLUMN meta."value" IS 'What it is';

CREATE TYPE participant_in_incident AS STRUCT(name VARCHAR, country VARCHAR, sector VARCHAR[], "text" VARCHAR);
COMMENT ON TYPE participant_in_incident IS 'A participant of an incident as its surest report tells of it: name, country, sectors as in entity, and the words';

CREATE TYPE site AS STRUCT(name VARCHAR, country VARCHAR, latitude DOUBLE, longitude DOUBLE, geonames BIGINT, "precision" VARCHAR);
COMMENT ON TYPE site IS 'Place of an incident: the finest one that most independent reports agree on';

CREATE TYPE toll AS STRUCT("low" BIGINT, best BIGINT, high BIGINT, reports STRUCT(article VARCHAR, event VARCHAR, number BIGINT)[]);
COMMENT ON TYPE toll IS 'A number of people as the reports give it: least, most often given by independent reports, greatest, and who gives which';

CREATE TABLE sketch (
    article VARCHAR PRIMARY KEY,
    published DATE,
    n_shingles INTEGER NOT NULL,
    minhash BLOB NOT NULL,
    quotes UINTEGER[] NOT NULL,
    credit VARCHAR,
    "lead" UINTEGER[] NOT NULL,
    copy_family VARCHAR NOT NULL
);
COMMENT ON TABLE sketch IS 'What is kept of an article''s text to find its copies; copies.py tells how';
COMMENT ON COLUMN sketch.article IS 'The article: article.id';
COMMENT ON COLUMN sketch.published IS 'Its day of publication';
COMMENT ON COLUMN sketch.n_shingles IS 'Number of different runs of five words';
COMMENT ON COLUMN sketch.minhash IS '128 least hashes of them, 32 bits each, little-endian';
COMMENT ON COLUMN sketch.quotes IS 'Hashes of its quotations of seven words or more';
COMMENT ON COLUMN sketch.credit IS 'Agency it gives credit to';
COMMENT ON COLUMN sketch."lead" IS 'Hashes of the rarest words of its beginning, the rarest first; reports of one story share them';
COMMENT ON COLUMN sketch.copy_family IS 'Smallest id of the articles that are copies of one another, its own where there is none';

CREATE TABLE link (
    article VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    other_article VARCHAR NOT NULL,
    other_event VARCHAR NOT NULL,
    score DOUBLE NOT NULL,
    reason VARCHAR NOT NULL
);
COMMENT ON TABLE link IS 'Two events of different articles that are likely the same deed';
COMMENT ON COLUMN link.article IS 'Article of the one event: article.id';
COMMENT ON COLUMN link.event IS 'The one event: event.id';
COMMENT ON COLUMN link.other_article IS 'Article of the other';
COMMENT ON COLUMN link.other_event IS 'The other event';
COMMENT ON COLUMN link.score IS 'How likely they are the same deed, 0.5 to 1';
COMMENT ON COLUMN link.reason IS 'What they have in common, and what speaks against it';

CREATE INDEX link_article ON link(article);

CREATE TABLE event_key (
    article VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    family VARCHAR NOT NULL,
    first_bucket INTEGER,
    last_bucket INTEGER,
    keys UBIGINT[] NOT NULL,
    first_day DATE,
    last_day DATE,
    latitude DOUBLE,
    longitude DOUBLE,
    persons STRUCT(side VARCHAR, name VARCHAR)[] NOT NULL
);
COMMENT ON TABLE event_key IS 'Under which keys an event meets others that it may be one deed with, and what these may not contradict; deeds.sql tells how';
COMMENT ON COLUMN event_key.article IS 'The article: article.id';
COMMENT ON COLUMN event_key.event IS 'The event: event.id';
COMMENT ON COLUMN event_key.family IS 'Types that may be one deed, by one of them';
COMMENT ON COLUMN event_key.first_bucket IS 'Bucket of the first day that it may be of, four days each from 1970-01-01; NULL for any day';
COMMENT ON COLUMN event_key.last_bucket IS 'Bucket of the last such day';
COMMENT ON COLUMN event_key.keys IS 'Hashes of names, places, words';
COMMENT ON COLUMN event_key.first_day IS 'First day that its words name, where they name few';
COMMENT ON COLUMN event_key.last_day IS 'Last such day';
COMMENT ON COLUMN event_key.latitude IS 'Degrees north, where its place is exact';
COMMENT ON COLUMN event_key.longitude IS 'Degrees east';
COMMENT ON COLUMN event_key.persons IS 'Country and role, and last name, of the persons who take part';

CREATE TABLE report (
    article VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    incident VARCHAR NOT NULL
);
COMMENT ON TABLE report IS 'Which incident an event reports; every event reports one';
COMMENT ON COLUMN report.article IS 'The article: article.id';
COMMENT ON COLUMN report.event IS 'The event: event.id';
COMMENT ON COLUMN report.incident IS 'The incident: incident.id';

CREATE INDEX report_incident ON report(incident);
CREATE INDEX report_article ON report(article);

CREATE TABLE incident (
    id VARCHAR PRIMARY KEY,
    event VARCHAR NOT NULL,
    mode VARCHAR[] NOT NULL,
    actor participant_in_incident[] NOT NULL,
    recipient participant_in_incident[] NOT NULL,
    first_day DATE,
    last_day DATE,
    earliest_day DATE,
    latest_day DATE,
    place site,
    killed toll,
    injured toll,
    wordings STRUCT("text" VARCHAR, n INTEGER)[] NOT NULL,
    certainty STRUCT(certain BIGINT, probable BIGINT, possible BIGINT) NOT NULL,
    aux STRUCT(historical BIGINT, future BIGINT, hypothetical BIGINT, negation BIGINT) NOT NULL,
    asserted_by VARCHAR[] NOT NULL,
    denied_by VARCHAR[] NOT NULL,
    n_events BIGINT NOT NULL,
    n_articles BIGINT NOT NULL,
    n_outlets BIGINT NOT NULL,
    n_independent BIGINT NOT NULL,
    quad BIGINT NOT NULL,
    scale DOUBLE NOT NULL,
    score DOUBLE NOT NULL,
    join_score DOUBLE
);
COMMENT ON TABLE incident IS 'A deed, joined from the events that report it; made from event, link and judgement, and written anew when these change';
COMMENT ON COLUMN incident.id IS 'Hash of the smallest event of it, so it stays while that event does';
COMMENT ON COLUMN incident.event IS 'PLOVER type that most reports give';
COMMENT ON COLUMN incident.mode IS 'PLOVER modes, the one most reports give first';
COMMENT ON COLUMN incident.actor IS 'Who did it, as the surest report tells';
COMMENT ON COLUMN incident.recipient IS 'Whom it was done to, as the surest report tells';
COMMENT ON COLUMN incident.first_day IS 'First day of the narrowest span that most reports give';
COMMENT ON COLUMN incident.last_day IS 'Last day of it';
COMMENT ON COLUMN incident.earliest_day IS 'Earliest day that any report gives';
COMMENT ON COLUMN incident.latest_day IS 'Latest day that any report gives';
COMMENT ON COLUMN incident.place IS 'Where, as finely as most independent reports agree';
COMMENT ON COLUMN incident.killed IS 'Number of people killed, with its spread';
COMMENT ON COLUMN incident.injured IS 'Number of people injured, with its spread';
COMMENT ON COLUMN incident.wordings IS 'Words that report it, in small letters, with how often each stands';
COMMENT ON COLUMN incident.certainty IS 'Number of independent reports that give it as certain, probable, possible';
COMMENT ON COLUMN incident.aux IS 'Number of independent reports that give it as past history, as planned, as imagined, as denied';
COMMENT ON COLUMN incident.asserted_by IS 'Who says that it happened: outlets that tell it themselves, and sources they name';
COMMENT ON COLUMN incident.denied_by IS 'Who says that it did not happen';
COMMENT ON COLUMN incident.n_events IS 'Number of events that report it';
COMMENT ON COLUMN incident.n_articles IS 'Number of articles';
COMMENT ON COLUMN incident.n_outlets IS 'Number of outlets';
COMMENT ON COLUMN incident.n_independent IS 'Number of families of copies: a syndicated or copied report adds nothing';
COMMENT ON COLUMN incident.quad IS 'As of event';
COMMENT ON COLUMN incident.scale IS 'Mean over the reports of its type, -10 to 10';
COMMENT ON COLUMN incident.score IS 'Score of its surest report';
COMMENT ON COLUMN incident.join_score IS 'Score of the weakest link that holds it together; NULL where none was needed';

CREATE TABLE facet (
    number INTEGER NOT NULL,
    incident VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    mode VARCHAR NOT NULL,
    quad UTINYINT NOT NULL,
    scale DOUBLE NOT NULL,
    first_day DATE,
    last_day DATE,
    actor_country VARCHAR,
    recipient_country VARCHAR,
    actor_capitals VARCHAR,
    recipient_capitals VARCHAR,
    sector VARCHAR NOT NULL,
    sectors VARCHAR NOT NULL,
    place_name VARCHAR,
    place_country VARCHAR,
    place_precision VARCHAR,
    latitude DOUBLE,
    longitude DOUBLE,
    killed BIGINT,
    injured BIGINT,
    n_certain UINTEGER NOT NULL,
    n_probable UINTEGER NOT NULL,
    n_possible UINTEGER NOT NULL,
    n_historical UINTEGER NOT NULL,
    n_future UINTEGER NOT NULL,
    n_hypothetical UINTEGER NOT NULL,
    n_negation UINTEGER NOT NULL,
    is_denied BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    n_articles UINTEGER NOT NULL,
    n_outlets UINTEGER NOT NULL,
    n_independent UINTEGER NOT NULL,
    score DOUBLE NOT NULL,
    join_score DOUBLE
);
COMMENT ON TABLE facet IS 'An incident by all that incidents are looked for, counted and sorted by, flat because that is read many times faster; made from incident and its events. Where there are several values there is a space between them';
COMMENT ON COLUMN facet.number IS 'A number that no other state of an incident had; an incident that is written anew gets a new one';
COMMENT ON COLUMN facet.incident IS 'The incident: incident.id';
COMMENT ON COLUMN facet.event IS 'As of incident';
COMMENT ON COLUMN facet.mode IS 'PLOVER modes';
COMMENT ON COLUMN facet.quad IS 'As of incident';
COMMENT ON COLUMN facet.scale IS 'As of incident';
COMMENT ON COLUMN facet.first_day IS 'As of incident';
COMMENT ON COLUMN facet.last_day IS 'As of incident';
COMMENT ON COLUMN facet.actor_country IS 'Countries of the actors, each once, that of the first actor first';
COMMENT ON COLUMN facet.recipient_country IS 'Countries of the recipients in the same way';
COMMENT ON COLUMN facet.actor_capitals IS 'Words of three capitals in the names of actors, which look like countries: CNN';
COMMENT ON COLUMN facet.recipient_capitals IS 'The same of recipients';
COMMENT ON COLUMN facet.sector IS 'Main sectors of actors and recipients, each once';
COMMENT ON COLUMN facet.sectors IS 'All sectors of actors and recipients, each once';
COMMENT ON COLUMN facet.place_name IS 'Name of the place';
COMMENT ON COLUMN facet.place_country IS 'Its country';
COMMENT ON COLUMN facet.place_precision IS 'Its precision';
COMMENT ON COLUMN facet.latitude IS 'Its latitude';
COMMENT ON COLUMN facet.longitude IS 'Its longitude';
COMMENT ON COLUMN facet.killed IS 'Number of people killed that independent reports give most';
COMMENT ON COLUMN facet.injured IS 'Number of people injured that independent reports give most';
COMMENT ON COLUMN facet.n_certain IS 'Independent reports that give it as certain';
COMMENT ON COLUMN facet.n_probable IS 'As probable';
COMMENT ON COLUMN facet.n_possible IS 'As possible';
COMMENT ON COLUMN facet.n_historical IS 'As past history';
COMMENT ON COLUMN facet.n_future IS 'As planned';
COMMENT ON COLUMN facet.n_hypothetical IS 'As imagined';
COMMENT ON COLUMN facet.n_negation IS 'As not having happened';
COMMENT ON COLUMN facet.is_denied IS 'Whether somebody denies it';
COMMENT ON COLUMN facet.source IS 'Source kinds of its reports';
COMMENT ON COLUMN facet.n_articles IS 'As of incident';
COMMENT ON COLUMN facet.n_outlets IS 'As of incident';
COMMENT ON COLUMN facet.n_independent IS 'As of incident';
COMMENT ON COLUMN facet.score IS 'As of incident';
COMMENT ON COLUMN facet.join_score IS 'As of incident';

CREATE TABLE party (
    number INTEGER NOT NULL,
    role VARCHAR NOT NULL,
    ordinal USMALLINT NOT NULL,
    country VARCHAR,
    sector VARCHAR[] NOT NULL,
    name VARCHAR,
    "text" VARCHAR
);
COMMENT ON TABLE party IS 'An actor or recipient of an incident, one row each, to find incidents by';
COMMENT ON COLUMN party.number IS 'The incident: facet.number';
COMMENT ON COLUMN party.role IS 'actor or recipient';
COMMENT ON COLUMN party.ordinal IS 'Its place among those of its role, from 0';
COMMENT ON COLUMN party.country IS 'As in incident';
COMMENT ON COLUMN party.sector IS 'As in incident';
COMMENT ON COLUMN party.name IS 'As in incident';
COMMENT ON COLUMN party."text" IS 'As in incident';

CREATE TABLE word (
    number INTEGER NOT NULL,
    "text" VARCHAR NOT NULL
);
COMMENT ON TABLE word IS 'A word that stands, or once stood, in a report of an incident';
COMMENT ON COLUMN word.number IS 'Its number';
COMMENT ON COLUMN word."text" IS 'In small letters and without accents, with the punctuation around it';

CREATE TABLE posting (
    word INTEGER NOT NULL,
    number INTEGER NOT NULL
);
COMMENT ON TABLE posting IS 'A word stands in the sentence of a report of an incident, or in the title above it; for the search';
COMMENT ON COLUMN posting.word IS 'The word: word.number';
COMMENT ON COLUMN posting.number IS 'The incident: facet.number';

CREATE TABLE dyad_report (
    article VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    one VARCHAR NOT NULL,
    other VARCHAR NOT NULL,
    day DATE NOT NULL,
    type VARCHAR NOT NULL,
    quad BIGINT NOT NULL,
    scale DOUBLE NOT NULL,
    is_claimed BOOLEAN NOT NULL,
    incident VARCHAR NOT NULL,
    family VARCHAR NOT NULL
);
COMMENT ON TABLE dyad_report IS 'What one country did to another, as one event reports it; the rows that dyads are counted from, made of events in incidents';
COMMENT ON COLUMN dyad_report.article IS 'The article: article.id';
COMMENT ON COLUMN dyad_report.event IS 'The event: event.id';
COMMENT ON COLUMN dyad_report.one IS 'Country of who did it';
COMMENT ON COLUMN dyad_report.other IS 'Country of whom it was done to';
COMMENT ON COLUMN dyad_report.day IS 'The day it counts for: its last day, that of publication where it has none or a later one';
COMMENT ON COLUMN dyad_report.type IS 'PLOVER type';
COMMENT ON COLUMN dyad_report.quad IS 'As of event';
COMMENT ON COLUMN dyad_report.scale IS 'As of event';
COMMENT ON COLUMN dyad_report.is_claimed IS 'Whether the article does not assert it as certain by itself';
COMMENT ON COLUMN dyad_report.incident IS 'The incident it reports: incident.id';
COMMENT ON COLUMN dyad_report.family IS 'sketch.copy_family of the article';

CREATE TABLE judgement (
    id VARCHAR PRIMARY KEY,
    ordinal BIGINT NOT NULL,
    verdict VARCHAR NOT NULL,
    parts STRUCT(article VARCHAR, event VARCHAR, "type" VARCHAR, trigger span)[][] NOT NULL,
    undone VARCHAR,
    who VARCHAR NOT NULL,
    why VARCHAR,
    made_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE judgement IS 'What a person decided about which events are one deed; the machine never changes it';
COMMENT ON COLUMN judgement.id IS 'Hash of what was decided';
COMMENT ON COLUMN judgement.ordinal IS 'In which order they were made; a later one comes before an earlier one';
COMMENT ON COLUMN judgement.verdict IS 'merge, split or undo';
COMMENT ON COLUMN judgement.parts IS 'Groups of events: each group is one deed, and is apart from the other groups';
COMMENT ON COLUMN judgement.undone IS 'Of undo the judgement that no longer counts: judgement.id';
COMMENT ON COLUMN judgement.who IS 'Who decided';
COMMENT ON COLUMN judgement.why IS 'The reason given';
COMMENT ON COLUMN judgement.made_at IS 'When, in UTC';

CREATE TABLE correction (
    id VARCHAR PRIMARY KEY,
    ordinal BIGINT NOT NULL,
    article VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL,
    fields VARCHAR[] NOT NULL,
    coded JSON,
    before JSON,
    after JSON,
    undone VARCHAR,
    who VARCHAR NOT NULL,
    why VARCHAR,
    made_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE correction IS 'What a person decided about one event; rows are added, never changed, and outlive a new coding';
COMMENT ON COLUMN correction.id IS 'Hash of what was decided';
COMMENT ON COLUMN correction.ordinal IS 'In which order they were made';
COMMENT ON COLUMN correction.article IS 'The article: article.id';
COMMENT ON COLUMN correction.event IS 'The event: event.id, which it keeps';
COMMENT ON COLUMN correction.verdict IS 'accept (all is right), set (fields have other values), wrong (no such event), add (the coder missed it), undo';
COMMENT ON COLUMN correction.fields IS 'Of set the columns of event that have other values';
COMMENT ON COLUMN correction.coded IS 'The event as the coder had it, a row of event as JSON; NULL where it had none';
COMMENT ON COLUMN correction.before IS 'The event as it stood before; NULL where there was none';
COMMENT ON COLUMN correction.after IS 'The event as it stood after; NULL where there is none';
COMMENT ON COLUMN correction.undone IS 'Of undo the correction that no longer counts: correction.id';
COMMENT ON COLUMN correction.who IS 'Who decided';
COMMENT ON COLUMN correction.why IS 'The reason given';
COMMENT ON COLUMN correction.made_at IS 'When, in UTC';

CREATE TABLE coding (
    article VARCHAR PRIMARY KEY,
    events JSON NOT NULL
);
COMMENT ON TABLE coding IS 'What the coder says of an article for which corrections stand; event has it as people left it';
COMMENT ON COLUMN coding.article IS 'The article: article.id';
COMMENT ON COLUMN coding.events IS 'Rows of event as JSON';

CREATE VIEW events AS
SELECT
    event.id AS event_id,
    event.article AS article_id,
    article.published,
    article.outlet,
    article.url,
    article.title,
    event.event,
    event.mode,
    event.context,
    event.quad,
    event.scale,
    event.cameo,
    [one.span.text FOR one IN event.actor] AS actor_text,
    [one.name FOR one IN event.actor] AS actor_name,
    [one.country FOR one IN event.actor] AS actor_country,
    [nullif(array_to_string(one.sector, ' '), '') FOR one IN event.actor] AS actor_sector,
    [one.span.text FOR one IN event.recipient] AS recipient_text,
    [one.name FOR one IN event.recipient] AS recipient_name,
    [one.country FOR one IN event.recipient] AS recipient_country,
    [nullif(array_to_string(one.sector, ' '), '') FOR one IN event.recipient] AS recipient_sector,
    event.location.span.text AS location_text,
    event.location.name AS location_name,
    event.location.country AS location_country,
    event.location.region AS location_region,
    event.location.latitude AS latitude,
    event.location.longitude AS longitude,
    event.location.geonames AS geonames,
    event.location.precision AS "precision",
    event.date.first_day AS first_day,
    event.date.last_day AS last_day,
    event.date.span.text AS date_text,
    event.source_kind,
    event.source.span.text AS source_text,
    event.source.name AS source_name,
    event.source.country AS source_country,
    nullif(array_to_string(event.source.sector, ' '), '') AS source_sector,
    event.certainty,
    event.aux,
    event.condition.text AS condition,
    event.killed,
    event.injured,
    event.size,
    event.size_text,
    event.score,
    event.trigger.text AS trigger,
    CAST(event.trigger.start AS BIGINT) AS trigger_start,
    CAST(event.trigger."end" AS BIGINT) AS trigger_end,
    event.trigger."of" AS trigger_of,
    [one.text FOR one IN event.mentions] AS mentions,
    event.sentence
FROM event JOIN article ON article.id = event.article;
COMMENT ON VIEW events IS 'One flat row an event, as in CSV and Parquet; the comments on its columns are those of exporters/tables.py';

CREATE VIEW participant AS
SELECT
    event_id, article_id, role, ordinal,
    entity.span.text AS "text", entity.span.start AS "start", entity.span."end" AS "end", entity.span."of" AS "of",
    entity.name AS name, entity.country AS country, entity.sector AS sector, entity.evidence AS evidence
FROM (
    SELECT id AS event_id, article AS article_id, 'actor' AS role,
        generate_subscripts(actor, 1) - 1 AS ordinal, unnest(actor) AS entity
    FROM event
    UNION ALL
    SELECT id, article, 'recipient', generate_subscripts(recipient, 1) - 1, unnest(recipient)
    FROM event
);
COMMENT ON VIEW participant IS 'One row a participant';
COMMENT ON COLUMN participant.event_id IS 'The event: event.id';
COMMENT ON COLUMN participant.article_id IS 'The article: article.id';
COMMENT ON COLUMN participant.role IS 'actor or recipient';
COMMENT ON COLUMN participant.ordinal IS 'Its place among the participants of that role, from 0';
COMMENT ON COLUMN participant."text" IS 'Its words in the article';
COMMENT ON COLUMN participant."start" IS 'Offset of the words in code points; NULL where it has none of its own';
COMMENT ON COLUMN participant."end" IS 'Offset after the words';
COMMENT ON COLUMN participant."of" IS 'What the offsets count in: text or title';
COMMENT ON COLUMN participant.name IS 'The name the world knows; NULL for unnamed groups';
COMMENT ON COLUMN participant.country IS 'ISO 3166-1 alpha-3, or KOS, UNO, EUR, IGO, NGO, MNC, IMG, ISM';
COMMENT ON COLUMN participant.sector IS 'PLOVER sectors, the main one first';
COMMENT ON COLUMN participant.evidence IS 'How name, country and sector were reached, one line each';

CREATE VIEW mention AS
SELECT
    event_id, article_id, ordinal,
    span.text AS "text", span.start AS "start", span."end" AS "end", span."of" AS "of"
FROM (
    SELECT id AS event_id, article AS article_id, 0 AS ordinal, trigger AS span
    FROM event
    UNION ALL
    SELECT id, article, generate_subscripts(mentions, 1), unnest(mentions)
    FROM event
);
COMMENT ON VIEW mention IS 'One row a wording of an event';
COMMENT ON COLUMN mention.event_id IS 'The event: event.id';
COMMENT ON COLUMN mention.article_id IS 'The article: article.id';
COMMENT ON COLUMN mention.ordinal IS '0 for the trigger, then the other wordings';
COMMENT ON COLUMN mention."text" IS 'The words';
COMMENT ON COLUMN mention."start" IS 'Their offset in code points';
COMMENT ON COLUMN mention."end" IS 'Offset after the words';
COMMENT ON COLUMN mention."of" IS 'What the offsets count in: text or title';

-- Ties and pledges: what each report tells of them. Their states are put together from these rows when
-- somebody asks, as of a day and as known on a day; tie_states.py and pledge_states.py tell how.

CREATE TABLE told (
    article VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    content UBIGINT NOT NULL
);
COMMENT ON TABLE told IS 'Which events the rules of ties and pledges were put to';
COMMENT ON COLUMN told.article IS 'The article: article.id';
COMMENT ON COLUMN told.event IS 'The event: event.id';
COMMENT ON COLUMN told.content IS 'Hash of what the rules looked at; an event that was changed is looked at again';

CREATE TABLE tie_report (
    article VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    tie VARCHAR NOT NULL,
    one VARCHAR NOT NULL,
    other VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    name VARCHAR,
    subject VARCHAR[] NOT NULL,
    first_day DATE,
    last_day DATE NOT NULL,
    is_said BOOLEAN NOT NULL,
    known_on DATE NOT NULL,
    denial VARCHAR,
    said_by VARCHAR,
    weight DOUBLE NOT NULL,
    score DOUBLE NOT NULL,
    doubtful BOOLEAN NOT NULL,
    rule VARCHAR NOT NULL,
    incident VARCHAR,
    family VARCHAR
);
COMMENT ON TABLE tie_report IS 'What one report tells of a tie: a state it came to, or that it did not';
COMMENT ON COLUMN tie_report.article IS 'The article: article.id';
COMMENT ON COLUMN tie_report.event IS 'The event: event.id';
COMMENT ON COLUMN tie_report.tie IS 'Kind of tie: see tie_kinds.csv';
COMMENT ON COLUMN tie_report.one IS 'Who: code of a state, EUR, UNO, else a name; the smaller one of a mutual tie';
COMMENT ON COLUMN tie_report.other IS 'Whom, or with whom';
COMMENT ON COLUMN tie_report.state IS 'State of the tie: see tie_kinds.csv';
COMMENT ON COLUMN tie_report.name IS 'What the report calls the agreement';
COMMENT ON COLUMN tie_report.subject IS 'Stems of what it is about';
COMMENT ON COLUMN tie_report.first_day IS 'First day on which it may have come about; NULL where only the last is known';
COMMENT ON COLUMN tie_report.last_day IS 'Last such day, no later than known_on';
COMMENT ON COLUMN tie_report.is_said IS 'Whether the report names the day';
COMMENT ON COLUMN tie_report.known_on IS 'Day of publication';
COMMENT ON COLUMN tie_report.denial IS 'denied where somebody says it is not so, retracted where the report takes back an earlier one';
COMMENT ON COLUMN tie_report.said_by IS 'Who says so, where it is not the article itself';
COMMENT ON COLUMN tie_report.weight IS 'How much the report says for itself, by source and certainty, 0 to 1';
COMMENT ON COLUMN tie_report.score IS 'As of event';
COMMENT ON COLUMN tie_report.doubtful IS 'Whether the rule itself, or what is planned or imagined, leaves doubt';
COMMENT ON COLUMN tie_report.rule IS 'Line of ties.csv and the words that met it';
COMMENT ON COLUMN tie_report.incident IS 'The incident that the event reports, as the last build has it; NULL where none does';
COMMENT ON COLUMN tie_report.family IS 'sketch.copy_family of the article, as the last build has it';

CREATE TABLE pledge_report (
    article VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    part VARCHAR NOT NULL,
    kind VARCHAR,
    deed VARCHAR NOT NULL,
    one VARCHAR NOT NULL,
    other VARCHAR,
    what VARCHAR,
    subject VARCHAR[] NOT NULL,
    condition VARCHAR,
    deadline DATE,
    first_day DATE,
    last_day DATE NOT NULL,
    is_said BOOLEAN NOT NULL,
    known_on DATE NOT NULL,
    denial VARCHAR,
    said_by VARCHAR,
    weight DOUBLE NOT NULL,
    score DOUBLE NOT NULL,
    doubtful BOOLEAN NOT NULL,
    rule VARCHAR NOT NULL,
    incident VARCHAR,
    family VARCHAR,
    made_on DATE
);
COMMENT ON TABLE pledge_report IS 'What one report tells of a promise, threat or demand, or of a deed that may answer one';
COMMENT ON COLUMN pledge_report.article IS 'The article: article.id';
COMMENT ON COLUMN pledge_report.event IS 'The event: event.id';
COMMENT ON COLUMN pledge_report.part IS 'pledge; or of an answer does, does not, undoes, withdraws';
COMMENT ON COLUMN pledge_report.kind IS 'promise, threat or demand; of an answer NULL unless it says which';
COMMENT ON COLUMN pledge_report.deed IS 'Kind of deed: see pledges.csv; other where none fits';
COMMENT ON COLUMN pledge_report.one IS 'Who: as in tie_report';
COMMENT ON COLUMN pledge_report.other IS 'To whom';
COMMENT ON COLUMN pledge_report.what IS 'The words that tell what is pledged';
COMMENT ON COLUMN pledge_report.subject IS 'Stems of what it is about';
COMMENT ON COLUMN pledge_report.condition IS 'Words on which it hangs';
COMMENT ON COLUMN pledge_report.deadline IS 'Last day by which it is to be done';
COMMENT ON COLUMN pledge_report.first_day IS 'First day on which it may have been said or done; NULL where only the last is known';
COMMENT ON COLUMN pledge_report.last_day IS 'Last such day, no later than known_on';
COMMENT ON COLUMN pledge_report.is_said IS 'Whether the report names the day';
COMMENT ON COLUMN pledge_report.known_on IS 'Day of publication';
COMMENT ON COLUMN pledge_report.denial IS 'As of tie_report';
COMMENT ON COLUMN pledge_report.said_by IS 'As of tie_report';
COMMENT ON COLUMN pledge_report.weight IS 'As of tie_report';
COMMENT ON COLUMN pledge_report.score IS 'As of event';
COMMENT ON COLUMN pledge_report.doubtful IS 'Whether the rule leaves doubt';
COMMENT ON COLUMN pledge_report.rule IS 'Line of pledges.csv and the words that met it';
COMMENT ON COLUMN pledge_report.incident IS 'As of tie_report';
COMMENT ON COLUMN pledge_report.family IS 'As of tie_report';
COMMENT ON COLUMN pledge_report.made_on IS 'Day on which the pledge was made, by all reports that the last build has seen; NULL for an answer';

-- Ties by all reports, as of the last day: what tie_states.py makes of tie_report, kept by each build.

CREATE TABLE tie (
    id VARCHAR NOT NULL,
    tie VARCHAR NOT NULL,
    one VARCHAR NOT NULL,
    other VARCHAR NOT NULL,
    name VARCHAR,
    since DATE NOT NULL,
    "current" INTEGER NOT NULL,
    candidate INTEGER,
    n_changes INTEGER NOT NULL,
    changed_on DATE NOT NULL,
    told_on DATE NOT NULL,
    heard_on DATE NOT NULL,
    n_reports BIGINT NOT NULL,
    spans STRUCT(first_day DATE, last_day DATE, state VARCHAR, is_doubtful BOOLEAN, incident VARCHAR)[] NOT NULL
);
COMMENT ON TABLE tie IS 'A tie by all that was read; those that were taken back wholly are none';
COMMENT ON COLUMN tie.id IS 'Hash of kind and sides, of agreements of the event that first told of it too';
COMMENT ON COLUMN tie.tie IS 'As in tie_report';
COMMENT ON COLUMN tie.one IS 'As in tie_report';
COMMENT ON COLUMN tie.other IS 'As in tie_report';
COMMENT ON COLUMN tie.name IS 'What reports call the agreement';
COMMENT ON COLUMN tie.since IS 'First day of its state';
COMMENT ON COLUMN tie."current" IS 'The change to its state: tie_change.ordinal';
COMMENT ON COLUMN tie.candidate IS 'A later change that may count';
COMMENT ON COLUMN tie.n_changes IS 'Number of its changes';
COMMENT ON COLUMN tie.changed_on IS 'Day of the last change';
COMMENT ON COLUMN tie.told_on IS 'Last day on which it is told to be in its state';
COMMENT ON COLUMN tie.heard_on IS 'Last day on which anything was reported of the two sides';
COMMENT ON COLUMN tie.n_reports IS 'Rows of tie_report of the two sides';
COMMENT ON COLUMN tie.spans IS 'Its states over time, first the sure ones; last_day is NULL where nothing ends it';

CREATE TABLE tie_change (
    tie_id VARCHAR NOT NULL,
    ordinal INTEGER NOT NULL,
    tie VARCHAR NOT NULL,
    one VARCHAR NOT NULL,
    other VARCHAR NOT NULL,
    name VARCHAR,
    state VARCHAR NOT NULL,
    first_day DATE,
    last_day DATE NOT NULL,
    known_on DATE NOT NULL,
    standing VARCHAR NOT NULL,
    score DOUBLE NOT NULL,
    n_articles INTEGER NOT NULL,
    n_independent INTEGER NOT NULL,
    said_by VARCHAR[] NOT NULL,
    denied_by VARCHAR[] NOT NULL,
    incident VARCHAR,
    rule VARCHAR NOT NULL,
    events VARCHAR[] NOT NULL
);
COMMENT ON TABLE tie_change IS 'A change of a tie, as `whowhom ties --history` has it';
COMMENT ON COLUMN tie_change.tie_id IS 'The tie: tie.id';
COMMENT ON COLUMN tie_change.ordinal IS 'Its place among the changes of the tie, from 0, the earliest';
COMMENT ON COLUMN tie_change.tie IS 'Kind of tie; an agreement may become an alliance';
COMMENT ON COLUMN tie_change.one IS 'As in tie_report';
COMMENT ON COLUMN tie_change.other IS 'As in tie_report';
COMMENT ON COLUMN tie_change.name IS 'What reports of it call the agreement';
COMMENT ON COLUMN tie_change.state IS 'State that it came to';
COMMENT ON COLUMN tie_change.first_day IS 'First day on which it may have come about; NULL where not known';
COMMENT ON COLUMN tie_change.last_day IS 'Last such day';
COMMENT ON COLUMN tie_change.known_on IS 'Day on which it was first reported';
COMMENT ON COLUMN tie_change.standing IS 'sure, doubtful, disputed, retracted or outdated';
COMMENT ON COLUMN tie_change.score IS 'Probability that it is right, 0 to 1';
COMMENT ON COLUMN tie_change.n_articles IS 'Articles that report it';
COMMENT ON COLUMN tie_change.n_independent IS 'Independent reports of it';
COMMENT ON COLUMN tie_change.said_by IS 'Sources that are not the articles themselves';
COMMENT ON COLUMN tie_change.denied_by IS 'Who denies it';
COMMENT ON COLUMN tie_change.incident IS 'The incident; NULL where none was joined';
COMMENT ON COLUMN tie_change.rule IS 'Line of ties.csv and the words that met it';
COMMENT ON COLUMN tie_change.events IS 'Events that report or deny it, as article and event id';
