// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/alerts/channel.h"

/// Channels, rules and the key their secrets are sealed to.  All calls block; use on a thread that owns the session.  Only an
/// administrator of the store may write.  Writers raise the topic `channel` and are audited; no secret is ever part of a Channel but sealed.
/// Errors: those of Session.
namespace zandb::alerts {

Result<std::vector<Channel>> loadChannels(store::Session &session);
/// Inserts or replaces by id.  `known`: the revision its editor has seen, 0 for a new one.  Errors: channel.invalid (channel, detail),
/// already_exists (the name), store.conflict.
Result<void> setChannel(store::Session &session, const Channel &channel, std::int64_t known);
/// What waits for it is not told any more; its log stays.  Errors: not_found.
Result<void> removeChannel(store::Session &session, const Channel &channel);

Result<std::vector<AlertRule>> loadRules(store::Session &session);
/// Errors: channel.invalid (channel: the rule's name, detail).
Result<void> setRule(store::Session &session, const AlertRule &rule);
/// Errors: not_found.
Result<void> removeRule(store::Session &session, const std::string &name);

/// Empty: none was made.
Result<std::string> publicKey(store::Session &session);
/// From now on secrets are sealed to this one; those of other keys have to be set again.
Result<void> setPublicKey(store::Session &session, const std::string &key);
/// Puts `secret` into the channel.  Errors: channel.key_missing, seal.failed.
Result<void> sealInto(store::Session &session, Channel &channel, const std::string &name, const std::string &secret);

/// A message that tries the channel, for the headless instance to send at once; its id.
Result<Uuid> askForTest(store::Session &session, const Channel &channel);
struct DeliveryFilter
{
    std::optional<Uuid> channel{};
    std::optional<Uuid> message{};  ///< the delivery that this message of the outbox is part of
    std::string state{};            ///< empty: all
    int limit = 100;
};
/// Newest first.
Result<std::vector<Delivery>> loadDeliveries(store::Session &session, const DeliveryFilter &filter);
/// One try of a delivery.
struct DeliveryTry
{
    int attempt = 0;
    TimePoint at{};
    Microseconds took{};
    int status = 0;
    std::string answer;
    std::optional<Error> error;
};
Result<std::vector<DeliveryTry>> loadTries(store::Session &session, const Uuid &delivery);
/// How many messages wait for a channel, in quiet hours too.
Result<std::map<Uuid, std::int64_t>> waitingMessages(store::Session &session);

} // namespace zandb::alerts
