SELECT
  "owner" AS subject,
  CAST(COUNT("cost") AS BIGINT) AS c0,
  CAST(COALESCE(
    LIST_SORT(ARRAY_AGG("cost") FILTER(WHERE
      NOT "cost" IS NULL))[CAST((
      (
        COUNT("cost") - 1
      ) // 2
    ) + 1 AS INT)],
    0
  ) AS BIGINT) AS c1,
  CAST(COALESCE(
    LIST_SORT(ARRAY_AGG("cost") FILTER(WHERE
      NOT "cost" IS NULL))[CAST((
      (
        (
          COUNT("cost") - 1
        ) + 1
      ) // 2
    ) + 1 AS INT)],
    0
  ) AS BIGINT) AS c2,
  CAST(COUNT("rating") AS BIGINT) AS c3,
  CAST(COALESCE(
    LIST_SORT(ARRAY_AGG("rating") FILTER(WHERE
      NOT "rating" IS NULL))[CAST((
      (
        (
          COUNT("rating") - 1
        ) * 9
      ) // 10
    ) + 1 AS INT)],
    0
  ) AS BIGINT) AS c4,
  CAST(COALESCE(
    LIST_SORT(ARRAY_AGG("rating") FILTER(WHERE
      NOT "rating" IS NULL))[CAST((
      (
        (
          (
            COUNT("rating") - 1
          ) * 9
        ) + 9
      ) // 10
    ) + 1 AS INT)],
    0
  ) AS BIGINT) AS c5,
  CAST(COALESCE(MAX("rating"), 0) AS BIGINT) AS c6,
  CAST(COUNT("rating") AS BIGINT) AS c7,
  CAST(COALESCE(MIN("rating"), 0) AS BIGINT) AS c8,
  CAST(COUNT("rating") AS BIGINT) AS c9,
  CAST(COALESCE(
    (
      MAX(
        (
          CAST("opened_at" + 1152921504606846976 AS INT128) * 18446744073709551616
        ) + (
          CAST("rating" AS INT128) + 9223372036854775808
        )
      ) % 18446744073709551616
    ) - 9223372036854775808,
    0
  ) AS BIGINT) AS c10,
  CAST(COUNT(
    (
      CAST("opened_at" + 1152921504606846976 AS INT128) * 18446744073709551616
    ) + (
      CAST("rating" AS INT128) + 9223372036854775808
    )
  ) AS BIGINT) AS c11,
  CAST(COUNT(DISTINCT "kind") AS BIGINT) AS c12,
  CAST(COUNT(*) FILTER(WHERE
    "rating" >= 90) AS BIGINT) AS c13,
  CAST(COUNT(*) FILTER(WHERE
    "rating" <= 60) AS BIGINT) AS c14,
  CAST(COUNT("rating") AS BIGINT) AS c15
FROM records
WHERE
  "opened_at__local" >= 1767225600000000
  AND "opened_at__local" < 1775001600000000
  AND (
    NOT "owner" IS NULL
  )
GROUP BY
  "owner";
