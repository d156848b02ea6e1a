-- closed_at - opened_at <= hours(24)
("closed_at" - "opened_at") <= 86400000000

-- amount >= 10000 and not done or kind in ('new', 'it\'s', 'a\\b')
(("amount" >= 1000000) AND (NOT "done")) OR ("kind" IN ('new', 'it''s', 'a\b'))

-- n == amount
(CAST("n" AS DECIMAL(38, 0)) * 100) = "amount"

-- amount * rate > n * n
(CAST("amount" AS DECIMAL(38, 0)) * "rate") > ((CAST("n" AS DECIMAL(38, 0)) * "n") * 1000000)

-- amount / n
(DIV(((CAST("amount" AS DECIMAL(38, 0)) * 10000) * 2), NULLIF("n", 0))) - (DIV((DIV(((CAST("amount" AS DECIMAL(38, 0)) * 10000) * 2), NULLIF("n", 0))), 2))

-- (closed_at - opened_at) / hours(1)
(DIV(((CAST("closed_at" - "opened_at" AS DECIMAL(38, 0)) * 1000000) * 2), 3600000000)) - (DIV((DIV(((CAST("closed_at" - "opened_at" AS DECIMAL(38, 0)) * 1000000) * 2), 3600000000)), 2))

-- (closed_at - opened_at) * 0.5
(DIV(((("closed_at" - "opened_at") * 5) * 2), 10)) - (DIV((DIV(((("closed_at" - "opened_at") * 5) * 2), 10)), 2))

-- began_on + days(n)
"began_on" + (DIV((CAST("n" AS DECIMAL(38, 0)) * 86400000000), 86400000000))

-- round(amount * 1.05, 1)
(DIV(((CAST("amount" AS DECIMAL(38, 0)) * 105) * 2), 1000)) - (DIV((DIV(((CAST("amount" AS DECIMAL(38, 0)) * 105) * 2), 1000)), 2))

-- abs(min(n, amount, 0)) + max(n, 3)
ABS(CASE WHEN ((CAST("n" AS DECIMAL(38, 0)) * 100) IS NULL) OR ("amount" IS NULL) THEN NULL ELSE LEAST(CAST("n" AS DECIMAL(38, 0)) * 100, "amount", CAST(0 AS BIGINT)) END) + (CAST(CASE WHEN "n" IS NULL THEN NULL ELSE GREATEST("n", CAST(3 AS BIGINT)) END AS DECIMAL(38, 0)) * 100)

-- if_(done, amount, -1)
CASE "done" WHEN TRUE THEN "amount" WHEN FALSE THEN (-100) END

-- 1 < n <= 3
(1 < "n") AND ("n" <= 3)

-- 地区 not in ('华东', '华南')
NOT ("地区" IN ('华东', '华南'))

-- month_of(opened_at)
(((DIV((((DIV(((((DIV(((((((DIV(("opened_at__local" + 62162035200000000), 86400000000)) - 719468) + 719468) * 4) + 3) % 146097), 4)) * 4) + 3) % 1461), 4)) * 5) + 461), 153)) - 1) % 12) + 1

-- year_of(began_on)
(((DIV(((("began_on" + 719468) * 4) + 3), 146097)) * 100) + (DIV((((DIV((((("began_on" + 719468) * 4) + 3) % 146097), 4)) * 4) + 3), 1461))) + (DIV((DIV((((DIV(((((DIV((((("began_on" + 719468) * 4) + 3) % 146097), 4)) * 4) + 3) % 1461), 4)) * 5) + 461), 153)), 13))

-- is_weekend(opened_at)
((((DIV(("opened_at__local" + 62162035200000000), 86400000000)) - 719468) + 719470) % 7) >= 5

-- contains(lower(kind), '微信')
POSITION('微信' IN TRANSLATE("kind", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')) > 0

-- number(kind)
CASE WHEN TRIM(' ' FROM "kind") ~ '^[+-]?([0-9]{1,18}|[0-9]{1,3}(,[0-9]{3}){1,5})([.][0-9]{0,18})?$' THEN CAST((CAST(REPLACE(TRIM(' ' FROM "kind"), ',', '') AS DECIMAL(38, 6)) * 1000000) AS DECIMAL(38, 0)) END

-- known(kind)
NOT "kind" IS NULL

-- at_start(n > 0)
("began_on" < 20454) AND ((NOT (NOT "ended_on" IS NULL)) OR ("ended_on" >= 20454)) AND ("n" > 0)

-- in_period(opened_at)
("opened_at" >= 1767196800000000) AND ("opened_at" < 1774972800000000)

-- count(where=kind == 'new') · n
COUNT(*) FILTER(WHERE ("team" = 'A') AND ("kind" = 'new'))

-- count_distinct(地区) · n
COUNT(DISTINCT "地区") FILTER(WHERE "team" = 'A')

-- sum(amount * amount) · total
COALESCE(SUM(CAST("amount" AS DECIMAL(38, 0)) * "amount") FILTER(WHERE "team" = 'A'), 0)

-- sum(amount * amount) · n
COUNT(CAST("amount" AS DECIMAL(38, 0)) * "amount") FILTER(WHERE "team" = 'A')

-- sum(1) · total
COALESCE(SUM(CAST(1 AS BIGINT)) FILTER(WHERE "team" = 'A'), 0)

-- sum(1) · n
COUNT(*) FILTER(WHERE "team" = 'A')

-- mean(closed_at - opened_at, where=done) · total
COALESCE(SUM("closed_at" - "opened_at") FILTER(WHERE ("team" = 'A') AND "done"), 0)

-- mean(closed_at - opened_at, where=done) · n
COUNT("closed_at" - "opened_at") FILTER(WHERE ("team" = 'A') AND "done")

-- share(closed_at - opened_at <= hours(24)) · hits
COUNT(*) FILTER(WHERE ("team" = 'A') AND (("closed_at" - "opened_at") <= 86400000000))

-- share(closed_at - opened_at <= hours(24)) · n
COUNT(("closed_at" - "opened_at") <= 86400000000) FILTER(WHERE "team" = 'A')

-- median(amount) · n
COUNT("amount") FILTER(WHERE "team" = 'A')

-- median(amount) · low
COALESCE((ARRAY_AGG("amount" ORDER BY "amount") FILTER(WHERE ("team" = 'A') AND (NOT "amount" IS NULL)))[CAST((DIV(((COUNT("amount") FILTER(WHERE "team" = 'A')) - 1), 2)) + 1 AS INT)], 0)

-- median(amount) · high
COALESCE((ARRAY_AGG("amount" ORDER BY "amount") FILTER(WHERE ("team" = 'A') AND (NOT "amount" IS NULL)))[CAST((DIV((((COUNT("amount") FILTER(WHERE "team" = 'A')) - 1) + 1), 2)) + 1 AS INT)], 0)

-- percentile(n, 0.95, where=done) · n
COUNT("n") FILTER(WHERE ("team" = 'A') AND "done")

-- percentile(n, 0.95, where=done) · low
COALESCE((ARRAY_AGG("n" ORDER BY "n") FILTER(WHERE ("team" = 'A') AND "done" AND (NOT "n" IS NULL)))[CAST((DIV((((COUNT("n") FILTER(WHERE ("team" = 'A') AND "done")) - 1) * 19), 20)) + 1 AS INT)], 0)

-- percentile(n, 0.95, where=done) · high
COALESCE((ARRAY_AGG("n" ORDER BY "n") FILTER(WHERE ("team" = 'A') AND "done" AND (NOT "n" IS NULL)))[CAST((DIV(((((COUNT("n") FILTER(WHERE ("team" = 'A') AND "done")) - 1) * 19) + 19), 20)) + 1 AS INT)], 0)

-- minimum(began_on) · value
COALESCE(MIN("began_on") FILTER(WHERE "team" = 'A'), 0)

-- minimum(began_on) · n
COUNT("began_on") FILTER(WHERE "team" = 'A')

-- maximum(amount - rate) · value
COALESCE(MAX((CAST("amount" AS DECIMAL(38, 0)) * 100) - "rate") FILTER(WHERE "team" = 'A'), 0)

-- maximum(amount - rate) · n
COUNT((CAST("amount" AS DECIMAL(38, 0)) * 100) - "rate") FILTER(WHERE "team" = 'A')

-- nps(amount) · promoters
COUNT(*) FILTER(WHERE ("team" = 'A') AND ("amount" >= 900))

-- nps(amount) · detractors
COUNT(*) FILTER(WHERE ("team" = 'A') AND ("amount" <= 600))

-- nps(amount) · n
COUNT("amount") FILTER(WHERE "team" = 'A')

-- first(n, by=opened_at) · value
COALESCE(((MIN((CAST("opened_at" + 1152921504606846976 AS DECIMAL(38, 0)) * 18446744073709551616) + (CAST("n" AS DECIMAL(38, 0)) + 9223372036854775808)) FILTER(WHERE "team" = 'A')) % 18446744073709551616) - 9223372036854775808, 0)

-- first(n, by=opened_at) · n
COUNT((CAST("opened_at" + 1152921504606846976 AS DECIMAL(38, 0)) * 18446744073709551616) + (CAST("n" AS DECIMAL(38, 0)) + 9223372036854775808)) FILTER(WHERE "team" = 'A')

-- last(amount) · value
COALESCE(((MAX((CAST("began_on" + 1152921504606846976 AS DECIMAL(38, 0)) * 18446744073709551616) + (CAST("amount" AS DECIMAL(38, 0)) + 9223372036854775808)) FILTER(WHERE "team" = 'A')) % 18446744073709551616) - 9223372036854775808, 0)

-- last(amount) · n
COUNT((CAST("began_on" + 1152921504606846976 AS DECIMAL(38, 0)) * 18446744073709551616) + (CAST("amount" AS DECIMAL(38, 0)) + 9223372036854775808)) FILTER(WHERE "team" = 'A')
