-- What incidents are looked for by, of those in `keep` (incident, number): the rows of facet, party and
-- spoken (its words), made from incident and the events that report it.

CREATE OR REPLACE TEMP TABLE facet_made AS
WITH said AS (
    SELECT keep.incident, array_to_string(list_sort(list(DISTINCT event.source_kind)), ' ') AS source
    FROM keep JOIN report ON report.incident = keep.incident
    JOIN event ON event.article = report.article AND event.id = report.event
    GROUP BY keep.incident
)
SELECT keep.number, incident.id AS incident, incident.event, array_to_string(incident.mode, ' ') AS mode, incident.quad, incident.scale,
    incident.first_day, incident.last_day,
    nullif(array_to_string(list_filter([one.country FOR one IN incident.actor],
        lambda code, nth: list_position([one.country FOR one IN incident.actor], code) = nth), ' '), '')
        AS actor_country,
    nullif(array_to_string(list_filter([one.country FOR one IN incident.recipient],
        lambda code, nth: list_position([one.country FOR one IN incident.recipient], code) = nth), ' '), '')
        AS recipient_country,
    nullif(array_to_string(list_sort(list_distinct(flatten([[word FOR word IN string_split(one.name, ' ')
        IF regexp_full_match(word, '[A-Z]{3}')] FOR one IN incident.actor IF one.name IS NOT NULL]))), ' '), '')
        AS actor_capitals,
    nullif(array_to_string(list_sort(list_distinct(flatten([[word FOR word IN string_split(one.name, ' ')
        IF regexp_full_match(word, '[A-Z]{3}')] FOR one IN incident.recipient IF one.name IS NOT NULL]))), ' '), '')
        AS recipient_capitals,
    array_to_string(list_sort(list_distinct(
        [one.sector[1] FOR one IN list_concat(incident.actor, incident.recipient)])), ' ') AS sector,
    array_to_string(list_sort(list_distinct(flatten(
        [one.sector FOR one IN list_concat(incident.actor, incident.recipient)]))), ' ') AS sectors,
    incident.place.name AS place_name, incident.place.country AS place_country,
    incident.place."precision" AS place_precision,
    incident.place.latitude AS latitude, incident.place.longitude AS longitude,
    incident.killed.best AS killed, incident.injured.best AS injured,
    incident.certainty.certain AS n_certain, incident.certainty.probable AS n_probable,
    incident.certainty.possible AS n_possible,
    incident.aux.historical AS n_historical, incident.aux.future AS n_future,
    incident.aux.hypothetical AS n_hypothetical, incident.aux.negation AS n_negation,
    len(incident.denied_by) > 0 AS is_denied, coalesce(said.source, '') AS source,
    incident.n_articles, incident.n_outlets, incident.n_independent, incident.score, incident.join_score
FROM keep JOIN incident ON incident.id = keep.incident LEFT JOIN said ON said.incident = keep.incident;

CREATE OR REPLACE TEMP TABLE party_made AS
SELECT number, role, ordinal, one.country, coalesce(one.sector, []) AS sector, one.name, one."text" FROM (
    SELECT keep.number, 'actor' AS role, unnest(range(len(incident.actor))) AS ordinal,
        unnest(incident.actor) AS one
    FROM keep JOIN incident ON incident.id = keep.incident
    UNION ALL
    SELECT keep.number, 'recipient', unnest(range(len(incident.recipient))), unnest(incident.recipient)
    FROM keep JOIN incident ON incident.id = keep.incident
);

-- What is looked for is a part of a word, so nothing need be taken off a word but the spaces around it, and
-- a line break within one does no harm but to make it a rare one.
CREATE OR REPLACE TEMP TABLE spoken AS
WITH told AS (
    SELECT keep.number, report.article, event.sentence
    FROM keep JOIN report ON report.incident = keep.incident
    JOIN event ON event.article = report.article AND event.id = report.event
),
passages AS (
    SELECT number, sentence AS words FROM told WHERE sentence IS NOT NULL
    UNION ALL
    SELECT number, article.title FROM (SELECT DISTINCT number, article FROM told) AS told
    JOIN article ON article.id = told.article WHERE article.title IS NOT NULL
)
SELECT DISTINCT number, word FROM (
    SELECT number, unnest(string_split(strip_accents(lower(replace(words, chr(10), ' '))), ' ')) AS word
    FROM passages
) WHERE word <> '';
