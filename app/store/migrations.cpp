// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/migrations.h"

#include "app/store/audit.h"
#include "app/store/roles.h"
#include "models/schedule/zonetable.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>

#include <algorithm>

// the resource stands in a static library, so nothing would pull it in by itself
static void pullInMigrations()
{
    Q_INIT_RESOURCE(migrations);
}

namespace zandb::store {
namespace {

/// Statements of one migration run without the usual limit on time; the session gets it back at the end.
class WithoutLimit
{
public:
    explicit WithoutLimit(Session &session) : m_session(session) { m_session.setStatementLimit(std::chrono::seconds{0}); }
    ~WithoutLimit() { m_session.setStatementLimit(std::chrono::seconds{60}); }
    WithoutLimit(const WithoutLimit &) = delete;

private:
    Session &m_session;
};

bool isErrno(const Error &error, std::string_view wanted)
{
    const auto number = error.fields.find("errno");
    return error.is(errors::storeSql) && number != error.fields.end() && number->second == wanted;
}

bool isNoSuchTable(const Error &error)
{
    return isErrno(error, "1146");
}

/// A migration that was cut off is begun anew: the column (1060) or key (1061) an ALTER adds may be there already.
/// MySQL has no ADD COLUMN IF NOT EXISTS.
bool wasDoneBefore(std::string_view statement, const Error &error)
{
    return statement.starts_with("ALTER TABLE ") && (isErrno(error, "1060") || isErrno(error, "1061"));
}

/// The version in the store; 0 when there is no table that tells.
Result<int> storedVersion(Session &session)
{
    const auto rows = session.query("SELECT MAX(version) FROM schema_migration");
    if (!rows)
        return isNoSuchTable(rows.error()) ? Result<int>(0) : fail(rows.error());
    return rows->empty() ? 0 : static_cast<int>(rows->front().integer(0));
}

Result<void> apply(Session &session, const Migration &migration)
{
    for (const std::string &statement : splitStatements(migration.sql)) {
        if (auto done = session.execute(statement); !done && !wasDoneBefore(statement, done.error()))
            return fail(done.error());
    }
    auto recorded = session.execute("INSERT INTO schema_migration (version, name, sha256, applied_us, program) VALUES (?,?,?,"
                                        + std::string(nowUs) + ",?) ON DUPLICATE KEY UPDATE version = version",
                                    {value(migration.version), value(migration.name), value(migration.sha256),
                                     value("zandb " ZANDB_VERSION)});
    if (!recorded)
        return fail(recorded.error());
    return {};
}

/// The rows every store has.
Result<void> seed(Session &session)
{
    auto info = session.execute("INSERT INTO store_info (id, store_id, store_epoch, min_program, board_zone, created_us) "
                                "VALUES (1,?,?,1,?," + std::string(nowUs) + ") ON DUPLICATE KEY UPDATE id = id",
                                {value(Uuid::v7()), value(Uuid::v7()), value(systemZone())});
    if (!info)
        return fail(info.error());
    std::string rows = "('alert',0,0),('backup',0,0),('fleet',0,0),('fleet_state',0,0),('killed',0,0),('killer',0,0),('member',0,0),('run_progress',0,0),('slow',0,0),('snapshot',0,0),('task',0,0)";
    for (int shard = 0; shard < 16; ++shard)
        rows += ",('run'," + std::to_string(shard) + ",0)";
    auto feed = session.execute("INSERT INTO change_feed (topic, scope, version) VALUES " + rows
                                + " ON DUPLICATE KEY UPDATE version = version");
    if (!feed)
        return fail(feed.error());
    return {};
}

/// Creates the roles and brings what they may do to the list.  `revoked` receives the statements that took something away.
Result<void> makeRoles(Session &session, std::vector<Error> *notDone, Json &revoked)
{
    revoked = Json::array();
    bool escape = true;
    if (const auto revokes = session.query("SHOW VARIABLES LIKE 'partial_revokes'"); revokes && !revokes->empty())
        escape = revokes->front().text(1) != "ON"; // then MySQL takes the backslash for a part of the name
    /// Errors that are no fault of the store's.  1410: may not create users with GRANT
    const auto denied = [&](const Error &error, const char *what = "roles") {
        if (!error.is(errors::storeDenied) && !isErrno(error, "1410"))
            return false;
        if (notDone)
            notDone->push_back(makeError(errors::storeDenied, {{"what", what}}, error));
        return true;
    };
    const auto run = [&](const std::string &statement) -> Result<void> {
        const auto done = session.execute(statement);
        if (done || isNoSuchTable(done.error())) // a table of a migration that was not asked for yet
            return {};
        return fail(done.error());
    };
    for (const std::string &role : roleNames()) {
        if (const auto done = run("CREATE ROLE IF NOT EXISTS " + role); !done)
            return denied(done.error()) ? Result<void>() : done;
    }
    // what is too much goes first: a server that revokes a right of the whole table takes that of its columns too
    for (const std::string &role : roleNames()) {
        const auto surplus = surplusOf(session, role, escape);
        if (!surplus) {
            if (denied(surplus.error(), "surplus"))
                break; // it may grant without seeing what others were granted
            return fail(surplus.error());
        }
        for (const std::string &statement : *surplus) {
            if (const auto done = run(statement); !done)
                return denied(done.error()) ? Result<void>() : done;
            revoked.push_back(statement);
        }
    }
    for (const std::string &statement : roleStatements(session.settings().schema, escape)) {
        if (const auto done = run(statement); !done)
            return denied(done.error()) ? Result<void>() : done;
    }
    return {};
}

} // namespace

std::vector<Migration> migrations()
{
    pullInMigrations();
    std::vector<Migration> found;
    const QDir dir(QStringLiteral(":/migrations"));
    for (const QString &file : dir.entryList({QStringLiteral("*.sql")}, QDir::Files, QDir::Name)) {
        QFile source(dir.filePath(file));
        if (!source.open(QIODevice::ReadOnly))
            continue;
        const QByteArray sql = source.readAll();
        const QString base = file.chopped(4);
        found.push_back({base.section(QLatin1Char('_'), 0, 0).toInt(), base.section(QLatin1Char('_'), 1).toStdString(),
                         sql.toStdString(), QCryptographicHash::hash(sql, QCryptographicHash::Sha256).toHex().toStdString()});
    }
    std::ranges::sort(found, {}, &Migration::version);
    return found;
}

int programVersion()
{
    static const int version = [] {
        const auto all = migrations();
        return all.empty() ? 0 : all.back().version;
    }();
    return version;
}

std::vector<std::string> splitStatements(std::string_view sql)
{
    std::vector<std::string> statements;
    std::string current;
    while (!sql.empty()) {
        const std::size_t end = std::min(sql.find('\n'), sql.size());
        std::string_view line = sql.substr(0, end);
        sql.remove_prefix(std::min(end + 1, sql.size()));
        if (const auto comment = line.find("-- "); comment != std::string_view::npos)
            line = line.substr(0, comment);
        while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r'))
            line.remove_suffix(1);
        if (line.empty())
            continue;
        const bool last = line.back() == ';';
        current += last ? line.substr(0, line.size() - 1) : line;
        current += '\n';
        if (last) {
            current.pop_back();
            statements.push_back(std::move(current));
            current.clear();
        }
    }
    if (current.find_first_not_of(" \n") != std::string::npos)
        statements.push_back(std::move(current));
    return statements;
}

Result<void> setBoardZone(Session &session, std::string_view zone)
{
    return session.transaction([&]() -> Result<void> {
        const auto done = session.execute("UPDATE store_info SET board_zone=? WHERE id=1", {value(zone)});
        if (!done)
            return fail(done.error());
        if (auto audited = audit(session, "store.board_zone", zone); !audited)
            return audited;
        return raiseFeed(session, "fleet");
    });
}

Result<StoreStatus> status(Session &session)
{
    StoreStatus status;
    status.newest = programVersion();
    const auto server = session.server();
    if (!server) {
        if (server.error().is(errors::storeSchemaMissing))
            return status;
        return fail(server.error());
    }
    status.serverVersion = server->version;
    status.tlsCipher = server->tlsCipher;
    const auto before = systemNow();
    const auto now = session.now();
    if (!now)
        return fail(now.error());
    status.clockOffsetSeconds = std::chrono::duration<double>(*now - (before + (systemNow() - before) / 2)).count();
    const auto version = storedVersion(session);
    if (!version)
        return fail(version.error());
    status.version = *version;
    const auto info = session.query("SELECT store_id, store_epoch, min_program FROM store_info WHERE id = 1");
    if (!info)
        return isNoSuchTable(info.error()) ? Result<StoreStatus>(status) : fail(info.error());
    if (!info->empty()) {
        status.storeId = info->front().uuid(0);
        status.storeEpoch = info->front().uuid(1);
        status.minProgram = static_cast<int>(info->front().integer(2));
    }
    if (status.version >= 2) { // the column's migration
        const auto resume = session.query("SELECT resume_from_us FROM store_info WHERE id = 1");
        if (!resume)
            return fail(resume.error());
        if (!resume->empty())
            status.resumeFrom = resume->front().optionalTime(0);
    }
    return status;
}

Result<std::vector<int>> migrate(Session &session, int upTo, std::vector<Error> *notDone)
{
    const WithoutLimit patience(session);
    if (auto made = session.createSchema(); !made)
        return fail(made.error());
    const auto before = storedVersion(session);
    if (!before)
        return fail(before.error());
    if (*before > 0) {
        const auto info = session.query("SELECT min_program FROM store_info WHERE id = 1");
        if (info && !info->empty() && info->front().integer(0) > programVersion())
            return fail(errors::storeSchemaTooNew, {{"min_program", info->front().text(0)}, {"mine", std::to_string(programVersion())}});
    }
    std::vector<int> applied;
    for (const Migration &migration : migrations()) {
        if (migration.version <= *before || (upTo > 0 && migration.version > upTo))
            continue;
        if (auto done = apply(session, migration); !done)
            return fail(done.error());
        applied.push_back(migration.version);
    }
    if (*before == 0 && applied.empty())
        return applied;
    if (auto seeded = seed(session); !seeded)
        return fail(seeded.error());
    Json detail{{"applied", applied}};
    if (auto roles = makeRoles(session, notDone, detail["revoked"]); !roles)
        return fail(roles.error());
    if (!applied.empty() || !detail["revoked"].empty()) {
        if (auto audited = audit(session, "store.migrate", "store", detail); !audited)
            return fail(audited.error());
    }
    return applied;
}

} // namespace zandb::store
