// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/batchsql/sqlpreview.h"

#include "agent/batchsql/boundedchange.h"
#include "agent/fleet/replication.h"
#include "agent/fleet/sqlparts.h"
#include "agent/fleet/statementtext.h"
#include "agent/protocol/errors.h"
#include "agent/rules/alterplan.h"
#include "agent/rules/sqllexer.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace zandb::agent {
namespace {

using namespace std::chrono_literals;
using rules::operator""_w;

constexpr std::size_t maxStatements = 10'000;
constexpr std::size_t maxLookedAt = 200;
constexpr std::size_t maxBlockers = 50;
constexpr auto patience = 10s;

std::optional<std::int64_t> number(const std::optional<std::string> &text)
{
    std::int64_t value = 0;
    if (!text || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc())
        return std::nullopt;
    return value;
}

/// The server's own words, where it said some.
std::string wordsOf(const Error &error)
{
    for (const Error *one = &error; one; one = one->cause.get()) {
        if (const auto detail = one->fields.find("detail"); detail != one->fields.end() && !detail->second.empty())
            return detail->second;
    }
    return describe(error);
}

/// The statement's first two words.
std::pair<rules::Word, rules::Word> firstWords(const std::string &sql)
{
    std::vector<rules::Token> tokens;
    if (rules::lex(sql, {}, tokens) || tokens.size() < 2)
        return {};
    return {tokens[0].word, tokens[1].word};
}

class Preview
{
public:
    Preview(const Config &config, const LocalInstance &instance, const wire::SqlPreviewArgs &args, rules::GuardRole role)
        : m_config(config), m_instance(instance), m_args(args), m_role(role), m_checks(config, instance)
    {
    }

    Result<wire::SqlPreview> run()
    {
        auto client = connectTo(m_config, m_instance, Account::Backup, 5s, patience);
        if (!client)
            return fail(client.error());
        m_client = std::move(*client);
        m_flavour = m_client->isMariaDb() ? rules::GuardFlavour::MariaDb : rules::GuardFlavour::MySql;
        m_preview.instance = m_instance.name;
        m_preview.flavour = m_client->isMariaDb() ? "mariadb" : "mysql";
        m_preview.version = m_client->version();
        if (auto seen = seeReplication(); !seen)
            return fail(seen.error());
        for (std::size_t i = 0; i < m_args.statements.size(); ++i) {
            auto statement = look(i);
            if (!statement)
                return fail(statement.error());
            m_preview.statements.push_back(std::move(*statement));
        }
        seeBlockers();
        return std::move(m_preview);
    }

private:
    Result<void> seeReplication()
    {
        const auto states = replicationStates(*m_client);
        if (!states)
            return fail(states.error());
        for (const wire::ReplicationState &state : *states)
            m_preview.lagSeconds = std::max(m_preview.lagSeconds.value_or(0), state.lagSeconds.value_or(0));
        if (std::ranges::any_of(*states, [](const wire::ReplicationState &state) { return !state.lagSeconds; }))
            m_preview.lagSeconds.reset(); // that of one of its sources is not known
        const auto replicas = connectedReplicas(*m_client);
        if (!replicas)
            return fail(replicas.error());
        m_preview.replicas = *replicas;
        const auto readOnly = m_client->value("SELECT @@global.read_only");
        if (!readOnly)
            return fail(readOnly.error());
        m_preview.readOnly = *readOnly == "1";
        m_preview.role = !states->empty() ? "replica" : *replicas > 0 ? "primary" : "standalone";
        return {};
    }

    Result<wire::SqlPreviewStatement> look(std::size_t i)
    {
        const std::string &sql = m_args.statements[i];
        const rules::GuardContext guard{.role = m_role, .flavour = m_flavour, .schema = m_args.schema};
        const rules::Verdict verdict = rules::judge(sql, guard);
        wire::SqlPreviewStatement statement;
        statement.statement = static_cast<int>(i + 1);
        statement.allowed = verdict.allowed;
        statement.statementClass = verdict.statementClass ? std::string(1, verdict.statementClass) : "";
        statement.rule = verdict.reason.rule;
        statement.reason = verdict.allowed ? "" : std::string(verdict.reason.code);
        statement.why = verdict.why();
        statement.at = static_cast<std::int64_t>(verdict.at);
        statement.needsConfirmation = verdict.needsConfirmation;
        if (!verdict.allowed || i >= maxLookedAt)
            return statement;
        const auto refusal = m_checks.refusal(verdict);
        if (!refusal) {
            statement.error = wordsOf(refusal.error());
            return refusal.error().is(errors::instanceDown) ? Result<wire::SqlPreviewStatement>(fail(refusal.error())) : statement;
        }
        statement.refusal = refusal->name;
        statement.refusalDetail = refusal->detail;
        for (const rules::GuardTable &table : verdict.subject.tables)
            seeTable(table, statement);
        if (verdict.subject.rows > 0)
            explainBounded(sql, verdict, statement);
        else if (verdict.statementClass == 'R')
            explainRead(sql, guard, statement);
        seeLocks(sql, verdict, statement);
        return statement;
    }

    void seeTable(const rules::GuardTable &name, wire::SqlPreviewStatement &statement)
    {
        wire::SqlPreviewTable table{name.schema, name.table, "", {}, {}, {}};
        const auto rows = m_client->query("SELECT ENGINE, TABLE_ROWS, DATA_LENGTH, INDEX_LENGTH FROM information_schema.TABLES WHERE TABLE_SCHEMA=" + m_client->quote(name.schema)
                                          + " AND TABLE_NAME=" + m_client->quote(name.table));
        if (rows && !rows->rows.empty()) {
            table.engine = rows->value(0, "ENGINE").value_or("");
            table.rows = number(rows->value(0, "TABLE_ROWS"));
            table.dataBytes = number(rows->value(0, "DATA_LENGTH"));
            table.indexBytes = number(rows->value(0, "INDEX_LENGTH"));
        }
        m_tables.insert({name.schema, name.table});
        statement.tables.push_back(std::move(table));
    }

    /// Connections with the rights of those that would run the statement.
    SqlClient *linkFor(std::unique_ptr<SqlClient> &link, Account account, wire::SqlPreviewStatement &statement)
    {
        if (link)
            return link.get();
        auto client = connectTo(m_config, m_instance, account, 5s, patience);
        auto used = client && !m_args.schema.empty() ? (*client)->query("USE " + quotedName(m_args.schema)).map([](const SqlResult &) {}) : Result<void>();
        if (!client || !used) {
            statement.error = wordsOf(client ? used.error() : client.error());
            return nullptr;
        }
        (void)(*client)->query("SET SESSION binlog_format=ROW");
        link = std::move(*client);
        return link.get();
    }

    void take(const Result<Explained> &plan, wire::SqlPreviewStatement &statement)
    {
        if (!plan) {
            statement.error = wordsOf(plan.error());
            return;
        }
        statement.access = plan->access;
        statement.key = plan->key;
        statement.estimatedRows = plan->rows;
    }

    void explainBounded(const std::string &sql, const rules::Verdict &verdict, wire::SqlPreviewStatement &statement)
    {
        SqlClient *link = linkFor(m_writer, Account::Maint, statement);
        if (!link)
            return;
        take(explainStatement(*link, sql), statement);
        if (!statement.refusal.empty() || !statement.error.empty())
            return;
        RowTable table;
        std::vector<std::string> key;
        const auto refusal = inspectBounded(*link, sql, verdict.subject, &table, &key);
        if (!refusal) {
            statement.error = wordsOf(refusal.error());
            return;
        }
        statement.refusal = refusal->name;
        statement.refusalDetail = refusal->detail;
    }

    void explainRead(const std::string &sql, const rules::GuardContext &guard, wire::SqlPreviewStatement &statement)
    {
        const auto [first, second] = firstWords(sql);
        if (!rules::isAny(first, "SELECT"_w, "WITH"_w, "TABLE"_w, "VALUES"_w) || !rules::judge("EXPLAIN " + sql, guard).allowed)
            return;
        if (SqlClient *link = linkFor(m_reader, Account::Explain, statement))
            take(explainStatement(*link, sql), statement);
    }

    void seeLocks(const std::string &sql, const rules::Verdict &verdict, wire::SqlPreviewStatement &statement) const
    {
        auto &locks = statement.locks;
        const auto [first, second] = firstWords(sql);
        switch (verdict.statementClass) {
        case 'R':
            locks = {"metadata_shared"};
            break;
        case 'D':
        case 'H':
            locks = {"rows", "metadata_shared"};
            break;
        case 'M':
            if (rules::isAny(first, "OPTIMIZE"_w, "REPAIR"_w) || (first == "FLUSH"_w && !verdict.subject.tables.empty()))
                locks = {"metadata_exclusive"};
            else if (!verdict.subject.tables.empty())
                locks = {"metadata_shared"};
            break;
        case 'X': {
            const rules::AlterPlan plan = rules::planAlter(verdict.subject, m_flavour, m_client->versionNumber());
            statement.algorithm = rules::toString(plan.algorithm);
            locks = {"metadata_exclusive"};
            if (!plan.allowsWrites)
                locks.emplace_back("writes");
            // a replica begins with it when the primary has ended it, and then takes as long
            statement.delaysReplicas = plan.algorithm != rules::AlterPlan::Algorithm::Instant && m_preview.role != "standalone";
            break;
        }
        default:
            break;
        }
    }

    /// Sessions with transactions: those that hold metadata locks of the script's tables where the server keeps a list of these, the others by their age.
    void seeBlockers()
    {
        if (m_tables.empty())
            return;
        const auto rows = m_client->query("SELECT trx.trx_mysql_thread_id AS id, TIMESTAMPDIFF(SECOND, trx.trx_started, NOW()) AS age, trx.trx_rows_modified AS modified, processes.USER AS u,"
                                          " processes.HOST AS h, processes.COMMAND AS command, processes.INFO AS info FROM information_schema.INNODB_TRX trx"
                                          " JOIN information_schema.PROCESSLIST processes ON processes.ID = trx.trx_mysql_thread_id WHERE trx.trx_mysql_thread_id <> CONNECTION_ID()"
                                          " ORDER BY trx.trx_started LIMIT 500");
        if (!rows) {
            m_preview.notPermitted.emplace_back("transactions");
            return;
        }
        const auto held = metadataHolders();
        for (std::size_t i = 0; i < rows->rows.size() && m_preview.blockers.size() < maxBlockers; ++i) {
            wire::SqlPreviewBlocker blocker;
            blocker.id = number(rows->value(i, "id")).value_or(0);
            blocker.seconds = std::max<std::int64_t>(0, number(rows->value(i, "age")).value_or(0));
            blocker.rowsModified = number(rows->value(i, "modified")).value_or(0);
            blocker.user = rows->value(i, "u").value_or("");
            blocker.host = rows->value(i, "h").value_or("");
            if (rows->value(i, "command") != "Sleep")
                blocker.statement = withoutLiterals(rows->value(i, "info").value_or(""));
            blocker.kind = "transaction";
            if (held) {
                const auto found = held->find(blocker.id);
                if (found == held->end())
                    continue; // it has nothing of these tables
                blocker.kind = "metadata";
                blocker.object = found->second;
            }
            m_preview.blockers.push_back(std::move(blocker));
        }
    }

    /// By connection, one of the script's tables whose metadata lock it holds; nothing where the server keeps no list.
    std::optional<std::map<std::int64_t, std::string>> metadataHolders()
    {
        std::string tables;
        const bool mariaDb = m_client->isMariaDb();
        for (const auto &[schema, table] : m_tables)
            tables += (tables.empty() ? "(" : ", (") + m_client->quote(schema) + ", " + m_client->quote(table) + ')';
        const auto rows = m_client->query(mariaDb
            ? "SELECT THREAD_ID, CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) FROM information_schema.METADATA_LOCK_INFO WHERE (TABLE_SCHEMA, TABLE_NAME) IN (" + tables + ") LIMIT 10000"
            : "SELECT threads.PROCESSLIST_ID, CONCAT(locks.OBJECT_SCHEMA, '.', locks.OBJECT_NAME) FROM performance_schema.metadata_locks locks"
              " JOIN performance_schema.threads ON threads.THREAD_ID = locks.OWNER_THREAD_ID WHERE locks.OBJECT_TYPE = 'TABLE' AND locks.LOCK_STATUS = 'GRANTED'"
              " AND threads.PROCESSLIST_ID IS NOT NULL AND (locks.OBJECT_SCHEMA, locks.OBJECT_NAME) IN (" + tables + ") LIMIT 10000");
        if (!rows) {
            m_preview.notPermitted.emplace_back("metadata_locks");
            return std::nullopt;
        }
        std::map<std::int64_t, std::string> holders;
        for (const SqlRow &row : rows->rows)
            holders.emplace(number(row.at(0)).value_or(0), row.at(1).value_or(""));
        return holders;
    }

    const Config &m_config;
    const LocalInstance &m_instance;
    const wire::SqlPreviewArgs &m_args;
    const rules::GuardRole m_role;
    SqlChecks m_checks;
    rules::GuardFlavour m_flavour = rules::GuardFlavour::Unknown;
    std::unique_ptr<SqlClient> m_client;
    std::unique_ptr<SqlClient> m_writer;
    std::unique_ptr<SqlClient> m_reader;
    std::set<std::pair<std::string, std::string>> m_tables;
    wire::SqlPreview m_preview;
};

} // namespace

Result<wire::SqlPreview> previewScript(const Config &config, const LocalInstance &instance, const wire::SqlPreviewArgs &args, rules::GuardRole role)
{
    if (args.statements.empty() || args.statements.size() > maxStatements)
        return fail(errors::orderArgs, {{"detail", "1 to 10,000 statements"}});
    return Preview(config, instance, args, role).run();
}

} // namespace zandb::agent
