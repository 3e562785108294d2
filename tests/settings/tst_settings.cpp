// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platform/errors.h"
#include "app/platform/settings.h"
#include "tests/places.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace zandb;
namespace fs = std::filesystem;

class TestSettings : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    fs::path write(const std::string &text, const char *name = "zandb.toml")
    {
        const fs::path path = fs::path(m_dir.path().toStdString()) / name;
        QFile file(QString::fromStdString(path.string()));
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate))
            qFatal("cannot write");
        file.write(text.data(), static_cast<qint64>(text.size()));
        return path;
    }

private Q_SLOTS:
    void init()
    {
        for (const char *name : {"CREDENTIALS_DIRECTORY", "ZANDB_CONFIG"})
            qunsetenv(name);
    }

    void example()
    {
        const auto settings = loadSettings(fs::path(ZANDB_SOURCE_DIR) / "packaging/zandb.toml");
        QVERIFY2(settings, settings ? "" : describe(settings.error()).c_str());
        QCOMPARE(settings->profile, std::string("production"));
        QVERIFY(settings->production);
        QCOMPARE(settings->store.host, std::string("store.example.com"));
        QVERIFY(!settings->person.empty());
    }

    void headlessExample()
    {
        const auto settings = loadSettings(fs::path(ZANDB_SOURCE_DIR) / "packaging/headless.toml");
        QVERIFY2(settings, settings ? "" : describe(settings.error()).c_str());
        QCOMPARE(settings->person, std::string("headless"));
        QVERIFY(settings->store.passwordFile.empty()); // so that the credential counts
        QCOMPARE(settings->ssh.identity, fs::path("/run/credentials/zandb-headless.service/ssh-identity"));
    }

    void values()
    {
        qputenv("HOME", "/home/ann");
        const fs::path file = write("[profile]\nname='p'\nperson='bob'\n[store]\nuser='u'\nport=3311\nschema='s'\ntls='off'\n"
                                    "password_file='secrets/pw'\nsocket='/run/x.sock'\n[ssh]\nidentity='~/.ssh/id'\n");
        const auto settings = loadSettings(file);
        QVERIFY2(settings, settings ? "" : describe(settings.error()).c_str());
        QCOMPARE(settings->file, file);
        QCOMPARE(settings->person, std::string("bob"));
        QCOMPARE(settings->store.port, 3311);
        QCOMPARE(settings->store.passwordFile, file.parent_path() / "secrets/pw");
        QCOMPARE(settings->store.socket, fs::path("/run/x.sock"));
        QCOMPARE(settings->ssh.identity, fs::path("/home/ann/.ssh/id"));
        QCOMPARE(settings->colour, std::string("#0072B2"));
    }

    void mistakes_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("named");
        QTest::newRow("syntax") << QByteArray("[store]\nuser = \n") << QByteArray("line 2");
        QTest::newRow("no user") << QByteArray("[store]\nhost='h'\n") << QByteArray("store.user is missing");
        QTest::newRow("empty") << QByteArray() << QByteArray("store.user is missing");
        QTest::newRow("typo") << QByteArray("[store]\nuser='u'\npasword_file='x'\n") << QByteArray("store.pasword_file is not known (line 3)");
        QTest::newRow("typo in a table") << QByteArray("[stor]\nuser='u'\n") << QByteArray("stor is not known");
        QTest::newRow("port") << QByteArray("[store]\nuser='u'\nport=70000\n") << QByteArray("store.port must be a number from 1 to 65535");
        QTest::newRow("port as text") << QByteArray("[store]\nuser='u'\nport='3306'\n") << QByteArray("store.port must be a number");
        QTest::newRow("tls") << QByteArray("[store]\nuser='u'\ntls='maybe'\n") << QByteArray("store.tls must be one of auto, required, off");
        QTest::newRow("type") << QByteArray("[store]\nuser=7\n") << QByteArray("store.user must be text");
        QTest::newRow("no table") << QByteArray("store='x'\n") << QByteArray("store must be a table");
        QTest::newRow("password in the file") << QByteArray("[store]\nuser='u'\npassword='x'\n") << QByteArray("store.password is not known");
        QTest::newRow("bytes") << QByteArray("\xff\xfe\0", 3) << QByteArray("line 1");
        QTest::newRow("huge") << QByteArray(2 << 20, '#') << QByteArray("larger");
    }
    void mistakes()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, named);
        const fs::path file = write(text.toStdString());
        const auto settings = loadSettings(file);
        QVERIFY(!settings);
        QCOMPARE(settings.error().code, std::string("settings.invalid"));
        QCOMPARE(settings.error().fields.at("path"), file.string());
        const std::string detail = settings.error().fields.at("detail");
        QVERIFY2(detail.find(named.toStdString()) != std::string::npos, detail.c_str());
    }

    void absent()
    {
        const auto settings = loadSettings("/nonexistent/zandb.toml");
        QVERIFY(!settings);
        QVERIFY(settings.error().fields.at("detail").find("example") != std::string::npos);
        qputenv("ZANDB_CONFIG", "/etc/other.toml");
        QCOMPARE(defaultSettingsFile(), fs::path("/etc/other.toml"));
        qunsetenv("ZANDB_CONFIG");
        QVERIFY(defaultSettingsFile().string().ends_with("/zandb/zandb.toml"));
    }

    void secrets()
    {
        const fs::path file = write("s3cret \xf0\x9f\x94\x91\r\n", "pw");
        fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
        QCOMPARE(readSecret(file, "x").value(), std::string("s3cret \xf0\x9f\x94\x91"));
        fs::permissions(file, fs::perms::group_read, fs::perm_options::add);
        QVERIFY(!readSecret(file, "x"));
        QVERIFY(!readSecret(m_dir.path().toStdString(), "x"));     // a directory
        QVERIFY(!readSecret("/nonexistent", "x"));                // named and absent is a mistake
        QCOMPARE(readSecret({}, "pw").value(), std::string());    // nobody named one
        qputenv("CREDENTIALS_DIRECTORY", m_dir.path().toUtf8());
        QCOMPARE(readSecret({}, "pw").value(), std::string("s3cret \xf0\x9f\x94\x91"));
        QCOMPARE(readSecret({}, "other").value(), std::string());
        const fs::path link = fs::path(m_dir.path().toStdString()) / "zero";
        fs::create_symlink("/dev/zero", link);
        QVERIFY(!readSecret(link, "x"));
    }
};

QTEST_GUILESS_MAIN(TestSettings)
#include "tst_settings.moc"
