// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/store/migrations.h"
#include "models/schedule/zonetable.h"

#include <cmath>
#include <cstdio>

namespace zandb::cli {
namespace {

Result<int> migrateStore(Context &context, const Args &args)
{
    const auto upTo = args.number("to", 0, 0, 1'000'000);
    if (!upTo)
        return fail(upTo.error());
    std::vector<Error> notDone;
    const auto applied = store::migrate(context.session(), static_cast<int>(*upTo), &notDone);
    if (!applied)
        return fail(applied.error());
    if (!notDone.empty())
        warnLine("The roles zandb_viewer, zandb_operator, zandb_dispatcher and zandb_admin were not made or not brought up to date: this "
                 "account lacks CREATE USER, or the schema's rights WITH GRANT OPTION. Migrate again with one that has them.");
    context.print(Json{{"applied", *applied}, {"version", store::programVersion()}});
    if (!context.json()) {
        if (applied->empty())
            printLine("The store is up to date (version " + std::to_string(store::programVersion()) + ").");
        for (const int version : *applied)
            printLine("Applied migration " + std::to_string(version) + ".");
    }
    return exitOk;
}

Result<int> showStatus(Context &context, const Args &)
{
    const auto status = store::status(context.session());
    if (!status)
        return fail(status.error());
    const auto &s = context.settings().store;
    const std::string where = s.socket.empty() ? s.host + ":" + std::to_string(s.port) : s.socket.string();
    context.print(Json{{"version", status->version},
                       {"newest", status->newest},
                       {"min_program", status->minProgram},
                       {"server_version", status->serverVersion},
                       {"tls_cipher", status->tlsCipher},
                       {"store_id", idJson(status->storeId)},
                       {"store_epoch", idJson(status->storeEpoch)},
                       {"clock_offset_s", status->clockOffsetSeconds},
                       {"address", where},
                       {"schema", s.schema}});
    if (!context.json()) {
        char offset[40];
        std::snprintf(offset, sizeof offset, "%+.3f s", status->clockOffsetSeconds);
        Table table({"Store", where + "/" + s.schema});
        const bool isAsked = !status->serverVersion.empty(); // without a schema there is no session that could
        if (isAsked) {
            table.add({"Server", status->serverVersion});
            table.add({"TLS", status->tlsCipher.empty() ? "off" : status->tlsCipher});
        }
        table.add({"Schema version", status->version == 0 ? "none" : std::to_string(status->version)});
        table.add({"Newest known", std::to_string(status->newest)});
        if (isAsked)
            table.add({"Clock", offset});
        table.print();
        if (status->version == 0)
            printLine("There is no schema yet: run \"zandbctl store migrate\" with an account that may make it.");
        else if (status->version < status->newest)
            printLine("Run \"zandbctl store migrate\" to bring the schema up to date.");
    }
    return exitOk;
}

Result<int> setStore(Context &context, const Args &args)
{
    if (args.word(0) != "board-zone")
        return fail(usageError("what can be set is board-zone; not " + args.word(0)));
    const std::string zone = args.word(1);
    if (!ZoneTable::find(zone))
        return fail(usageError("no time zone is named \"" + zone + "\"; an example is Europe/Berlin"));
    if (const auto done = store::setBoardZone(context.session(), zone); !done)
        return fail(done.error());
    context.print(Json{{"board_zone", zone}});
    if (!context.json())
        printLine("A board day runs from noon to noon in " + zone + '.');
    return exitOk;
}

} // namespace

std::vector<Verb> storeVerbs()
{
    return {
        {"store", "migrate", "[--to VERSION]", "create the schema or bring it up to date", {{"to"}, {}}, migrateStore},
        {"store", "set", "board-zone ZONE", "the time zone of the board's days, e.g. Europe/Berlin (role admin)", {}, setStore, 2, 2},
        {"store", "status", "", "version, server, TLS and clock of the store", {}, showStatus},
    };
}

} // namespace zandb::cli
