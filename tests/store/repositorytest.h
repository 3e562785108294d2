// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/fleet/fleetrepository.h"
#include "app/store/changefeed.h"
#include "tests/store/storeserver.h"

namespace zandb::test {

/// A new store of today's schema for every test function.
class RepositoryTest : public QObject
{
protected:
    void prepare()
    {
        TestServer *server = nullptr;
        SERVER_OF_FLAVOUR(server, m_servers, {}, {});
        static int number = 0;
        m_settings = rootSettings(*server, "t" + std::to_string(++number));
        m_session = std::make_unique<store::Session>(m_settings);
        VERIFY_OK(store::migrate(*m_session));
        VERIFY_OK(m_session->checkSchema());
        m_feed = store::loadFeed(*m_session).value();
    }
    /// Topics of the change feed that were raised since the last call.
    std::vector<std::string> changed()
    {
        const auto feed = store::loadFeed(*m_session);
        const auto topics = feed ? store::changedTopics(m_feed, *feed) : std::vector<std::string>{"failed"};
        m_feed = feed.value_or(store::FeedVersions{});
        return topics;
    }
    Host addHost(const std::string &name)
    {
        Host host;
        host.id = Uuid::v7();
        host.name = name;
        host.address = "127.0.1.1";
        host.revision = 1;
        const auto added = fleet::addHost(*m_session, host);
        if (!added)
            qWarning("%s", describe(added.error()).c_str());
        return host;
    }

    FlavourServers m_servers;
    std::unique_ptr<store::Session> m_session;
    StoreSettings m_settings;
    store::FeedVersions m_feed;
};

} // namespace zandb::test
