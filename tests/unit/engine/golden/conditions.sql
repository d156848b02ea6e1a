SELECT
  "owner" AS subject,
  CAST(COALESCE(
    SUM("rating") FILTER(WHERE
      (
        "closed_at__local" >= 1767225600000000 AND "closed_at__local" < 1775001600000000
      )
      AND "urgent"
      AND (
        NOT "closed_at" IS NULL
      )),
    0
  ) AS BIGINT) AS c0,
  CAST(COUNT("rating") FILTER(WHERE
    (
      "closed_at__local" >= 1767225600000000 AND "closed_at__local" < 1775001600000000
    )
    AND "urgent"
    AND (
      NOT "closed_at" IS NULL
    )) AS BIGINT) AS c1,
  CAST(COUNT(*) FILTER(WHERE
    (
      "due" >= 20454 AND "due" < 20544
    )
    AND (
      "kind" <> 'question'
    )
    AND (
      "cost" >= 123450
    )) AS BIGINT) AS c2
FROM records
WHERE
  (
    (
      "closed_at__local" >= 1767225600000000 AND "closed_at__local" < 1775001600000000
    )
    OR (
      "due" >= 20454 AND "due" < 20544
    )
  )
  AND (
    NOT "owner" IS NULL
  )
GROUP BY
  "owner";
