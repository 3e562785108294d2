// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/runtime/feedfile.h"
#include "agent/runtime/itemsfile.h"
#include "agent/runtime/resultfit.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <sys/stat.h>

using namespace zandb;
using namespace zandb::agent;
using namespace std::chrono_literals;

/// The files behind items and feeds, without processes.
class TestItemsFile : public QObject
{
    Q_OBJECT
    QTemporaryDir m_dir;
    std::filesystem::path m_place;

    static std::vector<std::string> all(ItemReader &reader)
    {
        std::vector<std::string> found;
        for (;;) {
            const auto lines = reader.next(1000);
            if (!lines || lines->empty())
                return found;
            found.insert(found.end(), lines->begin(), lines->end());
        }
    }
    static FeedPiece piece(std::int64_t from, std::vector<Json> items, bool end = false)
    {
        return {from, std::move(items), end, std::nullopt};
    }

private Q_SLOTS:
    void init()
    {
        QVERIFY(m_dir.isValid());
        m_place = std::filesystem::path(m_dir.path().toStdString()) / Uuid::v7().toString();
        std::filesystem::create_directories(m_place);
    }

    void readsWhatGrowsAndDropsATornLine()
    {
        const auto file = m_place / "items";
        ItemWriter writer(file);
        ItemReader early(file, 0);
        QVERIFY(all(early).empty());
        for (int i = 1; i <= 500; ++i)
            QVERIFY(writer.add(Json{{"i", i}}));
        QCOMPARE(all(early).size(), std::size_t{500});
        QVERIFY(writer.add("later"));
        QCOMPARE(all(early), std::vector<std::string>{"\"later\""});
        QCOMPARE(early.number(), 501);
        ItemReader from(file, 499);
        QCOMPARE(all(from), (std::vector<std::string>{"{\"i\":500}", "\"later\""}));
        std::ofstream(file, std::ios::app) << "{\"torn\":";
        QVERIFY(all(from).empty());
        QCOMPARE(countItems(file).count, 501);
        QCOMPARE(countItems(file).bytes, writer.counts().bytes);
    }

    void cutsAndCounts()
    {
        ItemWriter writer(m_place / "items");
        writer.setLimits({3, 100});
        QVERIFY(writer.add(std::string(40, 'a')));
        QVERIFY(writer.add(std::string(40, 'b')));
        QVERIFY(!writer.add(std::string(40, 'c'))); // beyond the bytes
        QVERIFY(!writer.add("d"));                  // would fit, but the beginning stays a beginning
        const wire::ItemCounts counts = writer.counts();
        QCOMPARE(counts.count, 2);
        QCOMPARE(counts.bytes, 84);
        QCOMPARE(counts.cutCount, 2);
        QCOMPARE(counts.cutBytes, 45);
        ItemWriter other(m_place / "other");
        QVERIFY(!other.add(std::string(maxItemBytes, 'x'))); // too long alone
        QVERIFY(other.add("y"));
        QCOMPARE(other.counts().cutCount, 1);
    }

    void feedsInOrderAndOnce()
    {
        FeedReader reader(m_place, {}, 100ms);
        QCOMPARE(reader.next().error().code, std::string("order.feed_stalled"));
        auto state = appendToFeed(m_place, piece(1, {"a", "b"}));
        QVERIFY(state && state->acknowledged == 2 && !state->ended);
        QCOMPARE(appendToFeed(m_place, piece(4, {"d"})).error().fields.at("expected"), std::string("3"));
        state = appendToFeed(m_place, piece(2, {"b", "c"})); // as after a lost answer
        QCOMPARE(state->acknowledged, 3);
        for (const char *expected : {"a", "b", "c"})
            QCOMPARE(reader.next()->value().get<std::string>(), std::string(expected));
        std::ofstream(m_place / "feed", std::ios::app) << "{\"n\":4,\"it"; // of a serve that was killed
        QCOMPARE(reader.next().error().code, std::string("order.feed_stalled"));
        state = appendToFeed(m_place, piece(4, {"d"}, true));
        QVERIFY(state && state->acknowledged == 4 && state->ended);
        QCOMPARE(reader.next()->value().get<std::string>(), std::string("d"));
        QVERIFY(!reader.next()->has_value());
        QVERIFY(!reader.next()->has_value());
        QVERIFY(appendToFeed(m_place, piece(4, {"d"}, true))->ended); // once more is no harm
        QCOMPARE(appendToFeed(m_place, piece(5, {"e"})).error().code, std::string("order.feed_closed"));
    }

    void anAbortIsNoEnd()
    {
        FeedReader reader(m_place, {}, 5s);
        FeedPiece last = piece(1, {"a"});
        last.abort = "the source has gone";
        QVERIFY(appendToFeed(m_place, last)->ended);
        QVERIFY(reader.next()->has_value());
        for (int i = 0; i < 2; ++i) {
            const auto end = reader.next();
            QVERIFY(!end);
            QCOMPARE(end.error().code, std::string("order.feed_aborted"));
            QCOMPARE(end.error().fields.at("detail"), std::string("the source has gone"));
        }
    }

    /// What waits is bounded by the window, and what was read gives its room back to the disk.
    void holdsNoMoreThanItsWindow()
    {
        const std::string big(200'000, 'x');
        auto state = appendToFeed(m_place, piece(1, std::vector<Json>(20, big)));
        QVERIFY(state && state->acknowledged < 8 && state->credit == 0);
        FeedReader reader(m_place, {}, 5s);
        std::int64_t sent = state->acknowledged, got = 0;
        for (; got < 150; ++got) {
            QCOMPARE(reader.next()->value().get<std::string>().size(), big.size());
            state = appendToFeed(m_place, piece(sent + 1, std::vector<Json>(3, big)));
            QVERIFY(state);
            sent = state->acknowledged;
        }
        struct stat info{};
        QCOMPARE(::stat((m_place / "feed").c_str(), &info), 0);
        QVERIFY(info.st_size > 25'000'000);
        QVERIFY2(info.st_blocks * 512 < 12'000'000, qPrintable(QString::number(info.st_blocks * 512)));
    }

    void cutsALargeResult()
    {
        Json small{{"a", 1}, {"list", {1, 2, 3}}};
        Json same = small;
        QCOMPARE(cutToFit(same, 1000), 0);
        QVERIFY(same == small);
        Json large{{"id", "b1"}, {"bytes", 77}, {"text", QString(100'000, QChar(0x4e2d)).toStdString()}, {"tables", Json::array()},
                   {"deep", {{"note", "stays"}, {"inner", std::string(50'000, 'i')}}}};
        for (int i = 0; i < 10'000; ++i)
            large["tables"].push_back("table_" + std::to_string(i));
        const auto before = static_cast<std::int64_t>(dumpJson(large).size());
        const std::int64_t cut = cutToFit(large, 10'000);
        const auto after = static_cast<std::int64_t>(dumpJson(large).size());
        QVERIFY2(after <= 11'000, qPrintable(QString::number(after)));
        QCOMPARE(cut, before - after);
        QCOMPARE(large["id"].get<std::string>(), std::string("b1"));
        QCOMPARE(large["bytes"].get<int>(), 77);
        QCOMPARE(large["deep"]["note"].get<std::string>(), std::string("stays"));
        QVERIFY(large["tables"].size() > 100 && large["tables"][7] == "table_7");
        const auto text = large["text"].get<std::string>();
        QVERIFY(!text.empty() && text.size() % 3 == 0); // no half character
    }
};

QTEST_GUILESS_MAIN(TestItemsFile)
#include "tst_itemsfile.moc"
