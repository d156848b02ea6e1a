SELECT
  "owner" AS subject,
  CAST(COUNT(*) FILTER(WHERE
    (
      (
        (
          "closed_at.office.before" + GREATEST(LEAST("closed_at", "closed_at.office.closes0") - "closed_at.office.opens0", 0)
        ) + GREATEST(LEAST("closed_at", "closed_at.office.closes1") - "closed_at.office.opens1", 0)
      ) - (
        (
          "opened_at.office.before" + GREATEST(LEAST("opened_at", "opened_at.office.closes0") - "opened_at.office.opens0", 0)
        ) + GREATEST(LEAST("opened_at", "opened_at.office.closes1") - "opened_at.office.opens1", 0)
      )
    ) <= 14400000000) AS BIGINT) AS c0,
  CAST(COUNT(
    (
      (
        (
          "closed_at.office.before" + GREATEST(LEAST("closed_at", "closed_at.office.closes0") - "closed_at.office.opens0", 0)
        ) + GREATEST(LEAST("closed_at", "closed_at.office.closes1") - "closed_at.office.opens1", 0)
      ) - (
        (
          "opened_at.office.before" + GREATEST(LEAST("opened_at", "opened_at.office.closes0") - "opened_at.office.opens0", 0)
        ) + GREATEST(LEAST("opened_at", "opened_at.office.closes1") - "opened_at.office.opens1", 0)
      )
    ) <= 14400000000
  ) AS BIGINT) AS c1,
  CAST(COUNT(*) FILTER(WHERE
    (
      NOT (
        NOT "closed_at" IS NULL
      )
    )
    AND (
      (
        8339400000000 - (
          (
            "opened_at.office.before" + GREATEST(LEAST("opened_at", "opened_at.office.closes0") - "opened_at.office.opens0", 0)
          ) + GREATEST(LEAST("opened_at", "opened_at.office.closes1") - "opened_at.office.opens1", 0)
        )
      ) > 14400000000
    )) AS BIGINT) AS c2,
  CAST(COUNT(*) AS BIGINT) AS c3
FROM records
LEFT JOIN (
  SELECT
    "_day",
    "_before" AS "closed_at.office.before",
    "_opens0" AS "closed_at.office.opens0",
    "_closes0" AS "closed_at.office.closes0",
    "_opens1" AS "closed_at.office.opens1",
    "_closes1" AS "closed_at.office.closes1"
  FROM "calendar office"
) AS "office of closed_at"
  ON "office of closed_at"."_day" = (
    (
      (
        "closed_at__local" + 62162035200000000
      ) // 86400000000
    ) - 719468
  )
LEFT JOIN (
  SELECT
    "_day",
    "_before" AS "opened_at.office.before",
    "_opens0" AS "opened_at.office.opens0",
    "_closes0" AS "opened_at.office.closes0",
    "_opens1" AS "opened_at.office.opens1",
    "_closes1" AS "opened_at.office.closes1"
  FROM "calendar office"
) AS "office of opened_at"
  ON "office of opened_at"."_day" = (
    (
      (
        "opened_at__local" + 62162035200000000
      ) // 86400000000
    ) - 719468
  )
WHERE
  "opened_at__local" >= 1767225600000000
  AND "opened_at__local" < 1775001600000000
  AND (
    NOT "owner" IS NULL
  )
GROUP BY
  "owner";
