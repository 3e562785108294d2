// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/alerts/channelrepository.h"

#include "app/alerts/outbox.h"
#include "app/platform/channelerrors.h"
#include "app/platform/sealing.h"
#include "app/store/audit.h"

namespace zandb::alerts {

using store::Row;
using store::Session;
using store::Value;
using store::value;

namespace {

const std::string now{store::nowUs};

Result<void> changed(Session &session) { return store::raiseFeed(session, "channel"); }

/// Runs the statement, with the audit's row and the feed's.
Result<void> write(Session &session, std::string_view act, const std::string &subject, const Json &detail, const std::string &sql, const std::vector<Value> &values,
                   const Error &notMatched)
{
    return session.transaction([&]() -> Result<void> {
        if (auto raised = changed(session); !raised)
            return raised;
        const auto matched = session.execute(sql, values);
        if (!matched)
            return fail(matched.error());
        if (*matched == 0)
            return fail(notMatched);
        return store::audit(session, act, subject, detail);
    });
}

Error missing(const char *what, const std::string &name) { return makeError(errors::notFound, {{"what", what}, {"name", name}}); }

} // namespace

Result<std::vector<Channel>> loadChannels(Session &session)
{
    const auto rows = session.query("SELECT id, name, kind, enabled, settings, sealed, key_id, revision, editor, edited_us FROM channel ORDER BY name");
    if (!rows)
        return fail(rows.error());
    std::vector<Channel> channels;
    for (const Row &row : *rows) {
        Channel channel;
        channel.id = row.uuid(0);
        channel.name = row.text(1);
        channel.kind = row.text(2);
        channel.enabled = row.integer(3) != 0;
        if (auto settings = decode<ChannelSettings>(row.json(4)))
            channel.settings = std::move(*settings);
        if (auto sealed = decode<std::map<std::string, std::string>>(row.json(5)))
            channel.sealed = std::move(*sealed);
        channel.keyId = row.text(6);
        channel.revision = row.integer(7);
        channel.editor = row.text(8);
        channel.editedAt = row.time(9);
        channels.push_back(std::move(channel));
    }
    return channels;
}

Result<void> setChannel(Session &session, const Channel &channel, std::int64_t known)
{
    if (const auto problem = problemOf(channel))
        return fail(errors::channelInvalid, {{"channel", channel.name}, {"detail", *problem}});
    const Json detail{{"kind", channel.kind}, {"enabled", channel.enabled}, {"settings", channel.settings}, {"secrets", channel.sealed.size()}};
    const std::vector<Value> values{value(channel.name), value(channel.kind), value(channel.enabled), value(Json(channel.settings)), value(Json(channel.sealed)),
                                    value(channel.keyId), value(session.settings().person)};
    std::vector<Value> all = values;
    all.push_back(value(channel.id));
    if (known == 0) {
        auto added = write(session, "channel.add", channel.name, detail,
                           "INSERT INTO channel (name, kind, enabled, settings, sealed, key_id, editor, id, revision, edited_us) VALUES (?,?,?,?,?,?,?,?,1," + now + ')',
                           all, makeError(errors::internal));
        if (!added && store::isDuplicate(added.error()))
            return fail(errors::alreadyExists, {{"what", "channel"}, {"name", channel.name}});
        return added;
    }
    all.push_back(value(known));
    auto written = write(session, "channel.set", channel.name, detail,
                         "UPDATE channel SET name=?, kind=?, enabled=?, settings=?, sealed=?, key_id=?, editor=?, edited_us=" + now
                             + ", revision=revision+1 WHERE id=? AND revision=?",
                         all, makeError(errors::storeConflict, {{"what", channel.name}}));
    if (!written)
        return store::isDuplicate(written.error()) ? fail(errors::alreadyExists, {{"what", "channel"}, {"name", channel.name}}) : fail(written.error());
    // what was mended is tried at once
    const auto woken = session.execute("UPDATE delivery SET next_try_us = NULL WHERE state = 'open' AND channel_id = ?", {value(channel.id)});
    return woken ? Result<void>() : fail(woken.error());
}

Result<void> removeChannel(Session &session, const Channel &channel)
{
    return session.transaction([&]() -> Result<void> {
        if (auto raised = changed(session); !raised)
            return raised;
        const auto matched = session.execute("DELETE FROM channel WHERE id = ?", {value(channel.id)});
        if (!matched)
            return fail(matched.error());
        if (*matched == 0)
            return fail(missing("channel", channel.name));
        for (const char *sql : {"DELETE FROM channel_message WHERE channel_id = ?", "UPDATE delivery SET state = 'failed' WHERE channel_id = ? AND state = 'open'"}) {
            if (const auto done = session.execute(sql, {value(channel.id)}); !done)
                return fail(done.error());
        }
        return store::audit(session, "channel.remove", channel.name, {{"kind", channel.kind}});
    });
}

Result<std::vector<AlertRule>> loadRules(Session &session)
{
    const auto rows = session.query("SELECT name, definition, revision, editor FROM alert_rule ORDER BY name");
    if (!rows)
        return fail(rows.error());
    std::vector<AlertRule> rules;
    for (const Row &row : *rows) {
        // one that cannot be read must not silence a channel: it is left out, so that its channels are told everything
        auto rule = decode<AlertRule>(row.json(1));
        if (!rule)
            continue;
        rule->name = row.text(0);
        rule->revision = row.integer(2);
        rule->editor = row.text(3);
        rules.push_back(std::move(*rule));
    }
    return rules;
}

Result<void> setRule(Session &session, const AlertRule &rule)
{
    if (const auto problem = problemOf(rule))
        return fail(errors::channelInvalid, {{"channel", rule.name}, {"detail", *problem}});
    return write(session, "alert.rule.set", rule.name, Json(rule),
                 "INSERT INTO alert_rule (name, definition, revision, editor, edited_us) VALUES (?,?,1,?," + now
                     + ") ON DUPLICATE KEY UPDATE definition=VALUES(definition), editor=VALUES(editor), edited_us=VALUES(edited_us), revision=revision+1",
                 {value(rule.name), value(Json(rule)), value(session.settings().person)}, makeError(errors::internal));
}

Result<void> removeRule(Session &session, const std::string &name)
{
    return write(session, "alert.rule.remove", name, Json::object(), "DELETE FROM alert_rule WHERE name = ?", {value(name)}, missing("rule", name));
}

Result<std::string> publicKey(Session &session)
{
    const auto rows = session.query("SELECT public_key FROM channel_key WHERE id = 1");
    if (!rows)
        return fail(rows.error());
    return rows->empty() ? std::string() : rows->front().text(0);
}

Result<void> setPublicKey(Session &session, const std::string &key)
{
    return write(session, "channel.key", sealing::keyId(key), Json::object(),
                 "INSERT INTO channel_key (id, public_key, editor, made_us) VALUES (1,?,?," + now
                     + ") ON DUPLICATE KEY UPDATE public_key=VALUES(public_key), editor=VALUES(editor), made_us=VALUES(made_us)",
                 {value(key), value(session.settings().person)}, makeError(errors::internal));
}

Result<void> sealInto(Session &session, Channel &channel, const std::string &name, const std::string &secret)
{
    const auto key = publicKey(session);
    if (!key)
        return fail(key.error());
    if (key->empty())
        return fail(errors::channelKeyMissing, {{"detail", "the fleet has no channel key yet"}});
    auto box = sealing::seal(secret, *key);
    if (!box)
        return fail(box.error());
    const std::string id = sealing::keyId(*key);
    if (channel.keyId != id)
        channel.sealed.clear(); // nobody can open those any more
    channel.keyId = id;
    channel.sealed[name] = std::move(*box);
    return {};
}

Result<Uuid> askForTest(Session &session, const Channel &channel)
{
    const Uuid id = Uuid::v7();
    const auto put = session.transaction([&] { return putMessage(session, {.id = id, .alertId = channel.id, .event = "test", .kind = std::string(channelTestKind),
                                                                           .subject = channel.id.toString(), .detail = {{"name", channel.name}, {"person", session.settings().person}},
                                                                           .channelId = channel.id, .at = {}}); });
    return put ? Result<Uuid>(id) : fail(put.error());
}

Result<std::vector<Delivery>> loadDeliveries(Session &session, const DeliveryFilter &filter)
{
    std::string where = "1 = 1";
    std::vector<Value> values;
    const auto add = [&](const char *condition, Value with) {
        where += std::string(" AND ") + condition;
        values.push_back(std::move(with));
    };
    if (filter.channel)
        add("channel_id = ?", value(*filter.channel));
    if (filter.message)
        add("id IN (SELECT delivery_id FROM channel_message WHERE message_id = ?)", value(*filter.message));
    if (!filter.state.empty())
        add("state = ?", value(filter.state));
    const auto rows = session.query("SELECT id, channel_id, channel_name, state, messages, title, created_us, attempts, next_try_us, ended_us, error, status, answer "
                                    "FROM delivery WHERE " + where + " ORDER BY id DESC LIMIT " + std::to_string(filter.limit), values);
    if (!rows)
        return fail(rows.error());
    std::vector<Delivery> deliveries;
    for (const Row &row : *rows)
        deliveries.push_back({row.uuid(0), row.uuid(1), row.text(2), row.text(3), row.integer(4), row.text(5), row.time(6), static_cast<int>(row.integer(7)),
                              row.optionalTime(8), row.optionalTime(9), row.optionalError(10), static_cast<int>(row.integer(11)), row.text(12)});
    return deliveries;
}

Result<std::vector<DeliveryTry>> loadTries(Session &session, const Uuid &delivery)
{
    const auto rows = session.query("SELECT attempt, at_us, took_us, status, answer, error FROM delivery_try WHERE delivery_id = ? ORDER BY attempt DESC LIMIT 100",
                                    {value(delivery)});
    if (!rows)
        return fail(rows.error());
    std::vector<DeliveryTry> tries;
    for (const Row &row : *rows)
        tries.push_back({static_cast<int>(row.integer(0)), row.time(1), Microseconds{row.integer(2)}, static_cast<int>(row.integer(3)), row.text(4), row.optionalError(5)});
    return tries;
}

Result<std::map<Uuid, std::int64_t>> waitingMessages(Session &session)
{
    const auto rows = session.query("SELECT channel_id, COUNT(*) FROM channel_message WHERE delivery_id IS NULL GROUP BY channel_id");
    if (!rows)
        return fail(rows.error());
    std::map<Uuid, std::int64_t> waiting;
    for (const Row &row : *rows)
        waiting[row.uuid(0)] = row.integer(1);
    return waiting;
}

} // namespace zandb::alerts
