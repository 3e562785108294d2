// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/fleet/keyservice.h"
#include "app/platform/input.h"
#include "app/store/audit.h"

#include <algorithm>

namespace zandb::cli {
namespace {

/// The host of --host, known to the pool.
Result<Uuid> chosenHost(Context &context, const Args &args)
{
    if (!args.has("host"))
        return fail(usageError("--host is missing"));
    const auto host = context.host(args.option("host"));
    if (!host)
        return fail(host.error());
    context.pool().setHosts({remote::addressOf(*host)});
    return host->id;
}

/// The first line of a public key file, without its comment.  A private key given by mistake is refused and not sent.
Result<std::string> readPublicKey(const std::string &file)
{
    const auto text = readFile(file, 64 * 1024);
    if (!text || text->empty())
        return fail(usageError("cannot read the public key file " + file + (text ? ": it is empty" : ": " + text.error().fields.at("detail"))));
    const std::string line = text->substr(0, text->find('\n'));
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
    const auto host = chosenHost(context, args);
    if (!host)
        return fail(host.error());
    const auto keys = fleet::listKeys(context.pool(), *host);
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
    const std::string user = args.option("user");
    const std::string role = args.option("role");
    if (user.empty())
        return fail(usageError("give --user, --role and one public key file"));
    const auto key = readPublicKey(args.word(0));
    if (!key)
        return fail(key.error());
    const auto host = chosenHost(context, args);
    if (!host)
        return fail(host.error());
    // one key has one line, and whoever held it would lose what it stood for: the only administrator perhaps
    const auto keys = fleet::listKeys(context.pool(), *host);
    if (!keys)
        return fail(keys.error());
    const auto held = std::ranges::find(*keys, *key, &wire::KeyLine::publicKey);
    if (held != keys->end() && (held->user != user || held->role != role) && !args.flag("replace"))
        return fail(usageError("this key may enter " + args.option("host") + " already, as " + held->user + " with the role " + held->role
                               + "; with --replace it is " + user + "'s as " + role + " instead"));
    // before it is sent: what was tried is known, whatever becomes of it
    const Json what{{"user", user}, {"role", role}, {"key", key->substr(0, 200)}};
    if (const auto audited = store::audit(context.session(), "key.add", args.option("host"), what); !audited)
        return fail(audited.error());
    if (const auto added = fleet::addKey(context.pool(), *host, user, role, *key); !added)
        return fail(added.error());
    context.print(Json{{"host", args.option("host")}, {"user", user}, {"role", role}, {"added", true}});
    if (!context.json())
        printLine("The key of " + user + " may enter " + args.option("host") + " as " + role + ".");
    return exitOk;
}

Result<int> revokeKey(Context &context, const Args &args)
{
    const std::string user = args.option("user");
    if (user.empty())
        return fail(usageError("--user is missing"));
    std::string key = args.option("key");
    if (args.words().size() == 1) {
        const auto read = readPublicKey(args.word(0));
        if (!read)
            return fail(read.error());
        key = *read;
    }
    const auto host = chosenHost(context, args);
    if (!host)
        return fail(host.error());
    const Json what{{"user", user}, {"key", key.substr(0, 200)}};
    if (const auto audited = store::audit(context.session(), "key.revoke", args.option("host"), what); !audited)
        return fail(audited.error());
    const auto removed = fleet::revokeKeys(context.pool(), *host, user, key);
    if (!removed)
        return fail(removed.error());
    const int count = *removed;
    context.print(Json{{"host", args.option("host")}, {"user", user}, {"removed", count}});
    if (!context.json())
        printLine("Removed " + std::to_string(count) + (count == 1 ? " key of " : " keys of ") + user + " on " + args.option("host") + ".");
    return exitOk;
}

} // namespace

std::vector<Verb> keyVerbs()
{
    return {
        {"key", "list", "--host H", "whose keys may enter a host, and as what", {{"host"}, {}}, listKeys},
        {"key", "add", "--host H --user U --role viewer|operator|admin|dispatcher [--replace] FILE.pub", "let a key enter a host (role admin)",
         {{"host", "user", "role"}, {"replace"}}, addKey, 1, 1},
        {"key", "revoke", "--host H --user U [FILE.pub | --key SHA256:...]", "take a user's keys off a host; live channels end within 60 s",
         {{"host", "user", "key"}, {}}, revokeKey, 0, 1},
    };
}

} // namespace zandb::cli
