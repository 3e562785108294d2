// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/connection.h"
#include "tests/store/sessiontest.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

using namespace zandb;
using namespace zandb::test;
using store::Session;

/// Connecting to real servers of each flavour that can be had, and what is said when it does not come about.
class TestStoreConnect : public SessionTest
{
    Q_OBJECT

    QTemporaryDir m_dir;

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init() { prepare(); }
    void passwords();
    void passwordFromFile();
    void nobodyThere();
    void unknownHost();
    void silentServer();
    void schemaMissing();
    void tlsRefusedByPlainServer();
    void tlsVerified();
};

void TestStoreConnect::passwords()
{
    Session good(tcp());
    VERIFY_OK(good.query("SELECT 1"));
    Session wrong(tcp("no"));
    const auto answer = wrong.query("SELECT 1");
    COMPARE_CODE(answer, errors::storePassword);
    QCOMPARE(answer.error().fields.at("user"), std::string("dba"));
    QVERIFY(describe(answer.error()).find("no}") == std::string::npos);
    StoreSettings stranger = tcp();
    stranger.user = "nobody";
    Session other(stranger);
    COMPARE_CODE(other.query("SELECT 1"), errors::storePassword);
}

void TestStoreConnect::passwordFromFile()
{
    StoreSettings settings = tcp("wrong, and not used");
    settings.passwordFile = m_dir.filePath(QStringLiteral("pw")).toStdString();
    std::ofstream(settings.passwordFile) << "pa'ss\\w\xc3\xb6rd\n";
    std::filesystem::permissions(settings.passwordFile, std::filesystem::perms::owner_read);
    Session session(settings);
    VERIFY_OK(session.query("SELECT 1"));
    std::filesystem::permissions(settings.passwordFile, std::filesystem::perms::others_read, std::filesystem::perm_options::add);
    session.close();
    COMPARE_CODE(session.query("SELECT 1"), errors::settingsInvalid);
}

void TestStoreConnect::nobodyThere()
{
    StoreSettings settings = tcp();
    settings.port = 1;
    Session session(settings);
    const auto answer = session.query("SELECT 1");
    COMPARE_CODE(answer, errors::storeUnreachable);
    QVERIFY(answer.error().isTransient());
    QCOMPARE(answer.error().fields.at("port"), std::string("1"));
    settings.socket = "/nonexistent/mysqld.sock";
    Session local(settings);
    COMPARE_CODE(local.execute("DELETE FROM t"), errors::storeUnreachable);
}

void TestStoreConnect::unknownHost()
{
    StoreSettings settings = tcp();
    settings.host = "no-such-host.invalid";
    settings.tls = "off";
    Session session(settings);
    const auto answer = session.query("SELECT 1");
    COMPARE_CODE(answer, errors::storeUnknownHost);
    QCOMPARE(answer.error().fields.at("host"), settings.host);
}

void TestStoreConnect::silentServer()
{
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    QVERIFY(bind(listener, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0 && listen(listener, 5) == 0);
    socklen_t size = sizeof address;
    getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size);
    StoreSettings settings = tcp();
    settings.port = ntohs(address.sin_port);
    Session session(settings);
    COMPARE_CODE(session.query("SELECT 1"), errors::storeUnreachable); // without a limit of its own it would wait for ever
    ::close(listener);
}

void TestStoreConnect::schemaMissing()
{
    StoreSettings settings = m_root;
    settings.schema = "absent";
    Session session(settings);
    const auto answer = session.query("SELECT 1");
    COMPARE_CODE(answer, errors::storeSchemaMissing);
    QCOMPARE(answer.error().fields.at("schema"), std::string("absent"));
    Session empty(m_root); // there, but without our tables
    COMPARE_CODE(empty.checkSchema(), errors::storeSchemaMissing);
}

void TestStoreConnect::tlsRefusedByPlainServer()
{
    QFETCH_GLOBAL(bool, mySql);
    if (mySql)
        QSKIP("MySQL makes itself a certificate: a server without TLS is tested with MariaDB");
    StoreSettings settings = tcp();
    settings.tls = "required";
    settings.tlsCa = "/etc/ssl/certs/ca-certificates.crt";
    if (!std::filesystem::exists(settings.tlsCa))
        QSKIP("no /etc/ssl/certs/ca-certificates.crt");
    Session session(settings);
    COMPARE_CODE(session.query("SELECT 1"), errors::storeTls);
    settings.tlsCa = "/nonexistent/ca.pem";
    Session without(settings);
    COMPARE_CODE(without.query("SELECT 1"), errors::storeTls);
}

void TestStoreConnect::tlsVerified()
{
    QFETCH_GLOBAL(bool, mySql);
    if (!QFile::exists(QStringLiteral("/usr/bin/openssl")))
        QSKIP("no /usr/bin/openssl");
    const std::string dir = m_dir.filePath(mySql ? QStringLiteral("tls-mysql") : QStringLiteral("tls-mariadb")).toStdString();
    std::filesystem::create_directory(dir);
    const auto openssl = [&](QStringList arguments) {
        QProcess process;
        process.setWorkingDirectory(QString::fromStdString(dir));
        process.start(QStringLiteral("/usr/bin/openssl"), arguments);
        return process.waitForFinished() && process.exitCode() == 0;
    };
    const auto words = [](const char *text) { return QString::fromUtf8(text).split(QLatin1Char(' ')); };
    std::ofstream(dir + "/ext") << "subjectAltName=IP:127.0.0.1\n";
    for (const char *ca : {"ca", "other"}) {
        QVERIFY(openssl(words("req -x509 -newkey rsa:2048 -nodes -days 2 -subj") << QStringLiteral("/CN=zandb test %1").arg(QLatin1String(ca))
                        << words("-keyout") << QLatin1String(ca) + QStringLiteral(".key") << QStringLiteral("-out") << QLatin1String(ca) + QStringLiteral(".pem")));
    }
    QVERIFY(openssl(words("req -newkey rsa:2048 -nodes -subj /CN=store.test -keyout server.key -out server.csr")));
    QVERIFY(openssl(words("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out server.pem")));

    ServerOptions options;
    options.flavour = mySql ? Flavour::MySql : Flavour::MariaDb;
    options.networking = true;
    options.binlog = false;
    options.myCnf = {"ssl-ca=" + dir + "/ca.pem", "ssl-cert=" + dir + "/server.pem", "ssl-key=" + dir + "/server.key"};
    std::string error;
    const auto server = TestServer::start(options, &error);
    QVERIFY2(server, error.c_str());
    QVERIFY2(server->exec({"CREATE DATABASE s", "CREATE USER dba@'%' IDENTIFIED BY 'pw'", "GRANT ALL ON s.* TO dba@'%'"}), server->lastError().c_str());
    StoreSettings settings = tcp("pw");
    settings.port = server->port();
    settings.tls = "required";
    settings.tlsCa = dir + "/ca.pem";
    Session good(settings);
    const auto who = good.server();
    VERIFY_OK(who);
    QVERIFY(!who->tlsCipher.empty());
    VERIFY_OK(good.query("SELECT 1"));

    settings.tlsCa = dir + "/other.pem"; // somebody else signed it
    Session strange(settings);
    COMPARE_CODE(strange.query("SELECT 1"), errors::storeTls);
    settings.tlsCa = dir + "/ca.pem";
    settings.host = "localhost"; // the certificate is 127.0.0.1's
    Session misnamed(settings);
    const auto answer = misnamed.query("SELECT 1");
    COMPARE_CODE(answer, errors::storeTls);
    settings.host = "127.0.0.1";
    settings.tls = "off";
    Session plain(settings);
    QCOMPARE(plain.server().value().tlsCipher, std::string());
    settings.tls = "auto"; // loopback: not required
    Session local(settings);
    QCOMPARE(local.server().value().tlsCipher, std::string());
    QVERIFY(store::isLoopback(settings));
    settings.host = "10.0.0.1";
    QVERIFY(!store::isLoopback(settings));
}

QTEST_GUILESS_MAIN(TestStoreConnect)
#include "tst_storeconnect.moc"
