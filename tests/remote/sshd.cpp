// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/places.h"
#include "tests/remote/sshd.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QThread>

#include <csignal>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

std::string currentUser()
{
    const passwd *entry = getpwuid(geteuid());
    return entry ? entry->pw_name : "root";
}

namespace {

sockaddr_in loopback(int port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

bool accepts(int port)
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(port);
    const bool connected = connect(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
    close(fd);
    return connected;
}

} // namespace

SilentServer::SilentServer() : m_socket(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    if (bind(m_socket, reinterpret_cast<const sockaddr *>(&address), length) == 0 && listen(m_socket, 16) == 0
        && getsockname(m_socket, reinterpret_cast<sockaddr *>(&address), &length) == 0)
        m_port = ntohs(address.sin_port);
}

SilentServer::~SilentServer()
{
    close(m_socket);
}

int freePort()
{
    return SilentServer().port();
}

void endWithParent(QProcess &process)
{
    process.setChildProcessModifier([] { prctl(PR_SET_PDEATHSIG, SIGKILL); });
}

KeyRing::KeyRing()
{
    if (!QFile::exists(u"/usr/sbin/sshd"_s)) {
        m_problem = u"/usr/sbin/sshd is not installed (package openssh-server)"_s;
        return;
    }
    if (geteuid() == 0)
        QDir().mkpath(u"/run/sshd"_s);
    const bool made = makeKey(u"host"_s) && makeKey(u"host2"_s) && makeKey(u"hostecdsa"_s, u"ecdsa"_s)
        && makeKey(u"hostrsa"_s, u"rsa"_s) && makeKey(u"user"_s) && makeKey(u"stranger"_s)
        && makeKey(u"locked"_s, u"ed25519"_s, u"open sesame"_s);
    if (!made) {
        m_problem = u"ssh-keygen failed"_s;
        return;
    }
    authorize({{u"user"_s, QString()}, {u"locked"_s, QString()}});
}

bool KeyRing::authorize(const QList<std::pair<QString, QString>> &keys)
{
    QFile authorized(path(u"authorized_keys"_s));
    if (!authorized.open(QIODevice::WriteOnly))
        return false;
    for (const auto &[name, command] : keys) {
        const QString options = command.isEmpty() ? u"restrict "_s : u"restrict,command=\"%1\" "_s.arg(command);
        authorized.write(options.toUtf8() + QByteArray::fromStdString(publicKey(name)) + '\n');
    }
    return true;
}

bool KeyRing::makeKey(const QString &name, const QString &type, const QString &passphrase)
{
    return QProcess::execute(u"ssh-keygen"_s, {u"-q"_s, u"-t"_s, type, u"-N"_s, passphrase, u"-C"_s, u"test"_s, u"-f"_s, path(name)})
        == 0;
}

std::string KeyRing::publicKey(const QString &name) const
{
    QFile file(path(name + u".pub"_s));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QList<QByteArray> words = file.readAll().split(' ');
    return words.size() < 2 ? std::string() : (words[0] + ' ' + words[1]).toStdString();
}

Sshd::Sshd(const KeyRing &keys, QString forcedCommand, QStringList hostKeys, int port)
    : m_keys(keys), m_command(std::move(forcedCommand)), m_hostKeys(std::move(hostKeys)), m_port(port ? port : freePort())
{
}

Sshd::~Sshd()
{
    stop();
}

bool Sshd::start()
{
    m_directory = std::make_unique<QTemporaryDir>();
    QFile config(m_directory->filePath(u"sshd_config"_s));
    if (!config.open(QIODevice::WriteOnly))
        return false;
    QFile common(QStringLiteral(ZANDB_SOURCE_DIR "/packaging/sandbox.d/sshd_config"));
    if (!common.open(QIODevice::ReadOnly))
        return false;
    QString text = u"ListenAddress 127.0.0.1\nPort %1\nLogLevel VERBOSE\nAuthorizedKeysFile %2\n"
                   "SetEnv HOME=%3\n"_s // no ~/.bashrc of whoever runs the tests
                       .arg(m_port)
                       .arg(m_keys.path(u"authorized_keys"_s), m_directory->path());
    if (!m_command.isEmpty())
        text += u"ForceCommand %1\n"_s.arg(m_command);
    for (const QString &key : m_hostKeys)
        text += u"HostKey %1\n"_s.arg(m_keys.path(key));
    config.write(text.toUtf8() + common.readAll());
    config.close();
    m_process = std::make_unique<QProcess>();
    endWithParent(*m_process);
    m_process->setStandardErrorFile(m_directory->filePath(u"log"_s));
    m_process->start(u"/usr/sbin/sshd"_s, {u"-D"_s, u"-e"_s, u"-f"_s, config.fileName()});
    QElapsedTimer since;
    since.start();
    while (since.elapsed() < 60000) {
        if (accepts(m_port))
            return true;
        if (m_process->waitForFinished(0))
            return false;
        QThread::msleep(20);
    }
    return false;
}

void Sshd::stop()
{
    if (!m_process)
        return;
    killSessions();
    m_process->kill();
    m_process->waitForFinished(3000);
    m_process.reset();
}

QList<qint64> Sshd::descendants() const
{
    QMultiHash<qint64, qint64> children;
    for (const QString &entry : QDir(u"/proc"_s).entryList(QDir::Dirs)) {
        bool isPid = false;
        const qint64 pid = entry.toLongLong(&isPid);
        QFile stat(u"/proc/%1/stat"_s.arg(entry));
        if (!isPid || !stat.open(QIODevice::ReadOnly))
            continue;
        const QByteArray line = stat.readAll();
        const QList<QByteArray> words = line.mid(line.lastIndexOf(')') + 2).split(' ');
        if (words.size() > 1)
            children.insert(words[1].toLongLong(), pid);
    }
    QList<qint64> found = m_process ? children.values(m_process->processId()) : QList<qint64>();
    for (qsizetype i = 0; i < found.size(); ++i)
        found += children.values(found[i]);
    return found;
}

int Sshd::killSessions()
{
    int killed = 0;
    for (const qint64 pid : descendants())
        killed += ::kill(static_cast<pid_t>(pid), SIGKILL) == 0;
    return killed;
}

QByteArray Sshd::log() const
{
    QFile file(m_directory ? m_directory->filePath(u"log"_s) : QString());
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}
