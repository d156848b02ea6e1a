SELECT
  "owner" AS subject,
  CAST(COUNT(*) FILTER(WHERE
    (
      (
        "since" < 20454
      )
      AND (
        (
          NOT (
            NOT "left_on" IS NULL
          )
        ) OR (
          "left_on" >= 20454
        )
      )
    )
    AND (
      (
        "since" < 20544
      )
      AND (
        (
          NOT (
            NOT "left_on" IS NULL
          )
        ) OR (
          "left_on" >= 20544
        )
      )
    )) AS BIGINT) AS c0,
  CAST(COUNT(*) FILTER(WHERE
    (
      "since" < 20454
    )
    AND (
      (
        NOT (
          NOT "left_on" IS NULL
        )
      ) OR (
        "left_on" >= 20454
      )
    )) AS BIGINT) AS c1,
  CAST(COUNT(*) FILTER(WHERE
    (
      "left_on" >= 20454
    ) AND (
      "left_on" < 20544
    )) AS BIGINT) AS c2,
  CAST(COUNT(*) FILTER(WHERE
    "since" >= 20454 AND "since" < 20544) AS BIGINT) AS c3,
  CAST(COUNT(*) FILTER(WHERE
    (
      "since" < 20454
    )
    AND (
      (
        NOT (
          NOT "left_on" IS NULL
        )
      ) OR (
        "left_on" >= 20454
      )
    )) AS BIGINT) AS c4
FROM records
WHERE
  NOT "owner" IS NULL
GROUP BY
  "owner";
