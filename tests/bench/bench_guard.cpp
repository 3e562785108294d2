// SPDX-License-Identifier: GPL-3.0-or-later
// How much SQL the guard judges in a second: statements as people write them, and scripts of long ones.
#include "agent/rules/sqlguard.h"
#include "agent/rules/sqlscript.h"

#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

using namespace zandb::rules;

namespace {

/// Megabytes a second of this process's CPU over `texts`, for at least a second.
double rate(const std::vector<std::string> &texts, std::size_t *allowed)
{
    std::size_t bytes = 0;
    *allowed = 0;
    const std::clock_t begin = std::clock();
    double took = 0;
    for (bool first = true; took < 1.0; first = false) {
        for (const std::string &text : texts) {
            const bool allow = judge(text).allowed;
            *allowed += first && allow;
            bytes += text.size();
        }
        took = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    }
    return static_cast<double>(bytes) / 1e6 / took;
}

} // namespace

int main()
{
    const std::vector<std::string> statements{
        "SELECT t.table_schema, t.table_name, t.engine, t.table_rows, ROUND((t.data_length + t.index_length) / 1048576, 1) AS mb FROM information_schema.tables t "
        "WHERE t.table_schema NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema') AND t.table_type = 'BASE TABLE' ORDER BY mb DESC LIMIT 50",
        "SELECT o.id, o.customer_id, c.name, COUNT(*) AS n, SUM(i.price * i.quantity) AS total FROM shop.orders o JOIN shop.customers c ON c.id = o.customer_id "
        "LEFT JOIN shop.order_items i ON i.order_id = o.id WHERE o.created_at >= DATE_SUB(NOW(), INTERVAL 7 DAY) AND o.state IN ('paid', 'shipped') "
        "GROUP BY o.id, o.customer_id, c.name HAVING COUNT(*) > 1 ORDER BY total DESC LIMIT 100 -- the week's best\n",
        "DELETE FROM shop.sessions WHERE last_seen < NOW() - INTERVAL 90 DAY AND user_id IS NULL AND token LIKE 'tmp%' ORDER BY last_seen LIMIT 5000",
        "UPDATE `shop`.`orders` SET `state` = 'cancelled', `changed_at` = NOW(), `note` = CONCAT(`note`, ' (stale)') WHERE `state` = 'new' AND `created_at` < '2026-01-01' LIMIT 1000",
        "ALTER TABLE shop.orders ADD INDEX by_customer (customer_id, created_at), DROP INDEX old_one, ALGORITHM=INPLACE, LOCK=NONE",
        "SET GLOBAL long_query_time = 0.5, slow_query_log = ON, log_output = 'FILE'",
        "WITH recent AS (SELECT id FROM shop.orders WHERE created_at > CURDATE()) SELECT COUNT(*) FROM recent r JOIN shop.order_items i ON i.order_id = r.id",
        "GRANT SELECT, INSERT, UPDATE ON `my\\_shop`.* TO 'app'@'10.0.0.%'",
    };
    std::vector<std::string> longOnes;
    std::string list = "SELECT id, name FROM shop.customers WHERE id IN (0";
    for (int i = 1; list.size() < 60'000; ++i)
        list += ", " + std::to_string(i * 7919);
    longOnes.push_back(list + ")");
    std::string rows = "INSERT INTO dba_maint.log (a, b) VALUES (0, 'first')";
    while (rows.size() < 60'000)
        rows += ", (1, 'a note about something that happened some time ago, it''s long')";
    longOnes.push_back(rows);

    std::size_t allowed = 0, allowedLong = 0;
    const double usual = rate(statements, &allowed), great = rate(longOnes, &allowedLong);
    std::printf("{\"bench\":\"guard\",\"statements_mb_s\":%.0f,\"long_mb_s\":%.0f,\"allowed\":%zu,\"of\":%zu,\"reach_mb_s\":100}\n", usual, great, allowed + allowedLong,
                statements.size() + longOnes.size());
    return 0;
}
