-- duckdb
SELECT "owner" AS subject, "code" AS key0, "code" AS c0, "left_on" AS c1 FROM records WHERE ((("since" < 20454) AND ((NOT (NOT "left_on" IS NULL)) OR ("left_on" >= 20454))) OR (NOT "left_on" IS NULL)) AND NOT "owner" IS NULL;
-- postgres
SELECT "owner" AS subject, "code" AS key0, "code" AS c0, "left_on" AS c1 FROM records WHERE ((("since" < 20454) AND ((NOT (NOT "left_on" IS NULL)) OR ("left_on" >= 20454))) OR (NOT "left_on" IS NULL)) AND NOT "owner" IS NULL;
-- spark
SELECT `owner` AS subject, `code` AS key0, `code` AS c0, `left_on` AS c1 FROM records WHERE (((`since` < 20454) AND ((NOT (NOT `left_on` IS NULL)) OR (`left_on` >= 20454))) OR (NOT `left_on` IS NULL)) AND NOT `owner` IS NULL;
