// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/channelsettings.h"
#include "app/platform/http.h"
#include "models/alerts/messagetext.h"

/// How each kind of channel is spoken to, and what its answers mean.  Blocks for at most the options' time limit.  Thread-safe.
namespace zandb::alerts {

/// A channel with its secrets open; lives as long as one sending.
struct OpenChannel
{
    Channel channel;
    std::map<std::string, std::string> secrets;
};

/// What one message becomes; pure, for the moment `now` of signatures and `nonce` of this try.  SMS as Twilio takes it is one request for each
/// number, the others are one.
std::vector<http::Request> requestsOf(const OpenChannel &open, const Delivery &delivery, const Digest &digest, TimePoint now, const std::string &nonce);
http::Mail mailOf(const OpenChannel &open, const Delivery &delivery, const Digest &digest, TimePoint now);
/// What webhooks and programs get: id, source, title, counts, alerts.
Json documentOf(const Delivery &delivery, const Digest &digest, TimePoint now);
/// What an HTTP reply says in this channel's own way: some refuse inside a 200.
ChannelAnswer answerOf(const Channel &channel, const http::Reply &reply);

/// Aliyun's RPC style: base64 of HMAC-SHA1 over the method and the fields in alphabetical order.
std::string aliyunSignature(const std::string &method, const std::map<std::string, std::string> &fields, const std::string &secret);

/// One try.  `programs`: [channels.programs] of the settings file.
ChannelAnswer sendTo(const OpenChannel &open, const Delivery &delivery, const Digest &digest, TimePoint now, const ChannelsSettings &settings, std::stop_token stop);

} // namespace zandb::alerts
