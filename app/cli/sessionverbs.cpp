// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/execution.h"
#include "app/cli/targets.h"
#include "app/sessions/sessionservice.h"

#include <algorithm>
#include <charconv>

namespace zandb::cli {
namespace {

std::string blockedText(const wire::Session &session)
{
    std::string text;
    for (const auto &block : session.blockedBy)
        text += (text.empty() ? "" : ", ") + std::to_string(block.by) + " (" + block.kind + (block.object.empty() ? "" : " " + printable(block.object)) + ")";
    return text.empty() ? "-" : text;
}

Json sessionJson(const wire::Session &s)
{
    Json blocked = Json::array();
    for (const auto &block : s.blockedBy)
        blocked.push_back({{"id", block.by}, {"kind", block.kind}, {"object", block.object}});
    return {{"id", s.id}, {"user", s.user}, {"host", s.host}, {"schema", s.schema}, {"command", s.command}, {"state", s.state}, {"seconds", s.seconds},
            {"statement", s.statement}, {"transaction_s", s.transactionSeconds ? Json(*s.transactionSeconds) : Json()}, {"rows_modified", s.rowsModified},
            {"blocked_by", blocked}, {"blocks", s.blocks}, {"protected", s.protection.empty() ? Json() : Json(s.protection)}};
}

Result<int> processList(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto limit = args.number("limit", 200, 1, 1000);
    if (!limit)
        return fail(limit.error());
    const auto instances = reachInstances(context, *fleet, args.words());
    if (!instances)
        return fail(instances.error());
    const auto lists = sessions::listSessions(context.pool(), *fleet, *instances, {args.flag("idle"), static_cast<int>(*limit)});
    Json array = Json::array();
    Table table({"INSTANCE", "ID", "USER", "HOST", "SCHEMA", "COMMAND", "TIME", "TRX", "BLOCKS", "BLOCKED BY", "STATE", "STATEMENT"}, {1, 6, 7, 8});
    std::size_t rows = 0, failed = 0;
    for (const auto &[id, path, list] : lists) {
        if (!list) {
            ++failed;
            array.push_back({{"instance", path}, {"error", errorToJson(list.error())}});
            warnLine(path + ": " + errorLine(list.error()));
            continue;
        }
        Json entries = Json::array();
        for (const wire::Session &s : list->sessions) {
            entries.push_back(sessionJson(s));
            table.add({path, std::to_string(s.id), printable(s.user), printable(s.host), s.schema.empty() ? "-" : printable(s.schema), printable(s.command),
                       std::to_string(s.seconds) + " s", s.transactionSeconds ? std::to_string(*s.transactionSeconds) + " s" : "-", s.blocks > 0 ? std::to_string(s.blocks) : "-",
                       blockedText(s), s.state.empty() ? "-" : printable(s.state), s.statement.empty() ? "-" : printable(s.statement)});
            ++rows;
        }
        array.push_back({{"instance", path}, {"at", timeJson(list->at)}, {"sessions", std::move(entries)}, {"more", list->more}, {"idle", list->idle},
                         {"not_permitted", list->notPermitted}});
        if (!context.json()) {
            if (list->more > 0)
                warnLine(path + ": " + std::to_string(list->more) + " more sessions are not listed; --limit N lists more.");
            for (const std::string &what : list->notPermitted)
                warnLine(path + ": " + what + " are not known there: the account may not see them, or the server keeps no list.");
        }
    }
    context.print(array);
    if (!context.json() && rows > 0)
        table.print();
    else if (!context.json() && failed < lists.size())
        printLine("No session does anything; --idle lists those that wait for their clients too.");
    return failed == 0 ? exitOk : exitFailed;
}

Result<std::int64_t> sessionId(const std::string &word)
{
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), id);
    if (error != std::errc() || end != word.data() + word.size() || id <= 0)
        return fail(usageError("\"" + word + "\" is no id of a session; zandbctl processlist lists them"));
    return id;
}

struct Found
{
    Fleet fleet;
    Uuid instance;
    std::string path;
    wire::Session session;
    TimePoint at{};
};

/// The session that two words name: HOST/INSTANCE and its id.
Result<Found> findSession(Context &context, const Args &args)
{
    auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const InstanceRecord *record = fleet->instanceByPath(args.word(0));
    if (!record)
        return fail(errors::notFound, {{"what", "instance"}, {"name", args.word(0)}});
    const auto id = sessionId(args.word(1));
    if (!id)
        return fail(id.error());
    const Host *host = fleet->host(record->instance.hostId);
    if (!host)
        return fail(errors::notFound, {{"what", "host"}, {"name", args.word(0)}});
    context.pool().setHosts({remote::addressOf(*host)});
    auto lists = sessions::listSessions(context.pool(), *fleet, {record->instance.id}, {true, 1000});
    if (!lists.front().list)
        return fail(lists.front().list.error());
    const auto &sessions = lists.front().list->sessions;
    const auto session = std::ranges::find(sessions, *id, &wire::Session::id);
    if (session == sessions.end())
        return fail(errors::notFound, {{"what", "session"}, {"name", args.word(0) + " " + args.word(1)}});
    Found found{std::move(*fleet), record->instance.id, lists.front().path, *session, lists.front().list->at};
    return found;
}

Result<int> showSession(Context &context, const Args &args)
{
    const auto found = findSession(context, args);
    if (!found)
        return fail(found.error());
    Json json = sessionJson(found->session);
    std::string text;
    if (found->session.command != "Sleep") {
        const auto read = sessions::readStatement(context.session(), context.pool(), found->fleet, found->instance, found->session.id, found->session.user);
        if (!read)
            return fail(read.error());
        text = *read;
    }
    json["statement"] = bytesToJson(text);
    context.print(json);
    if (context.json())
        return exitOk;
    Table table({"session", std::to_string(found->session.id) + " on " + found->path});
    for (const auto &[key, value] : json.items()) {
        if (key != "id" && key != "statement" && !value.is_null() && !value.is_structured())
            table.add({key, value.is_string() ? printable(value.get<std::string>()) : dumpJson(value)});
    }
    table.add({"blocked by", blockedText(found->session)});
    table.print();
    if (!text.empty())
        printLine(printable(text, true));
    return exitOk;
}

Result<int> killOne(Context &context, const Args &args)
{
    const auto found = findSession(context, args);
    if (!found)
        return fail(found.error());
    const bool connection = args.flag("connection");
    const auto &s = found->session;
    const std::string what = (connection ? "the connection " : "the statement of connection ") + std::to_string(s.id) + " of " + printable(s.user) + "@" + printable(s.host)
        + " on " + found->path + (s.statement.empty() ? "" : ": " + printable(s.statement));
    if (!args.flag("yes")) {
        std::string loses = s.rowsModified > 0 ? " Its transaction has changed " + std::to_string(s.rowsModified) + " rows, which are undone." : "";
        if (!connection)
            loses.clear(); // only its statement's changes are undone
        return fail(usageError("this would kill " + what + "." + loses + " Say --yes to do it"));
    }
    if (const auto done = sessions::killSession(context.session(), context.pool(), found->fleet, found->instance, s, found->at, connection); !done)
        return fail(done.error());
    context.print(Json{{"instance", found->path}, {"id", s.id}, {"killed", connection ? "connection" : "query"}});
    if (!context.json())
        printLine("Killed " + what + ".");
    return exitOk;
}

} // namespace

std::vector<Verb> sessionVerbs()
{
    return {
        {"processlist", "", "[GROUP | HOST | HOST/INSTANCE]... [--idle] [--limit N]", "what sessions do now on these instances, or on all, and who blocks whom",
         {{"limit"}, {"idle"}}, processList, 0, 1000},
        {"session", "show", "HOST/INSTANCE ID", "one session with its whole statement (role operator)", {}, showSession, 2, 2},
        {"session", "kill", "HOST/INSTANCE ID [--connection] --yes", "kill a session's statement, or its connection (role operator)",
         {{}, {"connection", "yes"}}, killOne, 2, 2},
    };
}

} // namespace zandb::cli
