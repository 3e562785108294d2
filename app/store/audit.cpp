// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/audit.h"

namespace zandb::store {
namespace {

/// The first characters of UTF-8 text, at most as many as the column holds.
std::string_view cut(std::string_view text, std::size_t characters)
{
    std::size_t end = 0;
    while (end < text.size()) {
        const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
        if (begins && characters-- == 0)
            break;
        ++end;
    }
    return text.substr(0, end);
}

} // namespace

Result<void> auditAs(Session &session, std::string_view person, std::string_view act, std::string_view subject, const Json &detail)
{
    const auto done = session.execute("INSERT INTO audit (id, at_us, person, act, subject, detail) VALUES (?," + std::string(nowUs) + ",?,?,?,?)",
                                      {value(Uuid::v7()), value(cut(person, 100)), value(act), value(cut(subject, 255)), value(detail)});
    if (!done)
        return fail(done.error());
    return {};
}

Result<void> audit(Session &session, std::string_view act, std::string_view subject, const Json &detail)
{
    return auditAs(session, session.settings().person, act, subject, detail);
}

Result<std::vector<AuditEntry>> listAudit(Session &session, const AuditFilter &filter)
{
    std::string sql = "SELECT id, at_us, person, account, act, subject, detail FROM audit WHERE 1=1";
    std::vector<Value> arguments;
    if (filter.since) {
        sql += " AND at_us >= ?";
        arguments.push_back(value(*filter.since));
    }
    if (!filter.person.empty()) {
        sql += " AND person = ?";
        arguments.push_back(value(filter.person));
    }
    if (!filter.act.empty()) {
        sql += " AND (act = ? OR LEFT(act, CHAR_LENGTH(?)) = ?)";
        arguments.push_back(value(filter.act));
        arguments.insert(arguments.end(), 2, value(filter.act + '.'));
    }
    // ids sort by the writer's clock, instants are the store's
    const auto rows = session.query(sql + " ORDER BY at_us DESC, id DESC LIMIT " + std::to_string(filter.limit), arguments);
    if (!rows)
        return fail(rows.error());
    std::vector<AuditEntry> entries;
    for (const Row &row : *rows)
        entries.push_back({row.uuid(0), row.time(1), row.text(2), row.text(3), row.text(4), row.text(5), row.json(6)});
    return entries;
}

} // namespace zandb::store
