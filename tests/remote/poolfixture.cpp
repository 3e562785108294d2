// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/remote/poolfixture.h"

using namespace std::chrono_literals;
using namespace zandb;

remote::LinkTimes PoolFixture::quick()
{
    remote::LinkTimes times;
    times.backoffMin = 100ms;
    times.backoffMax = 1s;
    return times;
}

SshSettings PoolFixture::settings(const QString &key) const
{
    return {m_keys->path(key).toStdString(), {}};
}

remote::HostAddress PoolFixture::host(int port, const QString &pinned) const
{
    return {Uuid::v7(), "db1", "127.0.0.1", port, currentUser(), pinned.isEmpty() ? std::string() : m_keys->publicKey(pinned)};
}

Error PoolFixture::errorOf(const remote::HostAddress &address, const QString &key, std::chrono::milliseconds timeout,
                           const remote::LinkTimes &times) const
{
    remote::AgentPool pool(settings(key), times);
    pool.setHosts({address});
    const auto result = pool.callAndWait(address.id, "echo", {{"a", 1}}, timeout);
    return result ? Error{"no error", ErrorClass::Permanent, {}, nullptr} : result.error();
}

void PoolFixture::initTestCase()
{
    m_keys = std::make_unique<KeyRing>();
    if (!m_keys->valid())
        QSKIP(qPrintable(m_keys->problem()));
    m_sshd = std::make_unique<Sshd>(*m_keys, testAgent(), QStringList{QStringLiteral("host")});
    QVERIFY2(m_sshd->start(), m_sshd->log());
}
