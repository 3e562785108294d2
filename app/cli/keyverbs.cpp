// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace zandb::cli {
namespace {

using namespace std::chrono_literals;

Result<Json> callHost(Context &context, const Args &args, const std::string &method, Json params)
{
    if (!args.has("host"))
        return fail(usageError("--host is missing"));
    const auto host = context.host(args.option("host"));
    if (!host)
        return fail(host.error());
    context.pool().setHosts({remote::addressOf(*host)});
    return context.pool().callAndWait(host->id, method, std::move(params), 30s);
}

/// The first line of a public key file, without its comment.  A private key given by mistake is refused and not sent.
Result<std::string> readPublicKey(const std::string &file)
{
    std::ifstream in(file);
    std::string line;
    if (!in || !std::getline(in, line))
        return fail(usageError("cannot read the public key file " + file));
    if (line.find("PRIVATE KEY") != std::string::npos)
        return fail(usageError(file + " is a private key; give the file that ends in .pub"));
    const auto first = line.find(' ');
    const auto second = first == std::string::npos ? first : line.find(' ', first + 1);
    if (first == std::string::npos || line.size() > 16384)
        return fail(usageError(file + " does not hold a public key like \"ssh-ed25519 AAAA...\""));
    return line.substr(0, second);
}

Result<int> listKeys(Context &context, const Args &args)
{
    const auto answer = callHost(context, args, "keys.list", Json::object());
    if (!answer)
        return fail(answer.error());
    const auto keys = decode<std::vector<wire::KeyLine>>(answer->value("keys", Json()));
    if (!keys)
        return fail(keys.error());
    Json array = Json::array();
    Table table({"USER", "ROLE", "FINGERPRINT", "TYPE"});
    for (const auto &key : *keys) {
        array.push_back({{"user", key.user}, {"role", key.role}, {"fingerprint", key.fingerprint}, {"public_key", key.publicKey}});
        table.add({key.user, key.role, key.fingerprint, key.publicKey.substr(0, key.publicKey.find(' '))});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
}

Result<int> addKey(Context &context, const Args &args)
{
    wire::KeyLine line;
    line.user = args.option("user");
    line.role = args.option("role");
    if (line.user.empty() || args.words().size() != 1)
        return fail(usageError("give --user, --role and one public key file"));
    const std::vector<std::string> roles{"viewer", "operator", "admin", "dispatcher"};
    if (std::find(roles.begin(), roles.end(), line.role) == roles.end())
        return fail(usageError("--role is one of viewer, operator, admin, dispatcher"));
    const auto key = readPublicKey(args.word(0));
    if (!key)
        return fail(key.error());
    line.publicKey = *key;
    if (const auto added = callHost(context, args, "keys.add", Json(line)); !added)
        return fail(added.error());
    context.print(Json{{"host", args.option("host")}, {"user", line.user}, {"role", line.role}, {"added", true}});
    if (!context.json())
        printLine("The key of " + line.user + " may enter " + args.option("host") + " as " + line.role + ".");
    return exitOk;
}

Result<int> revokeKey(Context &context, const Args &args)
{
    const std::string user = args.option("user");
    if (user.empty())
        return fail(usageError("--user is missing"));
    Json params{{"user", user}};
    if (args.words().size() == 1) {
        const auto key = readPublicKey(args.word(0));
        if (!key)
            return fail(key.error());
        params["key"] = *key;
    } else if (args.has("key")) {
        params["key"] = args.option("key");
    }
    const auto answer = callHost(context, args, "keys.revoke", std::move(params));
    if (!answer)
        return fail(answer.error());
    const Json removed = answer->value("removed", Json(0));
    const auto count = removed.is_number_integer() ? removed.get<std::int64_t>() : 0;
    context.print(Json{{"host", args.option("host")}, {"user", user}, {"removed", count}});
    if (!context.json())
        printLine("Removed " + std::to_string(count) + (count == 1 ? " key of " : " keys of ") + user + " on " + args.option("host") + ".");
    return count > 0 ? exitOk : exitFailed;
}

} // namespace

std::vector<Verb> keyVerbs()
{
    return {
        {"key", "list", "--host H", "whose keys may enter a host, and as what", {{"host"}, {}}, listKeys},
        {"key", "add", "--host H --user U --role viewer|operator|admin|dispatcher FILE.pub", "let a key enter a host (role admin)",
         {{"host", "user", "role"}, {}}, addKey},
        {"key", "revoke", "--host H --user U [FILE.pub | --key SHA256:...]", "take a user's keys off a host; live channels end within 60 s",
         {{"host", "user", "key"}, {}}, revokeKey},
    };
}

} // namespace zandb::cli
