// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/alerts/channelrepository.h"
#include "app/cli/channels.h"
#include "app/platform/input.h"
#include "app/platform/savesettings.h"
#include "app/platform/sealing.h"
#include "app/workflow/memberrepository.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace zandb::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t mostSecretBytes = 4096;

/// Texts of ChannelSettings and their options.
struct TextOption
{
    const char *name;
    std::string ChannelSettings::*member;
};
constexpr TextOption textOptions[] = {
    {"url", &ChannelSettings::url},         {"format", &ChannelSettings::format},
    {"from", &ChannelSettings::from},       {"user", &ChannelSettings::user},
    {"account", &ChannelSettings::account}, {"sign-name", &ChannelSettings::signName},
    {"template-code", &ChannelSettings::templateCode}, {"template-param", &ChannelSettings::templateParam},
    {"program", &ChannelSettings::program},
};

std::string kindNames()
{
    std::string names;
    for (const ChannelKind &kind : channelKinds())
        names += (names.empty() ? "" : ", ") + std::string(kind.name);
    return names;
}

Result<Channel> findChannel(Context &context, const std::string &name)
{
    const auto channels = alerts::loadChannels(context.session());
    if (!channels)
        return fail(channels.error());
    const auto found = std::ranges::find(*channels, name, &Channel::name);
    return found == channels->end() ? Result<Channel>(fail(errors::notFound, {{"what", "channel"}, {"name", name}})) : Result<Channel>(*found);
}

/// Whether each secret is set is said; what it is never.
Json channelJson(const Channel &channel, std::int64_t waiting)
{
    Json secrets = Json::object();
    if (const ChannelKind *kind = channelKind(channel.kind)) {
        for (const auto *list : {&kind->secrets, &kind->optionalSecrets}) {
            for (const std::string_view name : *list)
                secrets[std::string(name)] = channel.sealed.contains(std::string(name));
        }
    }
    return {{"id", channel.id.toString()}, {"name", channel.name}, {"kind", channel.kind}, {"enabled", channel.enabled}, {"settings", channel.settings},
            {"secrets_set", secrets}, {"key", channel.keyId}, {"waiting", waiting}, {"revision", channel.revision}, {"editor", channel.editor},
            {"edited", timeJson(channel.editedAt)}};
}

std::string whereTo(const Channel &channel)
{
    const ChannelSettings &settings = channel.settings;
    std::string to;
    for (const std::string &one : settings.to)
        to += (to.empty() ? "" : ", ") + one;
    if (!to.empty())
        return to;
    const ChannelKind *kind = channelKind(channel.kind);
    return !settings.program.empty() ? settings.program : !settings.url.empty() ? settings.url : kind ? std::string(kind->address) : "";
}

Result<int> listChannels(Context &context, const Args &)
{
    const auto channels = alerts::loadChannels(context.session());
    const auto waiting = channels ? alerts::waitingMessages(context.session()) : fail(channels.error());
    if (!waiting)
        return fail(waiting.error());
    Json array = Json::array();
    Table table({"CHANNEL", "KIND", "ON", "TO", "WAITING", "SECRETS", "BY", "SINCE"}, {4});
    for (const Channel &channel : *channels) {
        const auto waits = waiting->find(channel.id);
        const std::int64_t count = waits == waiting->end() ? 0 : waits->second;
        array.push_back(channelJson(channel, count));
        std::string secrets;
        const ChannelKind *kind = channelKind(channel.kind);
        for (const std::string_view name : kind ? kind->secrets : std::vector<std::string_view>()) {
            if (!channel.sealed.contains(std::string(name)))
                secrets += (secrets.empty() ? "" : ", ") + std::string(name) + " is missing";
        }
        table.add({channel.name, channel.kind, channel.enabled ? "yes" : "no", whereTo(channel), std::to_string(count), secrets.empty() ? "set" : secrets, channel.editor,
                   timeText(channel.editedAt)});
    }
    context.print(array);
    if (!context.json() && channels->empty())
        printLine("There is no channel. zandbctl channel add NAME --kind KIND makes one; kinds are " + kindNames() + '.');
    else if (!context.json())
        table.print();
    return exitOk;
}

/// The channel with what the options say, secrets sealed.
Result<Channel> changed(Context &context, Channel channel, const Args &args)
{
    for (const auto &[name, member] : textOptions) {
        if (args.has(name))
            channel.settings.*member = args.option(name);
    }
    if (args.has("to")) {
        channel.settings.to = args.list("to");
        std::erase(channel.settings.to, std::string());
    }
    for (const auto &[name, member] : {std::pair{"wait", &ChannelSettings::waitSeconds}, std::pair{"max-wait", &ChannelSettings::maxWaitSeconds}}) {
        const auto seconds = args.duration(name);
        if (!seconds)
            return fail(seconds.error());
        if (*seconds)
            channel.settings.*member = static_cast<int>(std::clamp<std::int64_t>(**seconds, 0, 100'000));
    }
    const auto perMinute = args.number("per-minute", channel.settings.perMinute, 1, 20);
    if (!perMinute)
        return fail(perMinute.error());
    channel.settings.perMinute = static_cast<int>(*perMinute);
    if (args.flag("on") && args.flag("off"))
        return fail(usageError("either --on or --off"));
    if (args.flag("on") || args.flag("off"))
        channel.enabled = args.flag("on");
    if (const auto problem = problemOf(channel))
        return fail(usageError(*problem));
    const ChannelKind &kind = *channelKind(channel.kind);
    for (const std::string &given : args.list("secret")) {
        const auto equals = given.find('=');
        const std::string name = given.substr(0, equals);
        const bool known = std::ranges::find(kind.secrets, name) != kind.secrets.end() || std::ranges::find(kind.optionalSecrets, name) != kind.optionalSecrets.end();
        if (equals == given.npos || !known) {
            std::string names;
            for (const auto *list : {&kind.secrets, &kind.optionalSecrets}) {
                for (const std::string_view one : *list)
                    names += (names.empty() ? "" : ", ") + std::string(one);
            }
            return fail(usageError("--secret is NAME=FILE, FILE may be - for standard input; secrets of this kind: " + (names.empty() ? "none" : names)));
        }
        const std::string file = given.substr(equals + 1) == "-" ? "/dev/stdin" : given.substr(equals + 1);
        auto secret = readFile(file, mostSecretBytes);
        if (!secret)
            return fail(secret.error());
        while (!secret->empty() && (secret->back() == '\n' || secret->back() == '\r'))
            secret->pop_back();
        if (secret->empty())
            return fail(usageError("the secret " + name + " is empty"));
        const std::string before = channel.keyId;
        const bool held = !channel.sealed.empty();
        if (auto sealed = alerts::sealInto(context.session(), channel, name, *secret); !sealed)
            return fail(sealed.error());
        if (held && before != channel.keyId)
            warnLine("The fleet has another channel key now; the other secrets of " + channel.name + " have to be set again.");
    }
    return channel;
}

Result<int> printed(Context &context, const std::string &name, const std::string &line)
{
    const auto after = findChannel(context, name);
    if (!after)
        return fail(after.error());
    context.print(channelJson(*after, 0));
    if (!context.json()) {
        printLine(line);
        for (const std::string_view secret : channelKind(after->kind)->secrets) {
            if (!after->sealed.contains(std::string(secret)))
                warnLine("It sends nothing before its secret is set: zandbctl channel set " + name + " --secret " + std::string(secret) + "=FILE");
        }
    }
    return exitOk;
}

Result<int> addChannel(Context &context, const Args &args)
{
    Channel channel;
    channel.id = Uuid::v7();
    channel.name = args.word(0);
    channel.kind = args.option("kind");
    if (!channelKind(channel.kind))
        return fail(usageError("--kind is one of " + kindNames()));
    if (channel.kind.starts_with("sms-"))
        channel.settings.perMinute = 1;
    auto made = changed(context, channel, args);
    if (!made)
        return fail(made.error());
    if (auto set = alerts::setChannel(context.session(), *made, 0); !set)
        return fail(set.error());
    return printed(context, channel.name, "Channel " + channel.name + " is there. Try it with zandbctl channel test " + channel.name + '.');
}

Result<int> setChannel(Context &context, const Args &args)
{
    const auto channel = findChannel(context, args.word(0));
    if (!channel)
        return fail(channel.error());
    if (args.has("kind"))
        return fail(usageError("the kind of a channel stays; add another channel"));
    auto made = changed(context, *channel, args);
    if (!made)
        return fail(made.error());
    if (auto set = alerts::setChannel(context.session(), *made, channel->revision); !set)
        return fail(set.error());
    return printed(context, channel->name, "Channel " + channel->name + " is changed.");
}

Result<int> removeChannel(Context &context, const Args &args)
{
    const auto channel = findChannel(context, args.word(0));
    if (!channel)
        return fail(channel.error());
    const auto rules = alerts::loadRules(context.session());
    if (!rules)
        return fail(rules.error());
    for (const AlertRule &rule : *rules) {
        if (std::ranges::find(rule.channels, channel->id) != rule.channels.end())
            return fail(usageError("the rule " + rule.name + " names it; change or remove the rule first: zandbctl alert rule"));
    }
    if (auto removed = alerts::removeChannel(context.session(), *channel); !removed)
        return fail(removed.error());
    context.print(Json{{"removed", channel->id.toString()}});
    if (!context.json())
        printLine("Channel " + channel->name + " is removed.");
    return exitOk;
}

Json deliveryJson(const Delivery &delivery)
{
    return {{"id", delivery.id.toString()}, {"channel", delivery.channel}, {"state", delivery.state}, {"messages", delivery.messages}, {"title", delivery.title},
            {"created", timeJson(delivery.createdAt)}, {"attempts", delivery.attempts}, {"next_try", timeJson(delivery.nextTry)}, {"ended", timeJson(delivery.endedAt)},
            {"status", delivery.status}, {"answer", delivery.answer}, {"error", errorsJson(delivery.error)}};
}

Result<int> testChannel(Context &context, const Args &args)
{
    const auto channel = findChannel(context, args.word(0));
    const auto patience = args.duration("wait");
    if (!channel || !patience)
        return fail(channel ? patience.error() : channel.error());
    store::Session &session = context.session();
    const auto members = workflow::loadMembers(session);
    if (!members)
        return fail(members.error());
    if (std::ranges::none_of(members->members, [&](const workflow::Member &member) { return members->alive(member.id); }))
        return fail(errors::noExecutor);
    const auto message = alerts::askForTest(session, *channel);
    if (!message)
        return fail(message.error());
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(patience->value_or(60));
    std::optional<Delivery> told;
    while (std::chrono::steady_clock::now() < until && (!told || told->attempts == 0)) {
        std::this_thread::sleep_for(250ms);
        const auto found = alerts::loadDeliveries(session, {.message = *message});
        if (!found)
            return fail(found.error());
        if (!found->empty())
            told = found->front();
    }
    if (!told || told->attempts == 0)
        return fail(errors::timeout, {{"what", "the test of channel " + channel->name}, {"seconds", std::to_string(patience->value_or(60))}});
    context.print(deliveryJson(*told));
    if (!context.json())
        printLine(told->error ? "Channel " + channel->name + " did not take it: " + errorLine(*told->error)
                              : "Channel " + channel->name + " took it" + (told->answer.empty() ? "." : ": " + told->answer));
    return told->error ? exitFailed : exitOk;
}

Result<int> showLog(Context &context, const Args &args)
{
    const auto limit = args.number("limit", 50, 1, 10'000);
    if (!limit)
        return fail(limit.error());
    alerts::DeliveryFilter filter;
    filter.limit = static_cast<int>(*limit) + 1;
    if (!args.word(0).empty()) {
        const auto channel = findChannel(context, args.word(0));
        if (!channel)
            return fail(channel.error());
        filter.channel = channel->id;
    }
    auto deliveries = alerts::loadDeliveries(context.session(), filter);
    if (!deliveries)
        return fail(deliveries.error());
    cutTo(*deliveries, static_cast<std::size_t>(*limit), "deliveries");
    Json array = Json::array();
    Table table({"MADE", "CHANNEL", "STATE", "ALERTS", "TRIES", "TITLE", "ANSWER"}, {3, 4});
    for (const Delivery &delivery : *deliveries) {
        Json json = deliveryJson(delivery);
        if (args.flag("tries")) {
            const auto tries = alerts::loadTries(context.session(), delivery.id);
            if (!tries)
                return fail(tries.error());
            json["tries"] = Json::array();
            for (const alerts::DeliveryTry &one : *tries)
                json["tries"].push_back({{"attempt", one.attempt}, {"at", timeJson(one.at)}, {"took_s", std::chrono::duration<double>(one.took).count()},
                                         {"status", one.status}, {"answer", one.answer}, {"error", errorsJson(one.error)}});
        }
        array.push_back(std::move(json));
        table.add({timeText(delivery.createdAt), delivery.channel, delivery.state, std::to_string(delivery.messages), std::to_string(delivery.attempts), delivery.title,
                   delivery.error ? errorLine(*delivery.error) : delivery.answer});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
}

Result<int> makeKey(Context &context, const Args &args)
{
    store::Session &session = context.session();
    const auto held = alerts::publicKey(session);
    if (!held)
        return fail(held.error());
    if (!args.has("out")) {
        context.print(Json{{"key", held->empty() ? Json() : Json(sealing::keyId(*held))}, {"public_key", held->empty() ? Json() : Json(*held)}});
        if (!context.json())
            printLine(held->empty() ? "There is no channel key yet. zandbctl channel key --out FILE makes one." : "The channel key is " + sealing::keyId(*held) + '.');
        return exitOk;
    }
    if (!held->empty() && !args.flag("replace"))
        return fail(usageError("the fleet has the channel key " + sealing::keyId(*held) + " already; with --replace every secret of every channel has to be set again"));
    const std::filesystem::path file = args.option("out");
    if (std::error_code ignored; std::filesystem::exists(file, ignored))
        return fail(usageError(file.string() + " exists already"));
    const auto keys = sealing::makeKeys();
    if (!keys)
        return fail(keys.error());
    // first the half that nobody else has: without it the store's would lock everybody out
    if (auto saved = saveSecret(std::filesystem::absolute(file), keys->privateKey); !saved)
        return fail(saved.error());
    if (auto set = alerts::setPublicKey(session, keys->publicKey); !set) {
        std::error_code ignored;
        std::filesystem::remove(file, ignored);
        return fail(set.error());
    }
    context.print(Json{{"key", sealing::keyId(keys->publicKey)}, {"public_key", keys->publicKey}, {"file", file.string()}});
    if (!context.json())
        printLine("The channel key is " + sealing::keyId(keys->publicKey) + ". Give " + file.string()
                  + " to every headless instance as its credential channel-key, and remove it here.");
    return exitOk;
}

} // namespace

std::vector<Verb> channelVerbs()
{
    Args::Spec define{{"kind", "to", "wait", "max-wait", "per-minute", "secret"}, {"on", "off"}};
    for (const TextOption &option : textOptions)
        define.options.insert(option.name);
    const std::string options = " [--url U] [--to A,...] [--from A] [--user U] [--account A] [--format text|markdown] [--sign-name S] [--template-code C] "
                                "[--template-param JSON] [--program NAME] [--secret NAME=FILE]... [--wait 10s] [--max-wait 90s] [--per-minute N] [--on | --off]";
    return {
        {"channel", "list", "", "where messages about alerts go, and what waits for each", {}, listChannels},
        {"channel", "add", "NAME --kind KIND" + options, "another one; kinds are " + kindNames(), define, addChannel, 1, 1},
        {"channel", "set", "NAME" + options, "change one; secrets are read from files, sealed, and never shown again", define, setChannel, 1, 1},
        {"channel", "remove", "NAME", "remove one that no rule names", {}, removeChannel, 1, 1},
        {"channel", "test", "NAME [--wait 60s]", "send a test through the headless instance, and say what the channel answered", {{"wait"}, {}}, testChannel, 1, 1},
        {"channel", "log", "[NAME] [--tries] [--limit N]", "what was sent and what each channel answered", {{"limit"}, {"tries"}}, showLog, 0, 1},
        {"channel", "key", "[--out FILE [--replace]]", "the key that secrets of channels are sealed to; --out makes it and writes its private half for the headless instances",
         {{"out"}, {"replace"}}, makeKey},
    };
}

} // namespace zandb::cli
