-- layer: silver
-- one row means: the newest value of one person property that an account, or a device without one, was identified with; merge with max()
-- fed by: silver_person_properties_mv, from silver_events
-- read by: every question with a person property or a cohort, at the moment it is asked
-- kept for: ever
--
-- An event `identify` or `$identify` tells properties of its person: the members of the object
-- `traits`, else of the object `$set`, else all of its own properties. latest is (time, event id,
-- value as JSON text): the maximum of such tuples is the last value in canonical order whatever the
-- order of arrival, and a repeat changes nothing. The device is kept only where there is no account,
-- because an account is the person; which devices belong to it is resolved when a question is asked.
CREATE TABLE IF NOT EXISTS {{database}}.silver_person_properties {{on_cluster}} (
  project_id LowCardinality(String),
  property String,
  user_id String,
  anonymous_id String,
  latest SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), String, String))
)
ENGINE = {{engine AggregatingMergeTree}}
ORDER BY (project_id, property, user_id, anonymous_id)
SETTINGS {{dedup_window}};

CREATE MATERIALIZED VIEW IF NOT EXISTS {{database}}.silver_person_properties_mv {{on_cluster}} TO {{database}}.silver_person_properties AS
SELECT
  project_id,
  tupleElement(arrayJoin(multiIf(
    startsWith(properties['traits'], '{'), JSONExtractKeysAndValuesRaw(properties['traits']),
    startsWith(properties['$set'], '{'), JSONExtractKeysAndValuesRaw(properties['$set']),
    arrayZip(mapKeys(properties), mapValues(properties))
  )) AS said, 1) AS property,
  user_id,
  if(user_id = '', silver_events.anonymous_id, '') AS anonymous_id,
  max((occurred_at, event_id, tupleElement(said, 2))) AS latest
FROM {{database}}.silver_events
WHERE event_name IN ('identify', '$identify')
GROUP BY project_id, property, user_id, anonymous_id;
