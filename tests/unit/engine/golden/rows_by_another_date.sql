-- duckdb
SELECT "helper" AS subject, "no" AS key0, "no" AS c0 FROM records WHERE "due" >= 20454 AND "due" < 20544 AND NOT "helper" IS NULL;
-- postgres
SELECT "helper" AS subject, "no" AS key0, "no" AS c0 FROM records WHERE "due" >= 20454 AND "due" < 20544 AND NOT "helper" IS NULL;
-- spark
SELECT `helper` AS subject, `no` AS key0, `no` AS c0 FROM records WHERE `due` >= 20454 AND `due` < 20544 AND NOT `helper` IS NULL;
