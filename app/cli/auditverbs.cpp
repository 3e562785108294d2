// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/store/audit.h"

namespace zandb::cli {
namespace {

Result<int> listAudit(Context &context, const Args &args)
{
    store::AuditFilter filter;
    const auto limit = args.number("limit", 200, 1, 100'000);
    const auto since = args.duration("since");
    if (!limit || !since)
        return fail(limit ? since.error() : limit.error());
    filter.limit = static_cast<int>(*limit) + 1; // one more tells whether there are more
    filter.person = args.option("person");
    filter.act = args.option("act");
    if (*since) {
        const auto now = context.session().now();
        if (!now)
            return fail(now.error());
        filter.since = *now - std::chrono::seconds{**since};
    }
    auto entries = store::listAudit(context.session(), filter);
    if (!entries)
        return fail(entries.error());
    cutTo(*entries, static_cast<std::size_t>(*limit), "audit entries");
    Json array = Json::array();
    Table table({"TIME", "PERSON", "ACCOUNT", "ACT", "SUBJECT", "DETAIL"});
    for (const store::AuditEntry &entry : *entries) {
        array.push_back({{"id", entry.id.toString()},
                         {"at", timeJson(entry.at)},
                         {"person", entry.person},
                         {"account", entry.account.empty() ? Json() : Json(entry.account)},
                         {"act", entry.act},
                         {"subject", entry.subject},
                         {"detail", entry.detail}});
        const auto shown = [](const std::string &text) { return text.empty() ? std::string("-") : text; };
        table.add({timeText(entry.at), shown(entry.person), shown(entry.account), entry.act, entry.subject,
                   entry.detail.empty() ? "-" : dumpJson(entry.detail)});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
}

} // namespace

std::vector<Verb> auditVerbs()
{
    return {
        {"audit", "list", "[--since TIME] [--person P] [--act ACT] [--limit N]", "who did what, newest first, and through which account of the store",
         {{"since", "person", "act", "limit"}, {}}, listAudit},
    };
}

} // namespace zandb::cli
