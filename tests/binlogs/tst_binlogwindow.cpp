// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/binlogs/binlogwindow.h"

#include <QTest>

#include <algorithm>

using namespace zandb;

/// To which moments an instance can be brought, by what is archived.
class TestBinlogWindow : public QObject
{
    Q_OBJECT

    static TimePoint at(int minute) { return fromMicros(1'800'000'000'000'000 + std::int64_t{minute} * 60'000'000); }

    /// Number n: minutes 10n to 10n+9, transactions 0-1-(100n) to 0-1-(100n+99).
    static wire::BinlogFile file(int n)
    {
        wire::BinlogFile f;
        f.repository = "local";
        f.name = "binlog.00000" + std::to_string(n);
        f.key = "k" + std::to_string(n);
        f.server = "id-1";
        f.mariaDb = true;
        f.created = at(10 * n);
        f.state = "closed";
        f.size = 1000;
        f.transactions = 100;
        f.first = at(10 * n);
        f.last = at(10 * n + 9);
        f.firstGtid = "0-1-" + std::to_string(100 * n);
        f.lastGtid = "0-1-" + std::to_string(100 * n + 99);
        f.knowsGtids = true;
        f.previousGtids = "0-1-" + std::to_string(100 * n - 1);
        f.endGtids = f.lastGtid;
        return f;
    }
    static std::vector<wire::BinlogFile> files(int first, int last)
    {
        std::vector<wire::BinlogFile> all;
        for (int n = first; n <= last; ++n)
            all.push_back(file(n));
        return all;
    }
    static BinlogBase backup(int n, int minute, std::int64_t offset = 500)
    {
        wire::BackupPosition position;
        position.file = "binlog.00000" + std::to_string(n);
        position.offset = offset;
        position.gtid = "0-1-" + std::to_string(100 * n + 49);
        return {Uuid::v7(), at(minute), position};
    }
    static wire::RecoverTarget time(int minute)
    {
        wire::RecoverTarget target;
        target.kind = "time";
        target.at = at(minute);
        return target;
    }

private Q_SLOTS:
    void anUnbrokenChain()
    {
        const std::vector backups{backup(2, 25), backup(4, 45)};
        auto all = files(1, 6);
        std::ranges::reverse(all);
        const auto window = binlogWindow(all, backups, nullptr);
        QCOMPARE(window.ranges.size(), std::size_t{1});
        QVERIFY(window.holes.empty() && window.alone.empty());
        QCOMPARE(window.ranges[0].from, at(25));
        QCOMPARE(window.ranges[0].to, at(69));
        QCOMPARE(window.ranges[0].bytes, std::int64_t{5000});
        // of two backups the later one that still lies before the target
        QCOMPARE(binlogRoute(window, backups, time(44))->backup, backups[0].id);
        QCOMPARE(binlogRoute(window, backups, time(45))->backup, backups[1].id);
        QCOMPARE(binlogRoute(window, backups, time(60))->files.size(), std::size_t{3});
        // a quiet minute between two files is a moment like any other
        QVERIFY(binlogRoute(window, backups, time(59)));
    }

    void aFileIsMissing()
    {
        const std::vector backups{backup(1, 15), backup(4, 45)};
        auto all = files(1, 6);
        std::erase_if(all, [](const auto &f) { return f.name.ends_with('3'); });
        const auto window = binlogWindow(all, backups, nullptr);
        QCOMPARE(window.ranges.size(), std::size_t{2});
        QCOMPARE(window.ranges[0].to, at(29));
        QCOMPARE(window.holes.size(), std::size_t{1});
        QCOMPARE(window.holes[0].missing, std::string("0-1-300 to 0-1-399"));
        QCOMPARE(window.holes[0].after + ' ' + window.holes[0].before, std::string("binlog.000002 binlog.000004"));
        QCOMPARE(window.holes[0].from, at(29));
        QCOMPARE(window.holes[0].to, at(45)); // what lies behind the hole waits for the next backup
        const auto refused = binlogRoute(window, backups, time(42));
        QVERIFY(!refused && refused.error().is(errors::binlogGap));
        QCOMPARE(refused.error().fields.at("missing"), std::string("0-1-300 to 0-1-399"));
        QVERIFY(binlogRoute(window, backups, time(50)));
        // without the later backup everything behind the hole is lost
        const auto lost = binlogWindow(all, {backups[0]}, nullptr);
        QCOMPARE(lost.ranges.size(), std::size_t{1});
        QCOMPARE(lost.holes.size(), std::size_t{1});
        QVERIFY(lost.holes[0].before.empty());
        wire::RecoverTarget end;
        QVERIFY(binlogRoute(lost, {backups[0]}, end).error().is(errors::binlogGap));
    }

    // A file that was archived and is lost is a hole, wherever it was.
    void anArchivedFileIsLost()
    {
        const std::vector backups{backup(1, 15), backup(4, 45)};
        auto all = files(1, 6);
        all[2].state = "lost";
        auto window = binlogWindow(all, backups, nullptr);
        QCOMPARE(window.lost, std::vector<std::string>{"binlog.000003"});
        QCOMPARE(window.ranges.size(), std::size_t{2});
        QCOMPARE(window.holes.size(), std::size_t{1});
        QCOMPARE(window.holes[0].why + ' ' + window.holes[0].missing, std::string("lost 0-1-300 to 0-1-399"));
        QCOMPARE(window.holes[0].after + ' ' + window.holes[0].before, std::string("binlog.000002 binlog.000004"));
        all[2].state = "closed";
        all[5].state = "lost"; // the last one
        window = binlogWindow(all, backups, nullptr);
        QCOMPARE(window.ranges.back().to, at(59));
        QCOMPARE(window.holes.size(), std::size_t{1});
        QCOMPARE(window.holes[0].after + ' ' + window.holes[0].missing, std::string("binlog.000005 0-1-600 to 0-1-699"));
        wire::RecoverTarget end;
        QVERIFY(binlogRoute(window, backups, end).error().is(errors::binlogGap));
        for (auto &file : all)
            file.state = "lost";
        window = binlogWindow(all, backups, nullptr);
        QVERIFY(window.ranges.empty() && window.files.empty());
        QCOMPARE(window.lost.size(), std::size_t{6});
        QCOMPARE(window.alone.size(), std::size_t{2});
    }

    void theSameNameAfterReset()
    {
        auto all = files(1, 3);
        for (int n = 1; n <= 2; ++n) { // the counter and the GTIDs begin again
            wire::BinlogFile f = file(n);
            f.key = "again" + std::to_string(n);
            f.created = at(100 + 10 * n);
            f.first = at(100 + 10 * n);
            f.last = at(109 + 10 * n);
            f.previousGtids = n == 1 ? "" : "0-1-199";
            all.push_back(f);
        }
        const std::vector backups{backup(1, 15), backup(1, 115)};
        const auto window = binlogWindow(all, backups, nullptr);
        QCOMPARE(window.ranges.size(), std::size_t{2});
        QCOMPARE(window.holes.size(), std::size_t{1});
        QCOMPARE(window.holes[0].why, std::string("reset"));
        // 0-1-170 stands in both chains: the newer one is meant where a backup leads to it, else the older one
        wire::RecoverTarget both;
        both.kind = "before_gtid";
        both.gtid = "0-1-170";
        QCOMPARE(binlogRoute(window, backups, both)->backup, backups[1].id);
        const std::vector older{backups[0]};
        const auto route = binlogRoute(binlogWindow(all, older, nullptr), older, both);
        QVERIFY2(route, route ? "" : describe(route.error()).c_str());
        QCOMPARE(route->files.front().key, std::string("k1"));
        QCOMPARE(binlogRoute(window, backups, time(118))->files[0].key, std::string("again1"));
        QCOMPARE(binlogRoute(window, backups, time(30))->files[0].key, std::string("k1"));
    }

    void breaks_data()
    {
        QTest::addColumn<QString>("change");
        QTest::addColumn<QString>("why");
        for (const char *why : {"damaged", "encrypted", "other_server", "missing"})
            QTest::newRow(why) << QString::fromLatin1(why) << QString::fromLatin1(why);
        QTest::newRow("cut") << QStringLiteral("cut") << QStringLiteral("missing");
    }
    void breaks()
    {
        QFETCH(QString, change);
        QFETCH(QString, why);
        auto a = file(1), b = file(2);
        QVERIFY(breakBetween(a, b).why.empty());
        if (change == QLatin1String("other_server"))
            b.server = "id-2";
        else if (change == QLatin1String("missing"))
            b.previousGtids = "0-1-220";
        else if (change == QLatin1String("cut"))
            a.state = "cut", a.endGtids = "0-1-150";
        else
            a.state = change.toStdString();
        QCOMPARE(QString::fromStdString(breakBetween(a, b).why), why);
    }

    void targetsThatAreNotThere()
    {
        const std::vector backups{backup(2, 25)};
        const auto window = binlogWindow(files(1, 3), backups, nullptr);
        QVERIFY(binlogRoute(window, backups, time(24)).error().is(errors::binlogTarget));
        QVERIFY(binlogRoute(window, backups, time(40)).error().is(errors::binlogTarget));
        wire::RecoverTarget gtid;
        gtid.kind = "gtid";
        gtid.gtid = "0-1-320";
        QCOMPARE(binlogRoute(window, backups, gtid)->files.size(), std::size_t{2});
        gtid.gtid = "0-1-240"; // before the backup
        QVERIFY(binlogRoute(window, backups, gtid).error().is(errors::binlogTarget));
        gtid.gtid = "0-1-900";
        QVERIFY(binlogRoute(window, backups, gtid).error().is(errors::binlogTarget));
        QVERIFY(binlogRoute(binlogWindow({}, backups, nullptr), backups, time(30)).error().is(errors::binlogTarget));
        QCOMPARE(binlogWindow({}, backups, nullptr).alone.size(), std::size_t{1});
    }

    void anArchiveThatKeepsUp()
    {
        const std::vector backups{backup(2, 25)};
        auto all = files(1, 3);
        all.back().state = "open";
        wire::BinlogReport status;
        status.at = at(300);
        status.archive.state = "streaming";
        QCOMPARE(binlogWindow(all, backups, &status).ranges[0].to, at(300));
        QVERIFY(binlogWindow(all, backups, &status).ranges[0].goesOn);
        status.archive.behindBytes = 1;
        QCOMPARE(binlogWindow(all, backups, &status).ranges[0].to, at(39));
    }
};

QTEST_APPLESS_MAIN(TestBinlogWindow)
#include "tst_binlogwindow.moc"
