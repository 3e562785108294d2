// SPDX-License-Identifier: GPL-3.0-or-later
// zandbctl's first steps: what it says on a server that has no store yet, and to an account that may not make roles.
#include "tests/support/testserver.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

using namespace zandb::test;

class TestStoreVerbs : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestServer> m_server;
    QTemporaryDir m_directory;

    struct Ran
    {
        int status = -1;
        QString out;
        QString err;
    };

    Ran ctl(const char *account, const QStringList &words) const
    {
        QFile profile(m_directory.filePath(QStringLiteral("zandb.toml")));
        if (!profile.open(QFile::WriteOnly))
            return {};
        profile.write("[store]\nsocket = \"" + QByteArray::fromStdString(m_server->socket()) + "\"\nuser = \"" + account
                      + "\"\npassword_file = \"password\"\n");
        profile.close();
        QProcess process;
        process.start(QStringLiteral(ZANDB_BINARY_DIR "/bin/zandbctl"), QStringList{QStringLiteral("--config"), profile.fileName()} + words);
        Ran ran;
        if (process.waitForFinished(30000) && process.exitStatus() == QProcess::NormalExit)
            ran.status = process.exitCode();
        ran.out = QString::fromUtf8(process.readAllStandardOutput());
        ran.err = QString::fromUtf8(process.readAllStandardError());
        return ran;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = TestServer::unavailable(Flavour::MariaDb); !reason.empty())
            QSKIP(reason.c_str());
        std::string error;
        m_server = TestServer::start({}, &error);
        QVERIFY2(m_server, error.c_str());
        QVERIFY2(m_server->exec({"CREATE USER plain@localhost IDENTIFIED BY 'secret'", "GRANT ALL ON zandb.* TO plain@localhost",
                                 "CREATE USER setup@localhost IDENTIFIED BY 'secret'",
                                 "GRANT ALL ON zandb.* TO setup@localhost WITH GRANT OPTION",
                                 "GRANT CREATE USER ON *.* TO setup@localhost"}),
                 m_server->lastError().c_str());
        QFile password(m_directory.filePath(QStringLiteral("password")));
        QVERIFY(password.open(QFile::WriteOnly));
        password.write("secret\n");
        QVERIFY(password.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
    }

    void statusBeforeThereIsASchema()
    {
        const Ran ran = ctl("plain", {QStringLiteral("store"), QStringLiteral("status")});
        QVERIFY2(ran.status == 0, qPrintable(ran.err));
        QVERIFY(ran.out.contains(QLatin1String("zandbctl store migrate")));
        // nothing that was not learnt
        for (const char *word : {"Server", "TLS", "Clock"})
            QVERIFY2(!ran.out.contains(QLatin1String(word)), qPrintable(ran.out));
    }

    void rolesThatCouldNotBeMadeAreNamed()
    {
        const Ran ran = ctl("plain", {QStringLiteral("store"), QStringLiteral("migrate")});
        QVERIFY2(ran.status == 0, qPrintable(ran.err));
        QVERIFY2(ran.err.contains(QLatin1String("zandb_dispatcher")) && ran.err.contains(QLatin1String("CREATE USER")), qPrintable(ran.err));
    }

    /// With the grants that packaging/STORE.md gives.
    void rolesAreMadeLater()
    {
        const Ran ran = ctl("setup", {QStringLiteral("store"), QStringLiteral("migrate")});
        QVERIFY2(ran.status == 0 && ran.err.isEmpty(), qPrintable(ran.err));
        QCOMPARE(m_server->value("SELECT COUNT(*) FROM mysql.global_priv WHERE User LIKE 'zandb\\_%' AND JSON_VALUE(Priv, '$.is_role')"), "4");
        const Ran status = ctl("setup", {QStringLiteral("store"), QStringLiteral("status")});
        for (const char *word : {"Server", "TLS", "Clock"})
            QVERIFY2(status.out.contains(QLatin1String(word)), qPrintable(status.out));
    }
};

QTEST_GUILESS_MAIN(TestStoreVerbs)
#include "tst_storeverbs.moc"
