SELECT
  "owner" AS subject,
  CAST(COALESCE(
    SUM("cost") FILTER(WHERE
      "opened_at__local" >= 1767225600000000 AND "opened_at__local" < 1775001600000000),
    0
  ) AS BIGINT) AS c0,
  CAST(COUNT("cost") FILTER(WHERE
    "opened_at__local" >= 1767225600000000 AND "opened_at__local" < 1775001600000000) AS BIGINT) AS c1,
  CAST(COALESCE(
    SUM("cost") FILTER(WHERE
      "opened_at__local" >= 1759276800000000 AND "opened_at__local" < 1767225600000000),
    0
  ) AS BIGINT) AS c2,
  CAST(COUNT("cost") FILTER(WHERE
    "opened_at__local" >= 1759276800000000 AND "opened_at__local" < 1767225600000000) AS BIGINT) AS c3,
  CAST(COUNT(*) FILTER(WHERE
    "opened_at__local" >= 1767225600000000 AND "opened_at__local" < 1775001600000000) AS BIGINT) AS c4,
  CAST(COUNT(*) FILTER(WHERE
    "opened_at__local" >= 1735689600000000 AND "opened_at__local" < 1743465600000000) AS BIGINT) AS c5
FROM records
WHERE
  "opened_at__local" >= 1735689600000000
  AND "opened_at__local" < 1775001600000000
  AND (
    NOT "owner" IS NULL
  )
GROUP BY
  "owner";
