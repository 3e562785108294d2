// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/zabbixasking.h"

#include "app/fleet/zabbixclient.h"
#include "app/fleet/zabbixrepository.h"
#include "app/platform/channelerrors.h"

#include <memory>

namespace zandb::headless {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int hostsPerRound = 20;
constexpr auto lookAgain = 5min;   ///< for hosts that are due, when nobody has asked
constexpr auto everyDay = 24h;
constexpr auto afterFailure = 1h;
constexpr auto strayFor = 24h;

class Asking
{
public:
    Asking(const StoreSettings &store, ZabbixSettings zabbix) : m_session(store), m_zabbix(std::move(zabbix)) {}

    Result<std::string> round(std::stop_token stop)
    {
        m_session.setStopToken(stop);
        const auto done = answer(stop);
        if (done)
            return std::string();
        m_session.close();
        m_seen = -1;
        if (done.error().is(errors::cancelled))
            return std::string();
        return fail(makeError(errors::internal, {{"detail", "what Zabbix says of hosts could not be stored"}}, done.error()));
    }

private:
    Result<void> answer(const std::stop_token &stop)
    {
        const auto feed = m_session.query("SELECT version FROM change_feed WHERE topic = 'zabbix' AND scope = 0");
        if (!feed)
            return fail(feed.error());
        const std::int64_t version = feed->empty() ? 0 : feed->front().integer(0);
        const auto now = Clock::now();
        const bool isDue = now >= m_next;
        if (version == m_seen && !isDue)
            return {};
        auto records = fleet::waitingZabbix(m_session, hostsPerRound);
        if (!records)
            return fail(records.error());
        const bool isOn = !m_zabbix.url.empty();
        bool more = static_cast<int>(records->size()) >= hostsPerRound;
        if (isDue && isOn && !more) {
            const auto storeNow = m_session.now();
            if (!storeNow)
                return fail(storeNow.error());
            auto stale = fleet::staleZabbix(m_session, *storeNow - everyDay, *storeNow - afterFailure, hostsPerRound);
            if (!stale)
                return fail(stale.error());
            more = static_cast<int>(stale->size()) >= hostsPerRound;
            records->insert(records->end(), stale->begin(), stale->end());
            if (auto removed = fleet::removeStrayZabbix(m_session, *storeNow - strayFor); !removed)
                return removed;
        }
        if (auto done = isOn ? ask(*records, stop) : sayOff(*records); !done)
            return done;
        if (isDue && !more)
            m_next = now + lookAgain;
        m_seen = more ? -1 : version;
        return {};
    }

    Result<void> sayOff(std::vector<ZabbixRecord> &records)
    {
        for (ZabbixRecord &record : records) {
            record.state = "off";
            record.error.reset();
            if (auto stored = fleet::storeZabbix(m_session, record); !stored)
                return stored;
        }
        return {};
    }

    Result<void> ask(std::vector<ZabbixRecord> &records, const std::stop_token &stop)
    {
        if (records.empty())
            return {};
        const auto token = readSecret(m_zabbix.tokenFile, "zabbix-token");
        fleet::ZabbixClient client(m_zabbix, token.value_or(std::string()), stop);
        std::optional<Error> away;
        if (!token)
            away = token.error();
        else if (token->empty())
            away = makeError(errors::zabbixRefused, {{"host", http::hostOf(m_zabbix.url)}, {"detail", "this headless instance has no credential zabbix-token"}});
        for (ZabbixRecord &record : records) {
            if (stop.stop_requested())
                return fail(errors::cancelled);
            if (away) { // who does not answer one question is not asked nineteen more
                record.state = "failed";
                record.error = away;
            } else {
                fleet::askZabbix(client, record);
            }
            if (record.error && record.error->is(errors::cancelled))
                return fail(errors::cancelled);
            if (record.error && (record.error->is(errors::httpUnreachable) || record.error->is(errors::httpTimeout) || record.error->is(errors::httpTls)))
                away = record.error;
            if (auto stored = fleet::storeZabbix(m_session, record); !stored)
                return stored;
        }
        return {};
    }

    store::Session m_session;
    const ZabbixSettings m_zabbix;
    std::int64_t m_seen = -1;      ///< version of the topic when nobody waited any more; -1: look
    Clock::time_point m_next{};
};

} // namespace

StoreWork::Work askingZabbix(const StoreSettings &store, const ZabbixSettings &zabbix)
{
    auto asking = std::make_shared<Asking>(store, zabbix);
    return [asking](std::stop_token stop) { return asking->round(stop); };
}

} // namespace zandb::headless
