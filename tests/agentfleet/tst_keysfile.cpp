// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/keys.h"
#include "agent/protocol/errors.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <thread>

using namespace zandb;
using namespace zandb::agent;

namespace {

constexpr char knownKey[] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

QStringList words(const char *text)
{
    return QString::fromLatin1(text).split(QLatin1Char(' '));
}

} // namespace

class TestKeysFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_config.authorizedKeys = path("authorized_keys").toStdString();
        m_config.socket = "/run/zandb/agent.sock";
        m_config.attachPath = "/usr/bin/zandb-attach";
    }

    /// Whoever can open the directory can lock it; keys are added and revoked all the same.
    void aLockedDirectoryHoldsUpNobody()
    {
        const int directory = ::open(m_directory->path().toLocal8Bit().constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        QCOMPARE(::flock(directory, LOCK_EX), 0);
        std::atomic<int> done{0};
        std::thread work([&] {
            KeysFile keys(m_config);
            if (keys.add({"ann", "viewer", knownKey, {}}) && keys.revoke("ann").value_or(0) == 1)
                done = 1;
        });
        (void)QTest::qWaitFor([&] { return done == 1; }, 30'000);
        const int before = done;
        ::close(directory);
        work.join();
        QCOMPARE(before, 1);
        struct stat info{};
        QCOMPARE(::stat(path("authorized_keys.lock").toLocal8Bit().constData(), &info), 0);
        QCOMPARE(info.st_mode & 07777u, 0600u);
    }

    void fingerprintsAsSshKeygenDoes_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::newRow("ed25519") << words("-t ed25519");
        QTest::newRow("rsa 2048") << words("-t rsa -b 2048");
        QTest::newRow("rsa 3072") << words("-t rsa -b 3072");
        QTest::newRow("ecdsa 256") << words("-t ecdsa -b 256");
        QTest::newRow("ecdsa 384") << words("-t ecdsa -b 384");
        QTest::newRow("ecdsa 521") << words("-t ecdsa -b 521");
    }

    void fingerprintsAsSshKeygenDoes()
    {
        QFETCH(QStringList, options);
        if (QStandardPaths::findExecutable(QStringLiteral("ssh-keygen")).isEmpty())
            QSKIP("ssh-keygen is not installed (package openssh-client)");
        const QByteArray key = generate(options);
        QVERIFY(!key.isEmpty());
        QProcess list;
        list.start(QStringLiteral("ssh-keygen"), {QStringLiteral("-l"), QStringLiteral("-f"), path("key.pub")});
        QVERIFY(list.waitForFinished());
        const QByteArray expected = list.readAllStandardOutput().split(' ').value(1);
        QVERIFY(expected.startsWith("SHA256:"));
        const auto print = KeysFile::fingerprint(key.toStdString());
        QVERIFY2(print, print ? "" : describe(print.error()).c_str());
        QCOMPARE(QByteArray::fromStdString(*print), expected);
    }

    /// sshd itself understands the line: ssh-keygen reads authorized_keys files with options too.
    void sshKeygenReadsOurLines()
    {
        if (QStandardPaths::findExecutable(QStringLiteral("ssh-keygen")).isEmpty())
            QSKIP("ssh-keygen is not installed (package openssh-client)");
        KeysFile keys(m_config);
        const auto added = keys.add({"ann", "operator", generate(words("-t ed25519")).toStdString(), ""});
        QVERIFY(added);
        QProcess list;
        list.start(QStringLiteral("ssh-keygen"), {QStringLiteral("-l"), QStringLiteral("-f"), path("authorized_keys")});
        QVERIFY(list.waitForFinished());
        QVERIFY(list.readAllStandardOutput().contains(added->fingerprint.c_str()));
    }

    void writesTheForcedCommand()
    {
        KeysFile keys(m_config);
        const auto added = keys.add({"ann", "operator", std::string(knownKey) + " ann@laptop", "SHA256:lies"});
        QVERIFY2(added, added ? "" : describe(added.error()).c_str());
        QCOMPARE(added->publicKey, std::string(knownKey));
        QCOMPARE(added->fingerprint, *KeysFile::fingerprint(knownKey));
        QCOMPARE(content(), "restrict,command=\"/usr/bin/zandb-attach --socket /run/zandb/agent.sock --user ann --role operator --key "
                     + QByteArray::fromStdString(added->fingerprint) + "\" " + knownKey + " ann\n");
        struct stat info{};
        QCOMPARE(::stat(m_config.authorizedKeys.c_str(), &info), 0);
        QCOMPARE(info.st_mode & 07777, 0644u);
        const auto list = keys.list();
        QVERIFY(list && list->size() == 1);
        QCOMPARE(list->front().user, std::string("ann"));
        QCOMPARE(list->front().role, std::string("operator"));
        QCOMPARE(list->front().publicKey, std::string(knownKey));
    }

    void keepsWhatIsNotOurs()
    {
        const QByteArray foreign = "# by hand\n\nssh-ed25519 AAAAforeign root@somewhere\nrestrict,command=\"/usr/bin/other --user ann\" "
            + QByteArray(knownKey) + " x\nno end of line";
        write(foreign);
        QCOMPARE(::chmod(m_config.authorizedKeys.c_str(), 0640), 0);
        KeysFile keys(m_config);
        QVERIFY(keys.list()->empty());
        QVERIFY(keys.add({"ann", "viewer", knownKey, ""}));
        QVERIFY(content().startsWith(foreign + "\nrestrict,command=\"/usr/bin/zandb-attach"));
        QCOMPARE(*keys.revoke("ann"), 1);
        QCOMPARE(content(), foreign + "\n");
        struct stat info{};
        QCOMPARE(::stat(m_config.authorizedKeys.c_str(), &info), 0);
        QCOMPARE(info.st_mode & 07777, 0640u);
        QCOMPARE(QDir(m_directory->path()).entryList(QDir::Files | QDir::Hidden), (QStringList{QStringLiteral("authorized_keys"), QStringLiteral("authorized_keys.lock")}));
    }

    void keepsTheOwner()
    {
        if (geteuid() != 0)
            QSKIP("only root can give a file away");
        write("");
        QCOMPARE(::chown(m_config.authorizedKeys.c_str(), 1234, 2345), 0);
        KeysFile keys(m_config);
        QVERIFY(keys.add({"ann", "viewer", knownKey, ""}));
        struct stat info{};
        QCOMPARE(::stat(m_config.authorizedKeys.c_str(), &info), 0);
        QCOMPARE(info.st_uid, 1234u);
        QCOMPARE(info.st_gid, 2345u);
    }

    void replacesTheSameKey()
    {
        KeysFile keys(m_config);
        QVERIFY(keys.add({"ann", "viewer", knownKey, ""}));
        QVERIFY(keys.add({"bob", "admin", knownKey, ""}));
        const auto list = keys.list();
        QCOMPARE(list->size(), std::size_t{1});
        QCOMPARE(list->front().user, std::string("bob"));
        QVERIFY(*keys.stands("bob", "admin", list->front().fingerprint));
        QVERIFY(!*keys.stands("bob", "viewer", list->front().fingerprint));
        QVERIFY(!*keys.stands("ann", "viewer", list->front().fingerprint));
    }

    void revokesByUserAndKey()
    {
        KeysFile keys(m_config);
        const auto first = keys.add({"ann", "viewer", key('1'), ""});
        QVERIFY(first);
        QVERIFY(keys.add({"ann", "viewer", key('2'), ""}));
        QVERIFY(keys.add({"ann", "viewer", key('3'), ""}));
        QVERIFY(keys.add({"bob", "viewer", key('4'), ""}));
        QCOMPARE(*keys.revoke("bob", first->fingerprint), 0); // it is not bob's
        QCOMPARE(*keys.revoke("ann", first->fingerprint), 1);
        QCOMPARE(*keys.revoke("ann", key('2')), 1);
        QCOMPARE(*keys.revoke("ann"), 1);
        QCOMPARE(*keys.revoke("ann"), 0);
        QCOMPARE(keys.list()->size(), std::size_t{1});
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("user");
        QTest::addColumn<QByteArray>("role");
        QTest::addColumn<QByteArray>("key");
        const QByteArray good(knownKey);
        QTest::newRow("no user") << QByteArray("") << QByteArray("viewer") << good;
        QTest::newRow("upper case") << QByteArray("Ann") << QByteArray("viewer") << good;
        QTest::newRow("digit first") << QByteArray("1ann") << QByteArray("viewer") << good;
        QTest::newRow("quote") << QByteArray("a\"b") << QByteArray("viewer") << good;
        QTest::newRow("blank") << QByteArray("a b") << QByteArray("viewer") << good;
        QTest::newRow("shell") << QByteArray("a;id") << QByteArray("viewer") << good;
        QTest::newRow("too long") << QByteArray(33, 'a') << QByteArray("viewer") << good;
        QTest::newRow("role") << QByteArray("ann") << QByteArray("root") << good;
        QTest::newRow("role with option") << QByteArray("ann") << QByteArray("viewer --user b") << good;
        QTest::newRow("no key") << QByteArray("ann") << QByteArray("viewer") << QByteArray("");
        QTest::newRow("two lines") << QByteArray("ann") << QByteArray("viewer") << good + "\n" + good;
        QTest::newRow("options") << QByteArray("ann") << QByteArray("viewer") << "command=\"x\" " + good;
        QTest::newRow("no base64") << QByteArray("ann") << QByteArray("viewer") << QByteArray("ssh-ed25519 AAAA!!!!");
        QTest::newRow("cut") << QByteArray("ann") << QByteArray("viewer") << good.left(good.size() - 4);
        QTest::newRow("another type inside") << QByteArray("ann") << QByteArray("viewer") << QByteArray(good).replace("ssh-ed25519 ", "ssh-rsa ");
        QTest::newRow("dss") << QByteArray("ann") << QByteArray("viewer") << QByteArray(good).replace("ssh-ed25519 ", "ssh-dss ");
        QTest::newRow("huge") << QByteArray("ann") << QByteArray("viewer") << "ssh-rsa " + QByteArray(100'000, 'A');
    }

    void refuses()
    {
        QFETCH(QByteArray, user);
        QFETCH(QByteArray, role);
        QFETCH(QByteArray, key);
        KeysFile keys(m_config);
        const auto added = keys.add({user.toStdString(), role.toStdString(), key.toStdString(), ""});
        QVERIFY(!added);
        QVERIFY(added.error().is(errors::protocolBadParams));
        QVERIFY(!QFile::exists(path("authorized_keys")));
    }

    void refusesShortRsa()
    {
        // 1024 bits: ssh-keygen would still make one
        QByteArray blob("\0\0\0\7ssh-rsa\0\0\0\3\1\0\1\0\0\0\x81", 22);
        blob += QByteArray(1, '\0') + QByteArray(128, '\xf1');
        const auto print = KeysFile::fingerprint(("ssh-rsa " + blob.toBase64()).toStdString());
        QVERIFY(!print);
        QVERIFY(print.error().fields.at("detail").find("2048") != std::string::npos);
    }

    /// A line somebody edited so that its parts no longer fit together gives nobody a role.
    void distrustsEditedLines()
    {
        KeysFile keys(m_config);
        QVERIFY(keys.add({"ann", "viewer", key('1'), ""}));
        write(content().replace(key('1').substr(20).c_str(), key('2').substr(20).c_str()));
        QVERIFY(keys.list()->empty());
    }

    void failsWhereItMayNotWrite()
    {
        m_config.authorizedKeys = "/nonexistent/authorized_keys";
        KeysFile keys(m_config);
        QVERIFY(keys.list() && keys.list()->empty());
        const auto added = keys.add({"ann", "viewer", knownKey, ""});
        QVERIFY(!added);
        QVERIFY(added.error().is(errors::ioFailed));
    }

    void losesNothingWhenManyWrite()
    {
        std::vector<std::thread> threads;
        for (char c = 'a'; c < 'i'; ++c) {
            threads.emplace_back([this, c] {
                KeysFile keys(m_config);
                for (char n = '0'; n < '5'; ++n)
                    (void)keys.add({std::string("u") + c, "viewer", key(c, n), ""});
            });
        }
        for (auto &thread : threads)
            thread.join();
        QCOMPARE(KeysFile(m_config).list()->size(), std::size_t{40});
    }

private:
    QString path(const char *name) const { return m_directory->filePath(QString::fromLatin1(name)); }
    QByteArray content() const
    {
        QFile in(path("authorized_keys"));
        return in.open(QFile::ReadOnly) ? in.readAll() : QByteArray();
    }
    void write(const QByteArray &text) const
    {
        QFile out(path("authorized_keys"));
        QVERIFY(out.open(QFile::WriteOnly));
        out.write(text);
    }
    QByteArray generate(const QStringList &options) const
    {
        QProcess make;
        make.start(QStringLiteral("ssh-keygen"), QStringList{QStringLiteral("-q"), QStringLiteral("-N"), QString(), QStringLiteral("-f"), path("key")} + options);
        QFile in(path("key.pub"));
        return make.waitForFinished() && make.exitCode() == 0 && in.open(QFile::ReadOnly) ? in.readAll().trimmed() : QByteArray();
    }
    /// A well-formed ed25519 key of our own making (its point is not on the curve, which only sshd would notice).
    static std::string key(char a, char b = 'x')
    {
        QByteArray blob("\0\0\0\x0bssh-ed25519\0\0\0\x20", 19);
        blob += QByteArray(31, a) + QByteArray(1, b);
        return ("ssh-ed25519 " + blob.toBase64()).toStdString();
    }
    std::unique_ptr<QTemporaryDir> m_directory;
    Config m_config;
};

QTEST_APPLESS_MAIN(TestKeysFile)
#include "tst_keysfile.moc"
