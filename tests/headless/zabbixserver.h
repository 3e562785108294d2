// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/http.h"
#include "tests/support/testserver.h"

#include <QDir>
#include <QElapsedTimer>
#include <QProcess>
#include <QRandomGenerator>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

namespace zandb::test {

/// A real Zabbix 6.0: its server and agent, and its frontend under PHP's own web server, on loopback.  What Debian's packages hold, with a database of its own.
class ZabbixServer
{
public:
    /// Why there is none here; empty: there can be one.
    static QString unavailable()
    {
        if (const auto reason = TestServer::unavailable(Flavour::MariaDb); !reason.empty())
            return QString::fromStdString(reason);
        for (const char *file : {"/usr/sbin/zabbix_server", "/usr/sbin/zabbix_agentd", "/usr/share/zabbix/api_jsonrpc.php", "/usr/share/zabbix-server-mysql/schema.sql.gz", "/usr/bin/php"}) {
            if (!QFile::exists(QString::fromLatin1(file)))
                return QStringLiteral("%1 is missing: install zabbix-server-mysql zabbix-frontend-php zabbix-agent php-cli php-mysql").arg(QLatin1String(file));
        }
        return {};
    }
    ~ZabbixServer()
    {
        for (QProcess *process : {&m_agent, &m_server, &m_php}) { // the database is the last
            process->terminate();
            if (process->state() != QProcess::NotRunning && !process->waitForFinished(20'000))
                process->kill();
            process->waitForFinished(5'000);
        }
    }
    /// Empty when it runs and answers, else why it does not.
    QString start()
    {
        std::string error;
        ServerOptions options;
        options.networking = true;
        options.binlog = false;
        options.myCnf = {"character-set-server=utf8mb4", "collation-server=utf8mb4_bin", "innodb-flush-log-at-trx-commit=0", "skip-innodb-doublewrite"};
        m_database = TestServer::start(options, &error);
        if (!m_database)
            return QString::fromStdString(error);
        if (!m_database->exec({"CREATE DATABASE zabbix CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "CREATE USER zabbix@'127.0.0.1' IDENTIFIED BY 'zbx'", "GRANT ALL ON zabbix.* TO zabbix@'127.0.0.1'",
                               "CREATE USER zabbix@localhost IDENTIFIED BY 'zbx'", "GRANT ALL ON zabbix.* TO zabbix@localhost"}))
            return QString::fromStdString(m_database->lastError());
        if (auto problem = run({QStringLiteral("bash"), QStringLiteral("-c"),
                                QStringLiteral("set -e -o pipefail; (echo 'set autocommit=0; set foreign_key_checks=0; set unique_checks=0;'; zcat /usr/share/zabbix-server-mysql/schema.sql.gz "
                                               "/usr/share/zabbix-server-mysql/data.sql.gz; echo 'commit;') | mariadb --no-defaults -uroot -S \"$1\" zabbix; "
                                               "mkdir www; cp -rL /usr/share/zabbix/. www/ 2>/dev/null || true; sed -i \"s|/etc/zabbix/zabbix.conf.php|$PWD/www/conf/zabbix.conf.php|\" www/include/classes/core/CConfigFile.php"),
                                QStringLiteral("bash"), QString::fromStdString(m_database->socket().string())});
            !problem.isEmpty())
            return problem;
        m_agentPort = freePort();
        const int serverPort = freePort();
        m_webPort = freePort();
        const QString here = m_directory.path();
        const auto port = [](int number) { return QString::number(number); };
        write(QStringLiteral("www/conf/zabbix.conf.php"),
              QStringLiteral("<?php $DB['TYPE']='MYSQL'; $DB['SERVER']='127.0.0.1'; $DB['PORT']='%1'; $DB['DATABASE']='zabbix'; $DB['USER']='zabbix'; $DB['PASSWORD']='zbx'; $DB['SCHEMA']=''; "
                             "$DB['ENCRYPTION']=false; $DB['KEY_FILE']=''; $DB['CERT_FILE']=''; $DB['CA_FILE']=''; $DB['VERIFY_HOST']=false; $DB['CIPHER_LIST']=''; $DB['VAULT_URL']=''; "
                             "$DB['VAULT_DB_PATH']=''; $DB['VAULT_TOKEN']=''; $DB['DOUBLE_IEEE754']=true; $ZBX_SERVER='127.0.0.1'; $ZBX_SERVER_PORT='%2'; $ZBX_SERVER_NAME='test'; "
                             "$IMAGE_FORMAT_DEFAULT=IMAGE_FORMAT_PNG;\n")
                  .arg(m_database->port())
                  .arg(serverPort));
        write(QStringLiteral("server.conf"),
              QStringLiteral("LogFile=%1/zabbix_server.log\nPidFile=%1/server.pid\nSocketDir=%1\nDBHost=localhost\nDBSocket=%2\nDBName=zabbix\nDBUser=zabbix\nDBPassword=zbx\nListenIP=127.0.0.1\nListenPort=%3\n"
                             "AllowRoot=1\nStartPollers=2\nStartPollersUnreachable=1\nStartTrappers=1\nStartPingers=0\nStartDiscoverers=0\nStartPreprocessors=1\nCacheUpdateFrequency=2\n"
                             "AlertScriptsPath=%1\nExternalScripts=%1\nAllowUnsupportedDBVersions=1\nFpingLocation=/bin/true\n")
                  .arg(here, QString::fromStdString(m_database->socket().string()), port(serverPort)));
        write(QStringLiteral("agentd.conf"), QStringLiteral("LogFile=%1/zabbix_agentd.log\nPidFile=%1/agentd.pid\nServer=127.0.0.1\nHostname=db1\nListenIP=127.0.1.1\nListenPort=%2\nStartAgents=1\nAllowRoot=1\n")
                                                 .arg(here, port(m_agentPort)));
        begin(m_server, QStringLiteral("/usr/sbin/zabbix_server"), {QStringLiteral("-f"), QStringLiteral("-c"), here + QStringLiteral("/server.conf")});
        begin(m_agent, QStringLiteral("/usr/sbin/zabbix_agentd"), {QStringLiteral("-f"), QStringLiteral("-c"), here + QStringLiteral("/agentd.conf")});
        begin(m_php, QStringLiteral("/usr/bin/php"),
              {QStringLiteral("-d"), QStringLiteral("memory_limit=256M"), QStringLiteral("-d"), QStringLiteral("max_execution_time=300"), QStringLiteral("-d"), QStringLiteral("date.timezone=UTC"),
               QStringLiteral("-S"), QStringLiteral("127.0.0.1:") + port(m_webPort), QStringLiteral("-t"), here + QStringLiteral("/www")});
        QElapsedTimer timer;
        for (timer.start(); timer.elapsed() < 120'000; QTest::qWait(100)) {
            if (call("apiinfo.version", Json::array()).is_string())
                break;
        }
        m_login = call("user.login", {{"user", "Admin"}, {"password", "zabbix"}});
        const Json made = call("token.create", Json::array({{{"name", "zandb"}, {"userid", "1"}}}));
        const Json token = made.is_object() ? call("token.generate", made.value("tokenids", Json::array())) : Json();
        if (!token.is_array() || token.empty())
            return QStringLiteral("the API gave no token: ") + QString::fromStdString(m_last) + QString::fromLocal8Bit(logs());
        m_token = token[0].value("token", std::string());
        return {};
    }

    std::string url() const { return "http://127.0.0.1:" + std::to_string(m_webPort); }
    const std::string &token() const { return m_token; }
    int agentPort() const { return m_agentPort; }
    /// The result of a call as the administrator; null: refused, as lastReply() says.
    Json call(const std::string &method, const Json &params)
    {
        Json body{{"jsonrpc", "2.0"}, {"method", method}, {"params", params}, {"id", 1}};
        if (m_login.is_string())
            body["auth"] = m_login;
        http::Request request;
        request.url = url() + "/api_jsonrpc.php";
        request.headers = {"Content-Type: application/json-rpc"};
        request.body = dumpJson(body);
        http::Options options;
        options.proxy = "none";
        const auto reply = http::send(request, options);
        m_last = reply ? reply->body : describe(reply.error());
        const auto json = reply ? parseJson(reply->body) : fail(reply.error());
        return json && json->is_object() && json->contains("result") ? json->at("result") : Json();
    }
    const std::string &lastReply() const { return m_last; }
    /// What it and its agent have to say, for a test that fails.
    QByteArray logs() const
    {
        QByteArray all;
        for (const char *name : {"zabbix_server.log", "zabbix_agentd.log", "zabbix_server.out", "zabbix_agentd.out"}) {
            QFile file(m_directory.filePath(QString::fromLatin1(name)));
            if (file.open(QFile::ReadOnly))
                all += QByteArray(name) + ":\n" + file.readAll().right(4000) + '\n';
        }
        return all;
    }
    /// A host with one interface; its number.
    std::string addHost(const std::string &name, const std::string &address, const std::string &dns = {})
    {
        const Json made = call("host.create", {{"host", name}, {"groups", Json::array({{{"groupid", "2"}}})},
                                               {"interfaces", Json::array({{{"type", 1}, {"main", 1}, {"useip", dns.empty() ? 1 : 0}, {"ip", address}, {"dns", dns}, {"port", std::to_string(m_agentPort)}}})}});
        return made.is_object() ? made.at("hostids").at(0).get<std::string>() : std::string();
    }
    bool addItem(const std::string &host, const std::string &key, int type)
    {
        const Json interfaces = call("hostinterface.get", {{"hostids", host}, {"output", Json::array({"interfaceid"})}});
        return interfaces.is_array() && !interfaces.empty()
            && call("item.create", {{"hostid", host}, {"interfaceid", interfaces[0].at("interfaceid")}, {"name", key}, {"key_", key}, {"type", 0}, {"value_type", type}, {"delay", "1s"}}).is_object();
    }

private:
    /// Zabbix takes ports from 1024 to 32767 only.
    static int freePort()
    {
        for (int tries = 0; tries < 100; ++tries) {
            const auto port = static_cast<quint16>(QRandomGenerator::global()->bounded(20'000, 32'000));
            if (QTcpServer server; server.listen(QHostAddress::Any, port))
                return port;
        }
        return 0;
    }
    void write(const QString &name, const QString &text) const
    {
        QFile file(m_directory.filePath(name));
        if (!file.open(QFile::WriteOnly) || file.write(text.toUtf8()) < 0)
            qWarning("%s cannot be written", qPrintable(name));
    }
    QString run(QStringList words) const
    {
        QProcess process;
        process.setWorkingDirectory(m_directory.path());
        process.start(words.takeFirst(), words);
        return process.waitForFinished(240'000) && process.exitCode() == 0 ? QString() : QString::fromLocal8Bit(process.readAllStandardError());
    }
    void begin(QProcess &process, const QString &program, const QStringList &words) const
    {
        process.setWorkingDirectory(m_directory.path());
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.setStandardOutputFile(m_directory.filePath(QFileInfo(program).fileName() + QStringLiteral(".out")));
        process.start(program, words);
        process.waitForStarted();
    }

    QTemporaryDir m_directory;
    std::unique_ptr<TestServer> m_database;
    QProcess m_server, m_agent, m_php;
    int m_agentPort = 0, m_webPort = 0;
    Json m_login;
    std::string m_token, m_last;
};

} // namespace zandb::test
