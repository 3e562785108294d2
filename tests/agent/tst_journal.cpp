// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/os/sha256.h"
#include "agent/runtime/journal.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace zandb;
using namespace zandb::agent;
namespace fs = std::filesystem;

class TestJournal : public QObject
{
    Q_OBJECT

    struct Reading
    {
        std::vector<std::int64_t> numbers;
        std::string error; ///< "" when it opened
        std::int64_t bytes = 0;
    };

    static Reading readAll(const fs::path &file)
    {
        Reading reading;
        const auto journal = Journal::open(file, [&](std::int64_t, const Json &record) {
            reading.numbers.push_back(record.at("n").get<std::int64_t>());
        });
        if (journal)
            reading.bytes = journal->bytes();
        else
            reading.error = journal.error().code;
        return reading;
    }

    static void put(const fs::path &file, const std::string &bytes)
    {
        std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
    }

    QTemporaryDir m_dir;
    fs::path m_file;
    std::string m_content;              ///< ten records
    std::vector<std::size_t> m_places;  ///< where each begins, and the end

private Q_SLOTS:
    void init()
    {
        QVERIFY(m_dir.isValid());
        m_file = fs::path(m_dir.path().toStdString()) / "journal";
        fs::remove(m_file);
        auto journal = Journal::open(m_file, [](std::int64_t, const Json &) { QFAIL("a new journal is empty"); });
        QVERIFY(journal);
        m_places.clear();
        for (int n = 0; n < 10; ++n) {
            const auto place = journal->append({{"n", n}, {"text", std::string(static_cast<std::size_t>(n * 2), 'a')}});
            QVERIFY(place);
            m_places.push_back(static_cast<std::size_t>(*place));
            QCOMPARE(journal->read(*place).value().at("n").get<int>(), n);
        }
        m_places.push_back(static_cast<std::size_t>(journal->bytes()));
        m_content = readFile(m_file, 1 << 20).value();
    }

    void checksumIsCastagnoli()
    {
        QCOMPARE(crc32c("123456789"), 0xe3069283u);
        QCOMPARE(crc32c("6789", crc32c("12345")), 0xe3069283u);
        QCOMPARE(Sha256::of("abc"), std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    }

    /// Whatever length a crash left: all whole records are there, the rest is cut, and writing goes on.
    void everyTornLength()
    {
        for (std::size_t length = 0; length < m_content.size(); ++length) {
            put(m_file, m_content.substr(0, length));
            const Reading torn = readAll(m_file);
            QCOMPARE(torn.error, std::string());
            const auto whole = std::ranges::count_if(m_places, [&](std::size_t place) { return place <= length; });
            QCOMPARE(static_cast<std::ptrdiff_t>(torn.numbers.size()), std::max<std::ptrdiff_t>(0, whole - 1));
            {
                auto journal = Journal::open(m_file, [](std::int64_t, const Json &) {});
                QVERIFY(journal && journal->append({{"n", 99}}));
            }
            const Reading after = readAll(m_file);
            QCOMPARE(after.numbers.size(), torn.numbers.size() + 1);
            QCOMPARE(after.numbers.back(), std::int64_t{99});
        }
    }

    void zeroesAtTheEnd()
    {
        put(m_file, m_content + std::string(5000, '\0'));
        const Reading reading = readAll(m_file);
        QCOMPARE(reading.numbers.size(), std::size_t{10});
        QCOMPARE(reading.bytes, static_cast<std::int64_t>(m_content.size()));
        QVERIFY(fs::exists(m_file.string() + ".cut"));
    }

    /// A flipped bit before the last record is damage and changes nothing on disk; within the last one it looks like
    /// a torn write and cuts that one.
    void everyBitFlip()
    {
        for (std::size_t at = 0; at < m_content.size(); ++at) {
            std::string bad = m_content;
            bad[at] = static_cast<char>(bad[at] ^ (1 << at % 8));
            put(m_file, bad);
            const Reading reading = readAll(m_file);
            if (at >= m_places[9]) {
                QCOMPARE(reading.error, std::string());
                QCOMPARE(reading.numbers.size(), std::size_t{9});
            } else {
                QVERIFY2(reading.error == "journal.damaged", qPrintable(QString::number(at)));
                QVERIFY(readFile(m_file, 1 << 20).value() == bad);
            }
        }
    }

    void rewriteIsWhole()
    {
        auto journal = Journal::open(m_file, [](std::int64_t, const Json &) {});
        QVERIFY(journal);
        std::vector<std::int64_t> places;
        const auto written = journal->rewrite([&](Journal::Rewriter &to) -> Result<void> {
            for (const Json &record : {Json{{"n", 5}}, Json{{"n", 6}}}) {
                const auto place = to.add(record);
                if (!place)
                    return fail(place.error());
                places.push_back(*place);
            }
            return {};
        });
        QVERIFY(written);
        QCOMPARE(journal->read(places[1]).value().at("n").get<int>(), 6);
        QVERIFY(journal->append({{"n", 7}}));
        QVERIFY((readAll(m_file).numbers == std::vector<std::int64_t>{5, 6, 7}));

        // what is copied is the same, and what cannot be filled leaves the old one in use
        QVERIFY(journal->rewrite([&](Journal::Rewriter &to) { return to.copy(places[1]).map([](std::int64_t) {}); }));
        QVERIFY(!journal->rewrite([&](Journal::Rewriter &to) { return to.copy(3).map([](std::int64_t) {}); }));
        QVERIFY(journal->append({{"n", 8}}));
        QVERIFY((readAll(m_file).numbers == std::vector<std::int64_t>{6, 8}));
    }

    void whatIsWholeIsSalvaged()
    {
        std::string bad = m_content;
        bad[static_cast<std::size_t>(m_places[4]) + 10] ^= 1;
        put(m_file, bad);
        const auto salvage = Journal::salvage(m_file);
        QVERIFY(salvage);
        QCOMPARE(salvage->records.size(), std::size_t{9});
        QCOMPARE(salvage->lostBytes, static_cast<std::int64_t>(m_places[5] - m_places[4]));
        QVERIFY(readFile(m_file, 1 << 20).value() == bad);
    }

    void foreignFileIsRefused()
    {
        put(m_file, "something else entirely");
        QCOMPARE(readAll(m_file).error, std::string("journal.damaged"));
    }
};

QTEST_GUILESS_MAIN(TestJournal)
#include "tst_journal.moc"
