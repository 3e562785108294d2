// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/alerts/outbox.h"

#include "app/alerts/alertrepository.h"
#include "app/store/sqltext.h"
#include "models/alerts/messagetext.h"

#include <algorithm>

namespace zandb::alerts {

using namespace std::chrono_literals;
using store::Row;
using store::Session;
using store::Value;
using store::value;

namespace {

const std::string now{store::nowUs};
constexpr int routedAtOnce = 500;
constexpr int toldAtOnce = 5000;

constexpr std::string_view messageColumns = "m.id, m.alert_id, m.event, m.kind, m.subject, m.detail, m.channel_id, m.at_us";

AlertMessage messageOf(const Row &row)
{
    AlertMessage message;
    message.id = row.uuid(0);
    message.alertId = row.uuid(1);
    message.event = row.text(2);
    message.kind = row.text(3);
    message.subject = row.text(4);
    message.detail = row.json(5);
    message.channelId = row.optionalUuid(6);
    message.at = row.time(7);
    return message;
}

} // namespace

Result<void> putMessage(Session &session, const AlertMessage &message)
{
    const auto put = session.execute("INSERT INTO alert_message (id, alert_id, event, kind, subject, detail, channel_id, at_us) VALUES (?,?,?,?,?,?,?," + now + ')',
                                     {value(message.id), value(message.alertId), value(message.event), value(message.kind), value(message.subject),
                                      value(message.detail), value(message.channelId)});
    return put ? Result<void>() : fail(put.error());
}

std::set<Uuid> groupsOf(const std::string &subject, const Fleet &fleet)
{
    std::set<Uuid> groups;
    const auto id = Uuid::parse(subject.substr(0, subject.find('|'))); // "HOST|MOUNT"
    if (!id)
        return groups;
    const InstanceRecord *record = fleet.instance(*id);
    const Host *host = fleet.host(record ? record->instance.hostId : *id);
    std::optional<Uuid> group = host ? host->groupId : std::nullopt;
    while (group && groups.insert(*group).second) {
        const auto found = std::ranges::find(fleet.groups, *group, &Group::id);
        group = found == fleet.groups.end() ? std::nullopt : found->parentId;
    }
    return groups;
}

Result<int> routeMessages(Session &session, const std::vector<Channel> &channels, const std::vector<AlertRule> &rules, const Fleet &fleet)
{
    int found = 0;
    const auto done = session.transaction([&]() -> Result<void> {
        const auto rows = session.query("SELECT " + std::string(messageColumns) + " FROM alert_message m WHERE m.routed_us IS NULL ORDER BY m.id LIMIT "
                                        + std::to_string(routedAtOnce) + " FOR UPDATE");
        const auto at = rows ? session.now() : Result<TimePoint>(fail(rows.error()));
        if (!at)
            return fail(at.error());
        found = static_cast<int>(rows->size());
        if (rows->empty())
            return {};
        std::vector<Value> ids, values;
        std::size_t count = 0;
        for (const Row &row : *rows) {
            const AlertMessage message = messageOf(row);
            ids.push_back(value(message.id));
            for (const Routed &routed : route(message, groupsOf(message.subject, fleet), channels, rules, *at)) {
                store::append(values, {value(routed.channel), value(message.id), value(routed.notBefore)});
                ++count;
            }
        }
        if (count > 0) {
            const auto put = session.execute("INSERT INTO channel_message (channel_id, message_id, not_before_us) VALUES " + store::markRows(count, 3)
                                                 + " ON DUPLICATE KEY UPDATE not_before_us = not_before_us", values);
            if (!put)
                return fail(put.error());
        }
        const auto marked = session.execute("UPDATE alert_message SET routed_us = " + now + " WHERE id IN (" + store::marks(ids.size()) + ')', ids);
        return marked ? Result<void>() : fail(marked.error());
    });
    return done ? Result<int>(found) : fail(done.error());
}

Result<void> gatherDeliveries(Session &session, const std::vector<Channel> &channels, const Fleet &fleet, const std::string &source)
{
    const auto waiting = session.query("SELECT channel_id, MIN(not_before_us), MAX(not_before_us), " + now + " FROM channel_message WHERE delivery_id IS NULL AND "
                                       "not_before_us <= " + now + " GROUP BY channel_id");
    if (!waiting)
        return fail(waiting.error());
    if (waiting->empty())
        return {};
    const auto last = session.query("SELECT channel_id, MAX(created_us), SUM(state = 'open') FROM delivery WHERE id > ? GROUP BY channel_id",
                                    {value(Uuid{})});
    if (!last)
        return fail(last.error());
    for (const Row &row : *waiting) {
        const auto channel = std::ranges::find(channels, row.uuid(0), &Channel::id);
        if (channel == channels.end())
            continue;
        const auto before = std::ranges::find_if(*last, [&](const Row &one) { return one.uuid(0) == channel->id; });
        const TimePoint at = row.time(3);
        // what gathers behind a delivery that is not taken becomes one message when it was
        if (before != last->end() && (before->integer(2) > 0 || at - before->time(1) < Microseconds(60'000'000 / channel->settings.perMinute)))
            continue;
        const bool quiet = at - row.time(2) >= std::chrono::seconds(channel->settings.waitSeconds);
        const bool late = at - row.time(1) >= std::chrono::seconds(channel->settings.maxWaitSeconds);
        if (!quiet && !late) {
            // a person waits for a test
            const auto test = session.query("SELECT 1 FROM channel_message c JOIN alert_message m ON m.id = c.message_id WHERE c.delivery_id IS NULL AND "
                                            "c.channel_id = ? AND m.event = 'test' LIMIT 1", {value(channel->id)});
            if (!test)
                return fail(test.error());
            if (test->empty())
                continue;
        }
        const auto made = session.transaction([&]() -> Result<void> {
            const Uuid id = Uuid::v7();
            const auto claimed = session.execute("UPDATE channel_message SET delivery_id = ? WHERE channel_id = ? AND delivery_id IS NULL AND not_before_us <= " + now
                                                     + " ORDER BY message_id LIMIT " + std::to_string(toldAtOnce), {value(id), value(channel->id)});
            if (!claimed)
                return fail(claimed.error());
            if (*claimed == 0)
                return {};
            const auto messages = messagesOf(session, id);
            if (!messages)
                return fail(messages.error());
            const auto put = session.execute("INSERT INTO delivery (id, channel_id, channel_name, state, messages, title, created_us, attempts, status, answer) "
                                             "VALUES (?,?,?,'open',?,?," + now + ",0,0,'')",
                                             {value(id), value(channel->id), value(channel->name), value(*claimed),
                                              value(cutText(digestOf(*messages, fleet, source).title, 250))});
            return put ? store::raiseFeed(session, "channel") : fail(put.error());
        });
        if (!made)
            return made;
    }
    return {};
}

Result<std::vector<Delivery>> dueDeliveries(Session &session)
{
    const auto rows = session.query("SELECT id, channel_id, channel_name, state, messages, title, created_us, attempts FROM delivery WHERE state = 'open' AND "
                                    "(next_try_us IS NULL OR next_try_us <= " + now + ") ORDER BY id LIMIT 100");
    if (!rows)
        return fail(rows.error());
    std::vector<Delivery> due;
    for (const Row &row : *rows) {
        Delivery delivery;
        delivery.id = row.uuid(0);
        delivery.channelId = row.uuid(1);
        delivery.channel = row.text(2);
        delivery.state = row.text(3);
        delivery.messages = row.integer(4);
        delivery.title = row.text(5);
        delivery.createdAt = row.time(6);
        delivery.attempts = static_cast<int>(row.integer(7));
        due.push_back(std::move(delivery));
    }
    return due;
}

Result<std::vector<AlertMessage>> messagesOf(Session &session, const Uuid &delivery)
{
    const auto rows = session.query("SELECT " + std::string(messageColumns) + " FROM channel_message c JOIN alert_message m ON m.id = c.message_id "
                                    "WHERE c.delivery_id = ? ORDER BY m.id", {value(delivery)});
    if (!rows)
        return fail(rows.error());
    std::vector<AlertMessage> messages;
    for (const Row &row : *rows)
        messages.push_back(messageOf(row));
    return messages;
}

std::chrono::seconds retryWait(int failedTries, const Error &error, std::optional<std::chrono::seconds> asked)
{
    const bool transient = error.errorClass == ErrorClass::Transient;
    const std::chrono::seconds first = transient ? 15s : 60s, most = transient ? 600s : 3600s;
    const auto wait = std::min(most, first * (std::int64_t{1} << std::clamp(failedTries - 1, 0, 12)));
    return std::max(wait, asked.value_or(0s));
}

Result<void> recordTry(Session &session, const Delivery &delivery, const ChannelAnswer &answer, Microseconds took)
{
    const int attempt = delivery.attempts + 1;
    return session.transaction([&]() -> Result<void> {
        const auto at = session.now();
        if (!at)
            return fail(at.error());
        const bool givenUp = answer.error && *at - delivery.createdAt > givenUpAfter;
        const char *state = !answer.error ? "sent" : givenUp ? "failed" : "open";
        const bool again = answer.error && !givenUp;
        const Value next = again ? value(*at + retryWait(attempt, *answer.error, answer.retryAfter)) : Value(nullptr);
        const Value error = answer.error ? value(errorToJson(*answer.error)) : Value(nullptr);
        const auto ended = session.execute("UPDATE delivery SET state=?, attempts=attempts+1, next_try_us=?, ended_us=?, status=?, answer=?, error=? WHERE id=? AND state='open'",
                                           {value(state), next, again ? Value(nullptr) : value(*at), value(answer.status), value(answer.text), error, value(delivery.id)});
        if (!ended)
            return fail(ended.error());
        const auto logged = session.execute("INSERT INTO delivery_try (delivery_id, attempt, at_us, took_us, status, answer, error) VALUES (?,?,?,?,?,?,?) "
                                            "ON DUPLICATE KEY UPDATE at_us=VALUES(at_us), took_us=VALUES(took_us), status=VALUES(status), answer=VALUES(answer), error=VALUES(error)",
                                            {value(delivery.id), value(attempt), value(*at), value(took.count()), value(answer.status), value(answer.text), error});
        if (!logged)
            return fail(logged.error());
        return store::raiseFeed(session, "channel");
    });
}

} // namespace zandb::alerts
