-- layer: silver
-- one row means: one version of a hold, while which no event passes from bronze into silver; the highest version is in force
-- fed by: rebuilds and verifications (src/ledger/write-hold.ts)
-- read by: silver_events_mv
-- kept for: a day after the hold has ended
--
-- A rebuilt partition takes the place of the old one in an instant. An event that is written between
-- the last look at the source and that instant would be lost, so for this moment the view refuses
-- blocks: the ingester tries again with the same token, which completes what the refusal left. A hold
-- ends by itself, so that a rebuild which was killed stops nobody for long. 242 is the engine's
-- TABLE_IS_READ_ONLY, which every writer takes for a state that passes.
CREATE TABLE IF NOT EXISTS {{database}}.control_write_holds {{on_cluster}} (
  hold_id String,
  version UInt64,
  expires_at DateTime64(3, 'UTC'),
  reason String,
  changed_at DateTime64(3, 'UTC')
)
ENGINE = {{engine ReplacingMergeTree(version)}}
ORDER BY hold_id
TTL toDateTime(changed_at) + INTERVAL 1 DAY
SETTINGS {{dedup_window}};

-- The view as before, with the look at the holds. Its query is changed in place: between a drop and a
-- new view, a block would reach bronze and miss silver.
ALTER TABLE {{database}}.silver_events_mv {{on_cluster}} MODIFY QUERY
SELECT
  project_id, event_id, event_name, occurred_at, received_at,
  ifNull(queryable_at, ingested_at) AS queryable_at,
  platform, anonymous_id, user_id, session_id, url, referrer, user_agent, ip, properties,
  host, page, screen, referrer_host, utm_source, utm_medium, utm_campaign, utm_content, utm_term, click_id,
  device_type, browser, browser_version, os, os_version, country, region, city, language, app_version,
  is_bot, bot_reason, is_view, is_interaction, is_cold_start, engaged_ms, revenue, currency, order_id,
  batch, content_hash
FROM {{database}}.bronze_events
WHERE (
    SELECT throwIf(max(ends_at) > now64(3), 'writes are held for a moment', toInt16(242))
    FROM (SELECT argMax(expires_at, version) AS ends_at FROM {{database}}.control_write_holds GROUP BY hold_id)
    SETTINGS allow_custom_error_code_in_throwif = 1
  ) = 0
  AND NOT is_repeat
  AND (project_id, event_id) NOT IN (
    SELECT project_id, event_id
    FROM {{database}}.silver_event_ids
    PREWHERE id_hash IN (SELECT toUInt32(cityHash64(event_id)) FROM {{database}}.bronze_events)
    WHERE (project_id, event_id) IN (SELECT project_id, event_id FROM {{database}}.bronze_events)
      AND batch NOT IN (SELECT batch FROM {{database}}.bronze_events)
  );
