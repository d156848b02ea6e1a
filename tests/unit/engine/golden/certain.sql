SELECT
  "owner" AS subject,
  CAST(COUNT(*) FILTER(WHERE
    (
      "closed_at" - "opened_at"
    ) <= 86400000000) AS BIGINT) AS c0,
  CAST(COUNT(*) FILTER(WHERE
    (
      NOT "closed_at" IS NULL
    )
    OR (
      (
        1774972800000000 - "opened_at"
      ) > 86400000000
    )) AS BIGINT) AS c1,
  CAST(COUNT(*) FILTER(WHERE
    NOT "closed_at" IS NULL) AS BIGINT) AS c2,
  CAST(COALESCE(
    LIST_SORT(ARRAY_AGG("closed_at" - "opened_at") FILTER(WHERE
      NOT "closed_at" IS NULL))[CAST((
      (
        (
          COUNT(*) FILTER(WHERE
            NOT "closed_at" IS NULL)
        ) - 1
      ) // 2
    ) + 1 AS INT)],
    0
  ) AS BIGINT) AS c3,
  CAST(COALESCE(
    LIST_SORT(ARRAY_AGG("closed_at" - "opened_at") FILTER(WHERE
      NOT "closed_at" IS NULL))[CAST((
      (
        (
          (
            COUNT(*) FILTER(WHERE
              NOT "closed_at" IS NULL)
          ) - 1
        ) + 1
      ) // 2
    ) + 1 AS INT)],
    0
  ) AS BIGINT) AS c4,
  CAST(COALESCE(SUM("cost") FILTER(WHERE
    "cost" > 10000), 0) AS BIGINT) AS c5,
  CAST(COUNT(*) FILTER(WHERE
    "cost" > 10000) AS BIGINT) AS c6
FROM records
WHERE
  "opened_at__local" >= 1767225600000000
  AND "opened_at__local" < 1775001600000000
  AND (
    NOT "owner" IS NULL
  )
GROUP BY
  "owner";
