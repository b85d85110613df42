-- The incidents in `stale` (incident, join_score), made from the events that report them. Each field has
-- the value that most independent reports give, the surest of these first, and its spread.

INSERT INTO incident BY NAME
WITH told AS MATERIALIZED (
    SELECT report.incident, stale.join_score, event.* EXCLUDE (sentence, mentions, trigger),
        lower(trigger."text") AS wording, sketch.copy_family, list_contains(aux, 'negation') AS is_denied,
        coalesce(lower(article.outlet), regexp_extract(article.url, '^https?://([^/]+)', 1), 'article ' || article.id)
            AS outlet,
        CASE WHEN source_kind = 'author' THEN coalesce(article.outlet, 'article ' || article.id)
            WHEN source_kind = 'unnamed' THEN 'unnamed'
            ELSE coalesce(source.name, source.span."text", 'unnamed') END AS said_by,
        coalesce(event."date".first_day, article.published) AS first_day,
        coalesce(event."date".last_day, article.published) AS last_day,
        coalesce(event."date".span."text", '') <> '' AND event."date".first_day IS NOT NULL AS is_said
    FROM stale
    JOIN report ON report.incident = stale.incident
    JOIN event ON event.article = report.article AND event.id = report.event
    JOIN article ON article.id = event.article
    JOIN sketch ON sketch.article = event.article
),
typed AS (
    SELECT incident, arg_min(event, key) AS event FROM (
        SELECT incident, event, (-count(*), -max(score), event) AS key FROM told GROUP BY incident, event
    ) GROUP BY incident
),
moded AS (
    SELECT incident, list(mode ORDER BY n DESC, mode) AS mode FROM (
        SELECT incident, mode, count(*) AS n FROM (SELECT incident, unnest(mode) AS mode FROM told)
        GROUP BY incident, mode
    ) GROUP BY incident
),
dated AS (
    SELECT incident, arg_min({'first': first_day, 'last': last_day}, key) AS days,
        min(first_day) AS earliest_day, max(last_day) AS latest_day
    FROM (
        SELECT incident, first_day, last_day,
            (NOT is_said, last_day - first_day, -count(*), first_day) AS key
        FROM told WHERE first_day IS NOT NULL GROUP BY incident, first_day, last_day, is_said
    ) GROUP BY incident
),
located AS (
    SELECT incident, copy_family, level, location,
        CASE level WHEN 3 THEN location.country ELSE location.name END AS name,
        (-score, article, id) AS key
    FROM (
        SELECT incident, copy_family, location, score, article, id, unnest(CASE location."precision"
            WHEN 'exact' THEN [1, 3] WHEN 'near' THEN [1, 3] WHEN 'region' THEN [2, 3] ELSE [3] END) AS level
        FROM told WHERE location IS NOT NULL
    )
),
sited AS (
    SELECT incident, arg_min(site, level) AS place FROM (
        SELECT incident, level, n, sum(n) OVER (PARTITION BY incident, level) AS n_all,
            CASE level WHEN 3
                THEN {'name': CASE WHEN location."precision" = 'country' THEN location.name END,
                    'country': location.country, 'latitude': CASE WHEN location."precision" = 'country' THEN location.latitude END,
                    'longitude': CASE WHEN location."precision" = 'country' THEN location.longitude END,
                    'geonames': CASE WHEN location."precision" = 'country' THEN location.geonames END, 'precision': 'country'}
                ELSE {'name': location.name, 'country': location.country, 'latitude': location.latitude,
                    'longitude': location.longitude, 'geonames': location.geonames, 'precision': location."precision"}
            END AS site
        FROM (
            SELECT incident, level, name, count(DISTINCT copy_family) AS n,
                arg_min(location, (location."precision" <> 'country' AND level = 3, key)) AS location
            FROM located WHERE name IS NOT NULL GROUP BY incident, level, name
        )
    ) WHERE 2 * n > n_all GROUP BY incident
),
counted AS (
    SELECT incident, what, number, count(DISTINCT copy_family) AS n,
        list({'article': article, 'event': id, 'number': number} ORDER BY article, id) AS reports
    FROM (
        SELECT incident, 'killed' AS what, killed AS number, copy_family, article, id FROM told WHERE killed IS NOT NULL
        UNION ALL
        SELECT incident, 'injured', injured, copy_family, article, id FROM told WHERE injured IS NOT NULL
    ) GROUP BY incident, what, number
),
tolls AS (
    SELECT incident, what, {'low': min(number), 'best': arg_max(number, (n, number)), 'high': max(number),
        'reports': flatten(list(reports ORDER BY number))} AS toll
    FROM counted GROUP BY incident, what
),
worded AS (
    SELECT incident, list({'text': wording, 'n': CAST(n AS INTEGER)} ORDER BY n DESC, wording) AS wordings
    FROM (SELECT incident, wording, count(*) AS n FROM told GROUP BY incident, wording) GROUP BY incident
),
summed AS (
    SELECT incident, any_value(join_score) AS join_score,
        arg_min(actor, (len(actor) = 0, -score, article, id)) AS actor,
        arg_min(recipient, (len(recipient) = 0, -score, article, id)) AS recipient,
        {'certain': count(DISTINCT copy_family) FILTER (certainty = 'certain'),
            'probable': count(DISTINCT copy_family) FILTER (certainty = 'probable'),
            'possible': count(DISTINCT copy_family) FILTER (certainty = 'possible')} AS certainty,
        {'historical': count(DISTINCT copy_family) FILTER (list_contains(aux, 'historical')),
            'future': count(DISTINCT copy_family) FILTER (list_contains(aux, 'future')),
            'hypothetical': count(DISTINCT copy_family) FILTER (list_contains(aux, 'hypothetical')),
            'negation': count(DISTINCT copy_family) FILTER (is_denied)} AS aux,
        list_sort(coalesce(list(DISTINCT said_by) FILTER (NOT is_denied), [])) AS asserted_by,
        list_sort(coalesce(list(DISTINCT said_by) FILTER (is_denied), [])) AS denied_by,
        count(*) AS n_events, count(DISTINCT article) AS n_articles, count(DISTINCT outlet) AS n_outlets,
        count(DISTINCT copy_family) AS n_independent, max(score) AS score
    FROM told GROUP BY incident
),
weighed AS (
    SELECT told.incident, min(told.quad) AS quad, round(avg(told.scale), 6) AS scale
    FROM told JOIN typed ON typed.incident = told.incident AND typed.event = told.event GROUP BY told.incident
)
SELECT summed.* EXCLUDE (incident, actor, recipient), summed.incident AS id, typed.event,
    coalesce(moded.mode, []) AS mode,
    [{'name': one.name, 'country': one.country, 'sector': one.sector, 'text': one.span."text"} FOR one IN actor] AS actor,
    [{'name': one.name, 'country': one.country, 'sector': one.sector, 'text': one.span."text"} FOR one IN recipient] AS recipient,
    dated.days."first" AS first_day, dated.days."last" AS last_day, dated.earliest_day, dated.latest_day,
    sited.place, killed.toll AS killed, injured.toll AS injured, worded.wordings, weighed.quad, weighed.scale
FROM summed
JOIN typed USING (incident)
JOIN worded USING (incident)
JOIN weighed USING (incident)
LEFT JOIN moded USING (incident)
LEFT JOIN dated USING (incident)
LEFT JOIN sited USING (incident)
LEFT JOIN tolls AS killed ON killed.incident = summed.incident AND killed.what = 'killed'
LEFT JOIN tolls AS injured ON injured.incident = summed.incident AND injured.what = 'injured';
