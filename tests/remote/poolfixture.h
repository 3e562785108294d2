// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/remote/agentpool.h"
#include "tests/places.h"
#include "tests/remote/sshd.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include <future>

/// What the tests of AgentPool share: keys, one well-behaved sshd with the scripted agent, addresses and settings.
class PoolFixture : public QObject
{
    Q_OBJECT

protected:
    static QString testAgent() { return QStringLiteral(ZANDB_BINARY_DIR "/tests/testagent"); }
    /// Only what tests wait for is shortened: a busy computer must not make the others fail.
    static zandb::remote::LinkTimes quick();

    zandb::SshSettings settings(const QString &key = QStringLiteral("user")) const;
    zandb::remote::HostAddress host(int port, const QString &pinned = QStringLiteral("host")) const;
    /// The error of one call to a host of its own; code "no error" when it is answered.
    zandb::Error errorOf(const zandb::remote::HostAddress &address, const QString &key = QStringLiteral("user"),
                         std::chrono::milliseconds timeout = std::chrono::seconds{30},
                         const zandb::remote::LinkTimes &times = quick()) const;

    std::unique_ptr<KeyRing> m_keys;
    std::unique_ptr<Sshd> m_sshd;

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_sshd.reset(); }
};
