-- Which events of different articles may be the same deed: one row an event in `deed`, with what is
-- compared, and in `block` the keys under which it meets others. links.py runs this, after it has
-- put the events to compare into `wanted` (article, event, fresh). Run again for more events, it adds these to
-- `deed`, `meeting` and `block`, with nodes from $n_before on.
--
-- Everything here depends on the two events alone, never on how many others there are.

CREATE OR REPLACE TEMP MACRO fold("text") AS strip_accents(lower("text"));

CREATE OR REPLACE TEMP TABLE state_name AS
SELECT DISTINCT fold(name) AS name FROM (SELECT unnest($states) AS name);

CREATE OR REPLACE TEMP TABLE chosen AS
SELECT CAST($n_before AS BIGINT) + row_number() OVER (ORDER BY event.article, event.id) AS node, wanted.fresh, event.*,
    article.published
FROM event
JOIN wanted ON wanted.article = event.article AND wanted.event = event.id
JOIN article ON article.id = event.article;

-- One row a participant. `name` is what tells persons and bodies apart: of a person the last name, of a
-- state nothing, for its country says that already.
CREATE OR REPLACE TEMP TABLE taking_part AS
WITH listed AS (
    SELECT node, event, 'actor' AS role, unnest(actor) AS one FROM chosen
    UNION ALL
    SELECT node, event, 'recipient', unnest(recipient) FROM chosen
),
named AS (
    SELECT node, event, role, one.sector[1] AS sector,
        -- What is above states or belongs to none is no side that two deeds could have in common.
        CASE WHEN one.country IN ('IGO', 'NGO', 'MNC', 'IMG', 'ISM') THEN NULL ELSE one.country END AS country,
        CASE WHEN state_name.name IS NULL THEN one.name END AS whole_name,
        fold(one.name) AS folded, state_name.name IS NOT NULL AS is_state,
        fold(string_split(trim(one.span."text"), ' ')[-1]) AS last_word
    FROM listed LEFT JOIN state_name ON state_name.name = fold(one.name)
),
judged AS (
    SELECT *,
        regexp_matches(whole_name, '^\p{Lu}[\p{L}.''’-]*( (\p{Lu}|al-|bin |de |van |von )[\p{L}.''’-]*){1,3}$')
        AND NOT regexp_matches(folded, $not_persons) AS is_person
    FROM named
)
SELECT node, role, country, sector, coalesce(is_person, false) AS is_person,
    CASE WHEN is_person THEN string_split(folded, ' ')[-1] ELSE nullif(fold(whole_name), '') END AS name,
    -- The head of the words, cut to its stem: "two gunmen", "the gunman" and "gunmen".
    CASE WHEN whole_name IS NULL AND NOT is_state AND len(last_word) > 3 THEN left(last_word, 5) END AS word,
    -- Both sides of what is done together are sides of one kind.
    CASE WHEN event IN ('AGREE', 'CONSULT', 'COOPERATE') THEN 'side' ELSE role END AS side
FROM judged;

CREATE OR REPLACE TEMP TABLE sides AS
SELECT node,
    list(DISTINCT country) FILTER (country IS NOT NULL) AS states,
    list(DISTINCT country) FILTER (country IS NOT NULL AND side <> 'recipient') AS who_states,
    list(DISTINCT country) FILTER (country IS NOT NULL AND side <> 'actor') AS whom_states,
    list(DISTINCT hash(name)) FILTER (name IS NOT NULL) AS names,
    list(DISTINCT hash(name)) FILTER (name IS NOT NULL AND side <> 'recipient') AS who_names,
    list(DISTINCT hash(name)) FILTER (name IS NOT NULL AND side <> 'actor') AS whom_names,
    list(DISTINCT hash(name)) FILTER (is_person AND side <> 'recipient') AS who_persons,
    list(DISTINCT hash(name)) FILTER (is_person AND side <> 'actor') AS whom_persons,
    list(DISTINCT word) FILTER (word IS NOT NULL) AS heads,
    list(DISTINCT sector) FILTER (sector IS NOT NULL AND side <> 'recipient') AS who_sectors,
    list(DISTINCT sector) FILTER (sector IS NOT NULL AND side <> 'actor') AS whom_sectors,
    list(DISTINCT {'side': country || ' ' || side, 'name': name}) FILTER (is_person AND country IS NOT NULL)
        AS persons
FROM taking_part GROUP BY node;

-- Names that an article holds: two articles about one story share them.
CREATE OR REPLACE TEMP TABLE story AS
SELECT article, list(DISTINCT name) AS names
FROM (
    SELECT chosen.article, hash(taking_part.name) AS name
    FROM chosen JOIN taking_part USING (node) WHERE taking_part.name IS NOT NULL
    UNION ALL
    SELECT article, hash(fold(location.name)) FROM chosen WHERE location.precision IN ('exact', 'near', 'region')
)
GROUP BY article;

CREATE OR REPLACE TEMP TABLE deed AS
WITH dated AS (
    SELECT *,
        "date".first_day AS first_day, "date".last_day AS last_day,
        coalesce("date".span."text", '') <> '' AS is_said,
        list_contains(aux, 'historical') AS is_past,
        list_contains(aux, 'future') OR list_contains(aux, 'hypothetical') AS is_planned,
        coalesce(location.precision, '') IN ('exact', 'near') AS is_placed
    FROM chosen
),
bounded AS (
    SELECT *,
        [left(fold(one), 5) FOR one IN list_concat(
            regexp_extract_all(concat_ws(' ', location.span."text", "date".span."text"),
                '[\p{L}]{4,}|[0-9]+'),
            regexp_extract_all(array_to_string([one.span."text" FOR one IN list_concat(actor, recipient)], ' '),
                '\p{Lu}\p{L}{3,}'))] AS told,
        -- Days that the report names, to a month; the day of publication stands for two days more; a
        -- report without any day is of the week before it, a plan of the month after it too; of the past
        -- beyond that nothing is known.
        CASE
            WHEN last_day - first_day > 31 THEN NULL
            WHEN first_day IS NOT NULL AND is_said THEN first_day
            WHEN first_day IS NOT NULL THEN first_day - 2
            WHEN is_past THEN NULL
            ELSE published - 7
        END AS low,
        CASE
            WHEN last_day - first_day > 31 THEN NULL
            WHEN first_day IS NOT NULL THEN last_day
            WHEN is_past THEN NULL
            WHEN is_planned THEN published + 30
            ELSE published
        END AS high
    FROM dated
)
SELECT
    bounded.node, bounded.fresh, bounded.article, bounded.id AS event,
    CASE event WHEN 'RETREAT' THEN 'CONCEDE' ELSE event END AS family,
    event AS type, mode,
    -- One blast is a bomb to the first report, a drone or an attempt on a life to the second.
    list_has_any(mode, ['explosives', 'suicide-attack', 'aerial', 'drone', 'heavy-weapons', 'targeted', 'destroy'])
        AS is_blast,
    is_planned, is_past,
    datediff('day', DATE '1970-01-01', low) AS low,
    datediff('day', DATE '1970-01-01', high) AS high,
    CASE WHEN low IS NULL THEN datediff('day', DATE '1970-01-01', published) END AS before,
    CASE WHEN is_said THEN datediff('day', DATE '1970-01-01', first_day) END AS first,
    CASE WHEN is_said THEN datediff('day', DATE '1970-01-01', last_day) END AS last,
    coalesce(states, []) AS states, coalesce(who_states, []) AS who_states,
    coalesce(whom_states, []) AS whom_states, coalesce(sides.names, []) AS names,
    coalesce(who_names, []) AS who_names, coalesce(whom_names, []) AS whom_names,
    coalesce(who_persons, []) AS who_persons, coalesce(whom_persons, []) AS whom_persons,
    coalesce(heads, []) AS heads, coalesce(who_sectors, []) AS who_sectors,
    coalesce(whom_sectors, []) AS whom_sectors, coalesce(persons, []) AS persons,
    location.country AS place_country,
    CASE WHEN is_placed THEN fold(location.name) END AS place,
    CASE WHEN is_placed THEN location.latitude END AS latitude,
    CASE WHEN is_placed THEN location.longitude END AS longitude,
    killed, injured,
    -- A stem is the first five letters: "visit", "visited" and "visitors" are one, "met" and "meeting" not.
    list_distinct([
        left(one, 5) FOR one IN regexp_extract_all(fold(array_to_string(
            list_append([span."text" FOR span IN mentions], trigger."text"), ' ')), '[\p{L}]{3,}')
        IF one NOT IN ('and', 'the', 'for', 'with', 'into', 'from', 'them', 'their', 'his', 'her')
    ]) AS stems,
    -- Without the words that were compared already: names and states of who and whom,
    -- where, when.
    [
        hash(one) FOR one IN list_distinct([
            left(one, 5) FOR one IN regexp_extract_all(fold(sentence), '[\p{L}]{4,}|[0-9]+')
            IF NOT list_contains($stop_words, one)
        ]) IF NOT list_contains(told, one)
    ] AS words,
    coalesce(story.names, []) AS story,
    coalesce(sketch."lead", []) AS "lead"
FROM bounded
LEFT JOIN (SELECT article, "lead" FROM sketch) AS sketch ON sketch.article = bounded.article
LEFT JOIN sides USING (node)
LEFT JOIN story ON story.article = bounded.article;

-- Where an event meets others. One state, one common name of a place or one verb brings together what a
-- busy day has by the hundred; so an event is found by two states, by a name, by rare words of its article,
-- and by its place where little else is known. Days are put into buckets of four; an event lies in every
-- bucket that its days touch. One that is told as history is of any day of the months or years that it names,
-- else of the year before its report: of an earlier one it is seldom that words alone tell which deed is meant,
-- and what may be of any day would have to be compared with all that was ever read. Without any day, that of the
-- report neither, there is no other way.
CREATE OR REPLACE TEMP TABLE keyed AS
SELECT node, fresh, article, event, family, low IS NULL AS is_loose,
    coalesce(low, first, before - 365) // 4 AS first_bucket, (coalesce(high, last, before) + 1) // 4 AS last_bucket,
    list_distinct(list_concat(
        names,
        [hash('rare ' || one) FOR one IN "lead"[1:8]],
        flatten([[hash(one || ' ' || two) FOR two IN states IF one < two] FOR one IN states]),
        CASE WHEN place IS NULL OR (len(states) > 1 AND len(names) > 0) THEN [] ELSE [hash(place)] END,
        CASE WHEN low IS NULL OR len(names) = 0
            THEN flatten([[hash(state || ' ' || one) FOR one IN stems] FOR state IN states])
            ELSE [] END,
        CASE WHEN len(states) + len(names) = 0 THEN [hash(one) FOR one IN heads] ELSE [] END
    )) AS keys,
    -- What no other report of its deed may contradict; a month or a year that a report names is no such day.
    CASE WHEN last - first <= 31 THEN DATE '1970-01-01' + CAST(first AS INTEGER) END AS first_day,
    CASE WHEN last - first <= 31 THEN DATE '1970-01-01' + CAST(last AS INTEGER) END AS last_day,
    CASE WHEN longitude IS NOT NULL THEN latitude END AS latitude, longitude, persons
FROM deed WHERE node > $n_before;

CREATE OR REPLACE TEMP TABLE meeting AS
SELECT node, fresh, family, is_loose, first_bucket, last_bucket, unnest(keys) AS key FROM keyed;

CREATE OR REPLACE TEMP TABLE block AS
SELECT node, fresh, family, first_bucket, unnest(generate_series(first_bucket, last_bucket)) AS bucket, key
FROM (SELECT *, unnest(keys) AS key FROM keyed WHERE NOT is_loose);
