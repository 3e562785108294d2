// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/remote/realagent.h"

#include "app/remote/agentpool.h"
#include "tests/places.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QThread>

using namespace Qt::StringLiterals;

namespace {

const QString bin = QStringLiteral(ZANDB_BINARY_DIR "/bin/");

} // namespace

RealAgent::RealAgent(KeyRing &keys) : m_keys(keys) {}

RealAgent::~RealAgent()
{
    m_sshd.reset();
    killAgent();
}

bool RealAgent::start(const QString &admin, const QList<std::pair<QString, QString>> &others)
{
    QDir(m_directory.path()).mkpath(u"base"_s);
    QDir(m_directory.path()).mkpath(u"state"_s);
    QFile config(m_directory.filePath(u"agent.toml"_s));
    if (!config.open(QIODevice::WriteOnly))
        return false;
    config.write(u"[agent]\nhost = \"db1\"\nbase = \"%1/base\"\nstate_directory = \"%1/state\"\nsocket = \"%1/agent.sock\"\n"
                 "authorized_keys = \"%2\"\nattach = \"%3zandb-attach\"\n"_s
                     .arg(m_directory.path(), m_keys.path(u"authorized_keys"_s), bin)
                     .toUtf8());
    config.close();
    const auto key = zandb::remote::parseHostKey(m_keys.publicKey(admin));
    if (!key)
        return false;
    const QString attach = u"%1zandb-attach --socket %2/agent.sock --user ann --role admin --key %3"_s
                               .arg(bin, m_directory.path(), QString::fromStdString(key->fingerprint));
    auto keys = others;
    keys.prepend({admin, attach});
    if (!m_keys.authorize(keys) || !startAgent())
        return false;
    m_sshd = std::make_unique<Sshd>(m_keys, QString(), QStringList{u"host"_s});
    return m_sshd->start();
}

bool RealAgent::startAgent()
{
    m_agent = std::make_unique<QProcess>();
    endWithParent(*m_agent);
    m_agent->setProcessChannelMode(QProcess::MergedChannels);
    m_agent->setStandardOutputFile(m_directory.filePath(u"log"_s), QIODevice::Append);
    const QString socket = m_directory.filePath(u"agent.sock"_s);
    QFile::remove(socket);
    if (m_testAgent)
        m_agent->start(QStringLiteral(ZANDB_BINARY_DIR "/tests/zandb-testagent"),
                       {u"serve"_s, m_directory.filePath(u"agent.toml"_s), u"400"_s, u"200"_s, u"1500"_s});
    else
        m_agent->start(bin + u"zandb-agent"_s, {u"serve"_s, u"--config"_s, m_directory.filePath(u"agent.toml"_s)});
    QElapsedTimer since;
    since.start();
    while (!QFile::exists(socket) && since.elapsed() < 60000) {
        if (m_agent->waitForFinished(0))
            return false;
        QThread::msleep(20);
    }
    return QFile::exists(socket);
}

void RealAgent::killAgent()
{
    if (m_agent) {
        m_agent->kill();
        m_agent->waitForFinished(5000);
    }
    m_agent.reset();
}

QByteArray RealAgent::log() const
{
    QFile file(m_directory.filePath(u"log"_s));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}
