-- closed_at - opened_at <= hours(24)
(`closed_at` - `opened_at`) <= 86400000000

-- amount >= 10000 and not done or kind in ('new', 'it\'s', 'a\\b')
((`amount` >= 1000000) AND (NOT `done`)) OR (`kind` IN ('new', 'it\'s', 'a\\b'))

-- n == amount
(CAST(`n` AS DECIMAL(38, 0)) * 100) = `amount`

-- amount * rate > n * n
(CAST(`amount` AS DECIMAL(38, 0)) * `rate`) > ((CAST(`n` AS DECIMAL(38, 0)) * `n`) * 1000000)

-- amount / n
(GET(TRANSFORM(ARRAY(STRUCT(CAST(((CAST(`amount` AS DECIMAL(38, 0)) * 10000) * 2) AS DECIMAL(38, 0)) AS a, NULLIF(`n`, 0) AS b)), t -> CAST((t.a - (t.a % t.b)) / t.b AS DECIMAL(38, 0))), 0)) - (GET(TRANSFORM(ARRAY(STRUCT(CAST((GET(TRANSFORM(ARRAY(STRUCT(CAST(((CAST(`amount` AS DECIMAL(38, 0)) * 10000) * 2) AS DECIMAL(38, 0)) AS a, NULLIF(`n`, 0) AS b)), t -> CAST((t.a - (t.a % t.b)) / t.b AS DECIMAL(38, 0))), 0)) AS DECIMAL(38, 0)) AS a, 2 AS b)), t -> CAST((t.a - (t.a % t.b)) / t.b AS DECIMAL(38, 0))), 0))

-- (closed_at - opened_at) / hours(1)
(GET(TRANSFORM(ARRAY(STRUCT(CAST(((CAST(`closed_at` - `opened_at` AS DECIMAL(38, 0)) * 1000000) * 2) AS DECIMAL(38, 0)) AS a, 3600000000 AS b)), t -> CAST((t.a - (t.a % t.b)) / t.b AS DECIMAL(38, 0))), 0)) - (GET(TRANSFORM(ARRAY(STRUCT(CAST((GET(TRANSFORM(ARRAY(STRUCT(CAST(((CAST(`closed_at` - `opened_at` AS DECIMAL(38, 0)) * 1000000) * 2) AS DECIMAL(38, 0)) AS a, 3600000000 AS b)), t -> CAST((t.a - (t.a % t.b)) / t.b AS DECIMAL(38, 0))), 0)) AS DECIMAL(38, 0)) AS a, 2 AS b)), t -> CAST((t.a - (t.a % t.b)) / t.b AS DECIMAL(38, 0))), 0))

-- (closed_at - opened_at) * 0.5
((((`closed_at` - `opened_at`) * 5) * 2) DIV 10) - (((((`closed_at` - `opened_at`) * 5) * 2) DIV 10) DIV 2)

-- began_on + days(n)
`began_on` + (GET(TRANSFORM(ARRAY(STRUCT(CAST((CAST(`n` AS DECIMAL(38, 0)) * 86400000000) AS DECIMAL(38, 0)) AS a, 86400000000 AS b)), t -> CAST((t.a - (t.a % t.b)) / t.b AS DECIMAL(38, 0))), 0))

-- round(amount * 1.05, 1)
(GET(TRANSFORM(ARRAY(STRUCT(CAST(((CAST(`amount` AS DECIMAL(38, 0)) * 105) * 2) AS DECIMAL(38, 0)) AS a, 1000 AS b)), t -> CAST((t.a - (t.a % t.b)) / t.b AS DECIMAL(38, 0))), 0)) - (GET(TRANSFORM(ARRAY(STRUCT(CAST((GET(TRANSFORM(ARRAY(STRUCT(CAST(((CAST(`amount` AS DECIMAL(38, 0)) * 105) * 2) AS DECIMAL(38, 0)) AS a, 1000 AS b)), t -> CAST((t.a - (t.a % t.b)) / t.b AS DECIMAL(38, 0))), 0)) AS DECIMAL(38, 0)) AS a, 2 AS b)), t -> CAST((t.a - (t.a % t.b)) / t.b AS DECIMAL(38, 0))), 0))

-- abs(min(n, amount, 0)) + max(n, 3)
ABS(CASE WHEN ((CAST(`n` AS DECIMAL(38, 0)) * 100) IS NULL) OR (`amount` IS NULL) THEN NULL ELSE LEAST(CAST(`n` AS DECIMAL(38, 0)) * 100, `amount`, CAST(0 AS BIGINT)) END) + (CAST(CASE WHEN `n` IS NULL THEN NULL ELSE GREATEST(`n`, CAST(3 AS BIGINT)) END AS DECIMAL(38, 0)) * 100)

-- if_(done, amount, -1)
CASE `done` WHEN TRUE THEN `amount` WHEN FALSE THEN (-100) END

-- 1 < n <= 3
(1 < `n`) AND (`n` <= 3)

-- 地区 not in ('华东', '华南')
NOT (`地区` IN ('华东', '华南'))

-- month_of(opened_at)
(((((((((((((((((`opened_at__local` + 62162035200000000) DIV 86400000000) - 719468) + 719468) * 4) + 3) % 146097) DIV 4) * 4) + 3) % 1461) DIV 4) * 5) + 461) DIV 153) - 1) % 12) + 1

-- year_of(began_on)
((((((`began_on` + 719468) * 4) + 3) DIV 146097) * 100) + ((((((((`began_on` + 719468) * 4) + 3) % 146097) DIV 4) * 4) + 3) DIV 1461)) + (((((((((((((`began_on` + 719468) * 4) + 3) % 146097) DIV 4) * 4) + 3) % 1461) DIV 4) * 5) + 461) DIV 153) DIV 13)

-- is_weekend(opened_at)
(((((`opened_at__local` + 62162035200000000) DIV 86400000000) - 719468) + 719470) % 7) >= 5

-- contains(lower(kind), '微信')
LOCATE('微信', TRANSLATE(`kind`, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')) > 0

-- number(kind)
CASE WHEN TRIM(' ' FROM `kind`) RLIKE '^[+-]?([0-9]{1,18}|[0-9]{1,3}(,[0-9]{3}){1,5})([.][0-9]{0,18})?\\z' THEN CAST((CAST(REPLACE(TRIM(' ' FROM `kind`), ',', '') AS DECIMAL(38, 6)) * 1000000) AS DECIMAL(38, 0)) END

-- known(kind)
NOT `kind` IS NULL

-- at_start(n > 0)
(`began_on` < 20454) AND ((NOT (NOT `ended_on` IS NULL)) OR (`ended_on` >= 20454)) AND (`n` > 0)

-- in_period(opened_at)
(`opened_at` >= 1767196800000000) AND (`opened_at` < 1774972800000000)

-- count(where=kind == 'new') · n
COUNT(*) FILTER(WHERE (`team` = 'A') AND (`kind` = 'new'))

-- count_distinct(地区) · n
COUNT(DISTINCT `地区`) FILTER(WHERE `team` = 'A')

-- sum(amount * amount) · total
COALESCE(SUM(CAST(`amount` AS DECIMAL(38, 0)) * `amount`) FILTER(WHERE `team` = 'A'), 0)

-- sum(amount * amount) · n
COUNT(CAST(`amount` AS DECIMAL(38, 0)) * `amount`) FILTER(WHERE `team` = 'A')

-- sum(1) · total
COALESCE(SUM(CAST(1 AS BIGINT)) FILTER(WHERE `team` = 'A'), 0)

-- sum(1) · n
COUNT(*) FILTER(WHERE `team` = 'A')

-- mean(closed_at - opened_at, where=done) · total
COALESCE(SUM(`closed_at` - `opened_at`) FILTER(WHERE (`team` = 'A') AND `done`), 0)

-- mean(closed_at - opened_at, where=done) · n
COUNT(`closed_at` - `opened_at`) FILTER(WHERE (`team` = 'A') AND `done`)

-- share(closed_at - opened_at <= hours(24)) · hits
COUNT(*) FILTER(WHERE (`team` = 'A') AND ((`closed_at` - `opened_at`) <= 86400000000))

-- share(closed_at - opened_at <= hours(24)) · n
COUNT((`closed_at` - `opened_at`) <= 86400000000) FILTER(WHERE `team` = 'A')

-- median(amount) · n
COUNT(`amount`) FILTER(WHERE `team` = 'A')

-- median(amount) · low
COALESCE(GET(SORT_ARRAY(COLLECT_LIST(`amount`) FILTER(WHERE (`team` = 'A') AND (NOT `amount` IS NULL))), CAST((((COUNT(`amount`) FILTER(WHERE `team` = 'A')) - 1) DIV 2) + 1 AS INT) - 1), 0)

-- median(amount) · high
COALESCE(GET(SORT_ARRAY(COLLECT_LIST(`amount`) FILTER(WHERE (`team` = 'A') AND (NOT `amount` IS NULL))), CAST(((((COUNT(`amount`) FILTER(WHERE `team` = 'A')) - 1) + 1) DIV 2) + 1 AS INT) - 1), 0)

-- percentile(n, 0.95, where=done) · n
COUNT(`n`) FILTER(WHERE (`team` = 'A') AND `done`)

-- percentile(n, 0.95, where=done) · low
COALESCE(GET(SORT_ARRAY(COLLECT_LIST(`n`) FILTER(WHERE (`team` = 'A') AND `done` AND (NOT `n` IS NULL))), CAST(((((COUNT(`n`) FILTER(WHERE (`team` = 'A') AND `done`)) - 1) * 19) DIV 20) + 1 AS INT) - 1), 0)

-- percentile(n, 0.95, where=done) · high
COALESCE(GET(SORT_ARRAY(COLLECT_LIST(`n`) FILTER(WHERE (`team` = 'A') AND `done` AND (NOT `n` IS NULL))), CAST((((((COUNT(`n`) FILTER(WHERE (`team` = 'A') AND `done`)) - 1) * 19) + 19) DIV 20) + 1 AS INT) - 1), 0)

-- minimum(began_on) · value
COALESCE(MIN(`began_on`) FILTER(WHERE `team` = 'A'), 0)

-- minimum(began_on) · n
COUNT(`began_on`) FILTER(WHERE `team` = 'A')

-- maximum(amount - rate) · value
COALESCE(MAX((CAST(`amount` AS DECIMAL(38, 0)) * 100) - `rate`) FILTER(WHERE `team` = 'A'), 0)

-- maximum(amount - rate) · n
COUNT((CAST(`amount` AS DECIMAL(38, 0)) * 100) - `rate`) FILTER(WHERE `team` = 'A')

-- nps(amount) · promoters
COUNT(*) FILTER(WHERE (`team` = 'A') AND (`amount` >= 900))

-- nps(amount) · detractors
COUNT(*) FILTER(WHERE (`team` = 'A') AND (`amount` <= 600))

-- nps(amount) · n
COUNT(`amount`) FILTER(WHERE `team` = 'A')

-- first(n, by=opened_at) · value
COALESCE(((MIN((CAST(`opened_at` + 1152921504606846976 AS DECIMAL(38, 0)) * 18446744073709551616) + (CAST(`n` AS DECIMAL(38, 0)) + 9223372036854775808)) FILTER(WHERE `team` = 'A')) % 18446744073709551616) - 9223372036854775808, 0)

-- first(n, by=opened_at) · n
COUNT((CAST(`opened_at` + 1152921504606846976 AS DECIMAL(38, 0)) * 18446744073709551616) + (CAST(`n` AS DECIMAL(38, 0)) + 9223372036854775808)) FILTER(WHERE `team` = 'A')

-- last(amount) · value
COALESCE(((MAX((CAST(`began_on` + 1152921504606846976 AS DECIMAL(38, 0)) * 18446744073709551616) + (CAST(`amount` AS DECIMAL(38, 0)) + 9223372036854775808)) FILTER(WHERE `team` = 'A')) % 18446744073709551616) - 9223372036854775808, 0)

-- last(amount) · n
COUNT((CAST(`began_on` + 1152921504606846976 AS DECIMAL(38, 0)) * 18446744073709551616) + (CAST(`amount` AS DECIMAL(38, 0)) + 9223372036854775808)) FILTER(WHERE `team` = 'A')
