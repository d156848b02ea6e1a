-- duckdb
SELECT "owner" AS subject, "no" AS key0, "kind" AS c0, "cost" AS c1, "closed_at" AS c2, CAST(CAST("cost" AS INT128) * "rating" AS BIGINT) AS c3, "urgent" AS c4 FROM records WHERE "opened_at__local" >= 1767225600000000 AND "opened_at__local" < 1775001600000000 AND ("kind" <> 'question') AND NOT "owner" IS NULL;
-- postgres
SELECT "owner" AS subject, "no" AS key0, "kind" AS c0, "cost" AS c1, "closed_at" AS c2, CAST(CAST("cost" AS DECIMAL(38, 0)) * "rating" AS BIGINT) AS c3, "urgent" AS c4 FROM records WHERE "opened_at__local" >= 1767225600000000 AND "opened_at__local" < 1775001600000000 AND ("kind" <> 'question') AND NOT "owner" IS NULL;
-- spark
SELECT `owner` AS subject, `no` AS key0, `kind` AS c0, `cost` AS c1, `closed_at` AS c2, CAST(CAST(`cost` AS DECIMAL(38, 0)) * `rating` AS BIGINT) AS c3, `urgent` AS c4 FROM records WHERE `opened_at__local` >= 1767225600000000 AND `opened_at__local` < 1775001600000000 AND (`kind` <> 'question') AND NOT `owner` IS NULL;
