// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/os/sha256.h"
#include "tests/backups/receivefixture.h"
#include "tests/support/smalldisk.h"

#include <atomic>
#include <csignal>
#include <thread>

using namespace zandb;
using namespace zandb::test;

/// The far end of a remote repository, given what a sender may send that is not ours.
class TestReceive : public QObject, private ReceiveFixture
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { std::signal(SIGPIPE, SIG_IGN); }
    void init() { setUp(); }

    void wholeBackupArrives()
    {
        const Uuid id = Uuid::v7();
        Receiver one = receiver();
        QCOMPARE(codeOf(one, Kind::Open, openBody(id)), std::string());
        QCOMPARE(sendFile(one, "payload.zst", std::string("abc\0def", 7)), std::string());
        QCOMPARE(sendFile(one, "manifest.json", "{}"), std::string());
        QVERIFY(!one.isCommitted());
        QVERIFY(fs::is_empty(m_repository.path / "db1" / "my3306") == false);
        const auto done = one.handle(Kind::Commit, "{}");
        QVERIFY(done && one.isCommitted());
        const fs::path backup = done->at("path").get<std::string>();
        QCOMPARE(backup.parent_path(), m_repository.path / "db1" / "my3306");
        QCOMPARE(backup.filename().string(), "20231114T221320Z-" + id.toString());
        QCOMPARE(contentOf(backup / "payload.zst"), std::string("abc\0def", 7));
        QCOMPARE(codeOf(one, Kind::Open, openBody(Uuid::v7())), std::string("protocol.malformed"));
    }

    void onlyAcceptedPrefixes_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("instance");
        QTest::addColumn<QString>("pinned");
        QTest::addColumn<QString>("code");
        const QString my = QStringLiteral("my3306");
        const QString denied = QStringLiteral("access.denied");
        const QString refused = QStringLiteral("io.failed");
        QTest::newRow("stranger") << QStringLiteral("db3") << my << QString() << denied;
        QTest::newRow("another host than the key's") << QStringLiteral("db2") << my << QStringLiteral("db1") << denied;
        QTest::newRow("empty") << QString() << my << QString() << denied;
        QTest::newRow("up") << QStringLiteral("../db1") << my << QString() << denied;
        QTest::newRow("through an accepted one") << QStringLiteral("db1/../db2") << my << QString() << denied;
        QTest::newRow("absolute") << QStringLiteral("/tmp") << my << QString() << denied;
        QTest::newRow("instance up") << QStringLiteral("db1") << QStringLiteral("..") << QString() << refused;
        QTest::newRow("instance of another host") << QStringLiteral("db1") << QStringLiteral("../db2") << QString() << refused;
        QTest::newRow("instance is a path") << QStringLiteral("db1") << QStringLiteral("a/b") << QString() << refused;
        QTest::newRow("instance empty") << QStringLiteral("db1") << QString() << QString() << refused;
        QTest::newRow("instance hidden") << QStringLiteral("db1") << QStringLiteral(".partial-x") << QString() << refused;
        QTest::newRow("instance with a NUL") << QStringLiteral("db1") << QString(QLatin1String("my\0x", 4)) << QString() << refused;
    }
    void onlyAcceptedPrefixes()
    {
        QFETCH(QString, host);
        QFETCH(QString, instance);
        QFETCH(QString, pinned);
        QFETCH(QString, code);
        const QStringList before = names();
        {
            Receiver one = receiver(pinned.toStdString());
            QCOMPARE(codeOf(one, Kind::Open, openBody(Uuid::v7(), host.toStdString(), instance.toStdString())), code.toStdString());
            QCOMPARE(codeOf(one, Kind::File, fileBody("x")), std::string("protocol.malformed")); // nothing after an error
        }
        QCOMPARE(names(), before);
    }
    /// accept_from is the administrator's, but even there a path is no prefix.
    void acceptedNameMustBeAName()
    {
        m_repository.acceptFrom = {"../elsewhere"};
        Receiver one = receiver();
        QCOMPARE(codeOf(one, Kind::Open, openBody(Uuid::v7(), "../elsewhere")), std::string("access.denied"));
        QCOMPARE(names(), QStringList{QStringLiteral("vault")});
    }

    void fileNamesAreNames_data()
    {
        QTest::addColumn<QByteArray>("name");
        for (const char *name : {"", ".", "..", ".hidden", "../payload", "a/b", "/etc/passwd", "a b", "a\\b", "a\nb", "na\xc3\xafve"})
            QTest::newRow(name) << QByteArray(name);
        QTest::newRow("NUL") << QByteArray("a\0b", 3);
        QTest::newRow("long") << QByteArray(101, 'a');
    }
    void fileNamesAreNames()
    {
        QFETCH(QByteArray, name);
        {
            Receiver one = receiver();
            QCOMPARE(codeOf(one, Kind::Open, openBody(Uuid::v7())), std::string());
            const QStringList before = names();
            QCOMPARE(codeOf(one, Kind::File, fileBody(name.toStdString())), std::string("io.failed"));
            QCOMPARE(names(), before);
        }
        QVERIFY(fs::is_empty(m_repository.path / "db1" / "my3306"));
    }

    void nothingIsReplaced()
    {
        const Uuid id = Uuid::v7();
        const fs::path backup = commit(id, "the first");
        QVERIFY(!backup.empty());
        { // the same backup again
            Receiver again = receiver();
            QVERIFY(!codeOf(again, Kind::Open, openBody(id)).empty());
        }
        { // and under another time, which would give it a directory of its own
            Receiver other = receiver();
            Json body = openBody(id);
            body["started_us"] = 1'800'000'000'000'000;
            QCOMPARE(codeOf(other, Kind::Open, body), std::string("backup.id_used"));
        }
        { // the same file twice
            Receiver twice = receiver();
            QCOMPARE(codeOf(twice, Kind::Open, openBody(Uuid::v7())), std::string());
            QCOMPARE(sendFile(twice, "payload", "one"), std::string());
            QCOMPARE(codeOf(twice, Kind::File, fileBody("payload")), std::string("io.failed"));
        }
        { // something appears in the backup's place while it is under way
            Receiver late = receiver();
            const Uuid other = Uuid::v7();
            QCOMPARE(codeOf(late, Kind::Open, openBody(other)), std::string());
            QCOMPARE(sendFile(late, "payload", "late"), std::string());
            fs::create_directory(backup.parent_path() / ("20231114T221320Z-" + other.toString()));
            QCOMPARE(codeOf(late, Kind::Commit, Json::object()), std::string("backup.id_used"));
        }
        QCOMPARE(contentOf(backup / "payload"), std::string("the first"));
    }
    /// Neither a word of the protocol nor the next sender removes what is not its own.
    void nothingIsRemoved()
    {
        const fs::path backup = commit(Uuid::v7(), "kept");
        QVERIFY(!backup.empty());
        Receiver under = receiver();
        QCOMPARE(codeOf(under, Kind::Open, openBody(Uuid::v7())), std::string());
        QCOMPARE(codeOf(under, Kind::File, fileBody("payload")), std::string());
        const QStringList before = names();
        for (int kind = 0; kind < 256; ++kind) {
            if (std::strchr("OFDECKP", kind) && kind != 0)
                continue;
            Receiver stranger = receiver();
            QCOMPARE(codeOf(stranger, static_cast<Kind>(kind), Json::object()), std::string("protocol.malformed"));
        }
        {
            Receiver another = receiver();
            QCOMPARE(codeOf(another, Kind::Open, openBody(Uuid::v7())), std::string());
        }
        QCOMPARE(names(), before);
        QCOMPARE(contentOf(backup / "payload"), std::string("kept"));
        QCOMPARE(codeOfData(under, "goes on"), std::string());
    }

    void framesOutOfTurn()
    {
        const std::string malformed = "protocol.malformed";
        const auto opened = [&](auto &&then) {
            Receiver one = receiver();
            QCOMPARE(codeOf(one, Kind::Open, openBody(Uuid::v7())), std::string());
            then(one);
        };
        Receiver fresh = receiver();
        QCOMPARE(codeOf(fresh, Kind::File, fileBody("x")), malformed);
        Receiver early = receiver();
        QCOMPARE(codeOfData(early, "x"), malformed);
        opened([&](Receiver &one) { QCOMPARE(codeOf(one, Kind::Open, openBody(Uuid::v7())), malformed); });
        opened([&](Receiver &one) { QCOMPARE(codeOfData(one, "x"), malformed); });
        opened([&](Receiver &one) { QCOMPARE(codeOf(one, Kind::Commit, Json::object()), malformed); });
        opened([&](Receiver &one) {
            QCOMPARE(codeOf(one, Kind::File, fileBody("x")), std::string());
            QCOMPARE(codeOf(one, Kind::Commit, Json::object()), malformed);
        });
        opened([&](Receiver &one) {
            QCOMPARE(codeOf(one, Kind::File, fileBody("x")), std::string());
            QCOMPARE(codeOf(one, Kind::File, fileBody("y")), malformed);
        });
        QVERIFY(fs::is_empty(m_repository.path / "db1" / "my3306"));
    }
    void valuesThatAreNone()
    {
        for (const auto &[name, value] : std::vector<std::pair<const char *, Json>>{{"started_us", -1},
                                                                                    {"started_us", 253402300800'000000},
                                                                                    {"started_us", 1e300},
                                                                                    {"started_us", "1"},
                                                                                    {"need_bytes", 1e300},
                                                                                    {"need_bytes", nullptr},
                                                                                    {"id", "../../x"},
                                                                                    {"id", 7},
                                                                                    {"host", Json::array()}}) {
            Json body = openBody(Uuid::v7());
            body[name] = value;
            Receiver one = receiver();
            QCOMPARE(codeOf(one, Kind::Open, body), std::string("protocol.malformed"));
        }
        Receiver text = receiver();
        QCOMPARE(text.handle(Kind::Open, "[1,2").error().code, std::string("protocol.malformed"));
        QCOMPARE(names(), QStringList{QStringLiteral("vault")});
    }
    void damagedOnTheWay()
    {
        for (const Json &end : {Json{{"sha256", Sha256::of("other")}, {"bytes", 5}}, Json{{"sha256", Sha256::of("bytes")}, {"bytes", 4}}}) {
            Receiver one = receiver();
            QCOMPARE(codeOf(one, Kind::Open, openBody(Uuid::v7())), std::string());
            QCOMPARE(codeOf(one, Kind::File, fileBody("payload")), std::string());
            QCOMPARE(codeOfData(one, "bytes"), std::string());
            QCOMPARE(codeOf(one, Kind::End, end), std::string("io.failed"));
            QCOMPARE(codeOf(one, Kind::Commit, Json::object()), std::string("protocol.malformed"));
        }
        QVERIFY(fs::is_empty(m_repository.path / "db1" / "my3306"));
    }

    /// Wherever the link is cut, nothing of the backup stays, and only the whole stream is one.
    void cutStreams()
    {
        const std::string stream = wholeStream(Uuid::v7(), std::string(300, 'x'));
        for (std::size_t size = 0; size < stream.size(); size += 7) {
            QVERIFY2(!receiveStream(stream.substr(0, size)), qPrintable(QString::number(size)));
            const fs::path place = m_repository.path / "db1" / "my3306";
            QVERIFY2(!fs::exists(place) || fs::is_empty(place), qPrintable(QString::number(size)));
        }
        std::string answers;
        QVERIFY(receiveStream(stream, &answers));
        QVERIFY(answers.starts_with(receive::preamble));
        QVERIFY(answers.find("\"path\"") != answers.npos);
    }
    void abortLeavesNothing()
    {
        const std::string stream = wholeStream(Uuid::v7(), "bytes");
        const std::string beforeCommit = stream.substr(0, stream.size() - frame(Kind::Commit, Json::object()).size());
        std::string answers;
        QVERIFY(!receiveStream(beforeCommit + frame(Kind::Abort, Json::object()), &answers));
        QVERIFY(answers.ends_with(frame(Kind::Done, Json::object())));
        QVERIFY(fs::is_empty(m_repository.path / "db1" / "my3306"));
    }
    void framesTooLong()
    {
        for (const std::string &head : {header(Kind::Open, 64 * 1024 + 1), header(Kind::Data, maxBody + 1), header(Kind::Abort, 0xffffffff)}) {
            std::string answers;
            QVERIFY(!receiveStream(head, &answers));
            QVERIFY(answers.find("protocol.too_large") != answers.npos);
        }
    }

    void diskBelowItsMinimum()
    {
        m_repository.minFreeBytes = 1LL << 60;
        Receiver one = receiver();
        QCOMPARE(codeOf(one, Kind::Open, openBody(Uuid::v7())), std::string("io.disk_full"));
        QVERIFY(fs::is_empty(m_repository.path / "db1" / "my3306"));
        // a need beyond all numbers must not turn the sum into a small one
        m_repository.minFreeBytes = 1000;
        Json body = openBody(Uuid::v7());
        body["need_bytes"] = std::numeric_limits<std::int64_t>::max();
        Receiver greedy = receiver();
        QCOMPARE(codeOf(greedy, Kind::Open, body), std::string("io.disk_full"));
    }
    void diskFullOnTheWay()
    {
        const SmallDisk disk(m_repository.path, 2 << 20);
        if (!disk.mounted())
            QSKIP("a small file system is mounted for this test, which needs root");
        {
            Receiver one = receiver();
            QCOMPARE(codeOf(one, Kind::Open, openBody(Uuid::v7())), std::string());
            QCOMPARE(codeOf(one, Kind::File, fileBody("payload")), std::string());
            const std::string piece(1 << 20, 'x');
            std::string code;
            for (int i = 0; i < 4 && code.empty(); ++i)
                code = codeOfData(one, piece);
            QCOMPARE(code, std::string("io.disk_full"));
        }
        QVERIFY(fs::is_empty(m_repository.path / "db1" / "my3306"));
        QVERIFY(!commit(Uuid::v7(), "there is room again").empty());
    }

    /// Of one backup sent twice at the same time one arrives, whole; two different ones both do.
    void twoAtOnce()
    {
        const Uuid id = Uuid::v7();
        const std::string bytes(200'000, 'y');
        std::atomic<int> committed = 0;
        const auto send = [&](const Uuid &of) {
            return std::thread([&, of] { committed += receiveStream(wholeStream(of, bytes)) ? 1 : 0; });
        };
        {
            Receiver first = receiver();
            QCOMPARE(codeOf(first, Kind::Open, openBody(id)), std::string());
            QVERIFY(!receiveStream(wholeStream(id, bytes)));
            QCOMPARE(sendFile(first, "payload", bytes), std::string());
            QCOMPARE(codeOf(first, Kind::Commit, Json::object()), std::string());
        }
        for (int round = 0; round < 20; ++round) {
            const Uuid same = Uuid::v7();
            committed = 0;
            std::thread one = send(same);
            std::thread other = send(same);
            one.join();
            other.join();
            QVERIFY(committed <= 1);
        }
        for (const auto &entry : fs::directory_iterator(m_repository.path / "db1" / "my3306")) {
            QVERIFY2(!entry.path().filename().string().starts_with('.'), entry.path().c_str());
            QCOMPARE(contentOf(entry.path() / "payload"), bytes);
        }
        for (int round = 0; round < 20; ++round) {
            committed = 0;
            std::thread one = send(Uuid::v7());
            std::thread other = send(Uuid::v7());
            one.join();
            other.join();
            QCOMPARE(committed.load(), 2);
        }
    }
};

QTEST_GUILESS_MAIN(TestReceive)
#include "tst_receive.moc"
