// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/remote/sshd.h"

/// The real zandb-agent, in a directory of its own, entered by the real zandb-attach through a private sshd.
class RealAgent
{
public:
    explicit RealAgent(KeyRing &keys);
    ~RealAgent();

    /// From now on the agent is zandb-testagent, whose work does what its arguments ask for.
    void useTestAgent() { m_testAgent = true; }
    /// Starts agent and sshd; `admin` is the name of the key that gets role admin.  Other keys: name, forced command.
    bool start(const QString &admin, const QList<std::pair<QString, QString>> &others = {});
    bool startAgent();
    void killAgent();
    Sshd &sshd() { return *m_sshd; }
    qint64 processId() const { return m_agent ? m_agent->processId() : 0; }
    QByteArray log() const;

private:
    KeyRing &m_keys;
    bool m_testAgent = false;
    QTemporaryDir m_directory;
    std::unique_ptr<QProcess> m_agent;
    std::unique_ptr<Sshd> m_sshd;
};
