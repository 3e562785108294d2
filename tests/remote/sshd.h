// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>
#include <QTemporaryDir>

#include <memory>
#include <string>

/// A directory with keys and authorized_keys for the tests, made once.
class KeyRing
{
public:
    KeyRing();
    bool valid() const { return m_problem.isEmpty(); }
    QString problem() const { return m_problem; }
    QString path(const QString &name) const { return m_directory.filePath(name); }
    /// "type base64" of a public key file.
    std::string publicKey(const QString &name) const;
    /// ssh-keygen: a private key NAME and NAME.pub.
    bool makeKey(const QString &name, const QString &type = QStringLiteral("ed25519"),
                 const QString &passphrase = QString());
    /// Replaces authorized_keys: names of keys, each with its forced command or none.
    bool authorize(const QList<std::pair<QString, QString>> &keys);

private:
    QTemporaryDir m_directory;
    QString m_problem;
};

/// A private sshd on 127.0.0.1 that lets in the keys of a KeyRing's authorized_keys and runs one forced command (empty:
/// that of the key).
class Sshd
{
public:
    /// Port 0: a free one.
    Sshd(const KeyRing &keys, QString forcedCommand, QStringList hostKeys, int port = 0);
    ~Sshd();

    bool start();
    /// Ends the listener and, with it gone, all its sessions.
    void stop();
    int port() const { return m_port; }
    /// Kills the processes that serve sessions; the listener stays.
    int killSessions();
    /// Processes below the listener.
    QList<qint64> descendants() const;
    QByteArray log() const;

private:
    const KeyRing &m_keys;
    QString m_command;
    QStringList m_hostKeys;
    int m_port;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<QProcess> m_process;
};

/// A port of 127.0.0.1 whose connections the kernel accepts and nobody answers.
class SilentServer
{
public:
    SilentServer();
    ~SilentServer();
    int port() const { return m_port; }

private:
    int m_socket = -1;
    int m_port = 0;
};

/// Lets the process end with this one, however this one ends; before start().
void endWithParent(QProcess &process);
std::string currentUser();
int freePort();
