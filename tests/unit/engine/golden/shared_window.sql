SELECT
  "owner" AS subject,
  CAST(COUNT(*) AS BIGINT) AS c0,
  CAST(COUNT(*) FILTER(WHERE
    "kind" = 'repair') AS BIGINT) AS c1,
  CAST(COUNT(*) FILTER(WHERE
    (
      "closed_at" - "opened_at"
    ) <= 86400000000) AS BIGINT) AS c2,
  CAST(COUNT((
    "closed_at" - "opened_at"
  ) <= 86400000000) AS BIGINT) AS c3,
  CAST(COALESCE(SUM("cost"), 0) AS BIGINT) AS c4,
  CAST(COUNT("cost") AS BIGINT) AS c5
FROM records
WHERE
  "opened_at__local" >= 1767225600000000
  AND "opened_at__local" < 1775001600000000
  AND (
    NOT "owner" IS NULL
  )
GROUP BY
  "owner";
