// SPDX-License-Identifier: GPL-3.0-or-later
// Real servers on loopback for the tests of channels.  They live in the test's thread and answer while it waits for a condition.
#pragma once

#include <QDir>
#include <QFile>
#include <QMap>
#include <QProcess>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslSocket>
#include <QTcpServer>
#include <QTemporaryDir>

#include <functional>

namespace zandb::test {

/// An authority and a certificate of 127.0.0.1 that it signed, made by openssl.
class Certificates
{
public:
    Certificates()
    {
        QFile ext(m_dir.filePath(QStringLiteral("ext")));
        if (!ext.open(QFile::WriteOnly))
            return;
        ext.write("subjectAltName=IP:127.0.0.1,DNS:localhost\n");
        ext.close();
        m_good = openssl({"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test authority", "-keyout", "ca.key", "-out", "ca.pem"})
            && openssl({"req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"})
            && openssl({"x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "ext", "-out", "server.pem"});
    }
    bool good() const { return m_good; }
    QString authority() const { return m_dir.filePath(QStringLiteral("ca.pem")); }
    QSslConfiguration server() const
    {
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        QFile certificate(m_dir.filePath(QStringLiteral("server.pem"))), key(m_dir.filePath(QStringLiteral("server.key")));
        if (certificate.open(QFile::ReadOnly) && key.open(QFile::ReadOnly)) {
            configuration.setLocalCertificate(QSslCertificate(&certificate));
            configuration.setPrivateKey(QSslKey(&key, QSsl::Rsa));
        }
        configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
        return configuration;
    }

private:
    bool openssl(std::initializer_list<const char *> words)
    {
        QProcess process;
        process.setWorkingDirectory(m_dir.path());
        QStringList arguments;
        for (const char *word : words)
            arguments << QString::fromLatin1(word);
        process.start(QStringLiteral("openssl"), arguments);
        return process.waitForFinished(60'000) && process.exitCode() == 0;
    }
    QTemporaryDir m_dir;
    bool m_good = false;
};

struct HttpRequest
{
    QByteArray method;
    QByteArray path;                      ///< with its query
    QMap<QByteArray, QByteArray> headers; ///< names in lower case
    QByteArray body;
};

/// Hands each socket to a function once it is there.
class LoopbackServer : public QTcpServer
{
public:
    std::function<void(QSslSocket *)> taken;
    LoopbackServer() { listen(QHostAddress::LocalHost); }

protected:
    void incomingConnection(qintptr handle) override
    {
        auto *socket = new QSslSocket(this);
        socket->setSocketDescriptor(handle);
        QObject::connect(socket, &QSslSocket::disconnected, socket, &QObject::deleteLater);
        taken(socket);
    }
};

/// Answers every request by what `answer` returns: the whole answer as bytes, or nothing, and then the client waits.
class HttpServer
{
public:
    std::function<QByteArray(const HttpRequest &)> answer;
    QList<HttpRequest> requests;

    explicit HttpServer(const QSslConfiguration *tls = nullptr)
    {
        m_server.taken = [this, tls](QSslSocket *socket) {
            auto bytes = std::make_shared<QByteArray>();
            QObject::connect(socket, &QSslSocket::readyRead, socket, [this, socket, bytes] { take(socket, *bytes); });
            if (tls) {
                socket->setSslConfiguration(*tls);
                socket->startServerEncryption();
            }
        };
    }
    int port() const { return m_server.serverPort(); }
    std::string url(const char *path = "/", const char *scheme = "http") const
    {
        return std::string(scheme) + "://127.0.0.1:" + std::to_string(port()) + path;
    }
    static QByteArray reply(int status, const QByteArray &body, const QByteArray &more = {})
    {
        return "HTTP/1.1 " + QByteArray::number(status) + " X\r\nContent-Type: application/json\r\nConnection: close\r\n" + more + "Content-Length: "
            + QByteArray::number(body.size()) + "\r\n\r\n" + body;
    }

private:
    void take(QSslSocket *socket, QByteArray &bytes)
    {
        bytes += socket->readAll();
        const auto end = bytes.indexOf("\r\n\r\n");
        if (end < 0)
            return;
        HttpRequest request;
        const auto lines = bytes.left(end).split('\n');
        const auto first = lines.first().trimmed().split(' ');
        request.method = first.value(0);
        request.path = first.value(1);
        for (const QByteArray &line : lines.mid(1)) {
            const auto colon = line.indexOf(':');
            request.headers.insert(line.left(colon).trimmed().toLower(), line.mid(colon + 1).trimmed());
        }
        request.body = bytes.mid(end + 4);
        if (request.body.size() < request.headers.value("content-length").toLongLong())
            return;
        bytes.clear();
        requests << request;
        const QByteArray all = answer ? answer(request) : QByteArray();
        if (all.isEmpty())
            return;
        socket->write(all);
        socket->disconnectFromHost();
    }
    LoopbackServer m_server;
};

/// SMTP as RFC 5321 with STARTTLS (RFC 3207) and AUTH PLAIN.
class SmtpServer
{
public:
    bool offersTls = true;
    QByteArray toRecipient = "250 2.1.5 Ok";
    QByteArray toData = "250 2.0.0 Ok: queued as 4711";
    bool hangs = false;

    QByteArray login;        ///< of AUTH PLAIN, decoded
    QByteArray sender;
    QList<QByteArray> recipients;
    QByteArray message;
    bool encrypted = false;  ///< the message came through TLS
    int connections = 0;

    explicit SmtpServer(const QSslConfiguration &tls)
    {
        m_server.taken = [this, tls](QSslSocket *socket) {
            ++connections;
            socket->setSslConfiguration(tls);
            auto state = std::make_shared<State>();
            QObject::connect(socket, &QSslSocket::readyRead, socket, [this, socket, state] { take(socket, *state); });
            if (!hangs)
                say(socket, "220 mail.test ESMTP");
        };
    }
    std::string url() const { return "smtp://127.0.0.1:" + std::to_string(m_server.serverPort()); }

private:
    struct State
    {
        QByteArray bytes;
        bool data = false;
        bool auth = false;
        QByteArray text;
    };
    static void say(QSslSocket *socket, const QByteArray &line)
    {
        socket->write(line + "\r\n");
        socket->flush();
    }
    void take(QSslSocket *socket, State &state)
    {
        state.bytes += socket->readAll();
        for (auto end = state.bytes.indexOf("\r\n"); end >= 0; end = state.bytes.indexOf("\r\n")) {
            const QByteArray line = state.bytes.left(end);
            state.bytes.remove(0, end + 2);
            if (state.data)
                takeData(socket, state, line);
            else
                takeCommand(socket, state, line);
        }
    }
    void takeData(QSslSocket *socket, State &state, const QByteArray &line)
    {
        if (line != ".") {
            state.text += line + "\r\n";
            return;
        }
        state.data = false;
        message = state.text;
        encrypted = socket->isEncrypted();
        say(socket, toData);
    }
    void takeCommand(QSslSocket *socket, State &state, const QByteArray &line)
    {
        const QByteArray word = line.left(4).toUpper();
        if (word == "EHLO") {
            say(socket, "250-mail.test");
            if (offersTls && !socket->isEncrypted())
                say(socket, "250-STARTTLS");
            say(socket, "250-AUTH PLAIN");
            say(socket, "250 8BITMIME");
        } else if (line.toUpper() == "STARTTLS") {
            say(socket, "220 2.0.0 Ready");
            socket->startServerEncryption();
        } else if (line.toUpper() == "AUTH PLAIN") {
            state.auth = true;
            say(socket, "334 ");
        } else if (state.auth || line.toUpper().startsWith("AUTH PLAIN ")) {
            login = QByteArray::fromBase64(state.auth ? line : line.mid(11));
            state.auth = false;
            say(socket, login == QByteArray("\0dba\0pass word", 14) ? "235 2.7.0 Ok" : "535 5.7.8 Authentication failed");
        } else if (word == "MAIL") {
            sender = line;
            say(socket, "250 2.1.0 Ok");
        } else if (word == "RCPT") {
            recipients << line;
            say(socket, toRecipient);
        } else if (word == "DATA") {
            state.data = true;
            say(socket, "354 End with .");
        } else if (word == "QUIT") {
            say(socket, "221 Bye");
            socket->disconnectFromHost();
        } else {
            say(socket, "502 what?");
        }
    }
    LoopbackServer m_server;
};

} // namespace zandb::test
