// SPDX-License-Identifier: GPL-3.0-or-later
// Collected figures in a real store: each flavour that can be had.
#include "app/fleet/seriesrepository.h"
#include "tests/store/repositorytest.h"

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::value;

class TestSeriesRepository : public RepositoryTest
{
    Q_OBJECT

    static constexpr TimePoint noon = TimePoint{1'780'000'000s - 1'780'000'000s % 3600};
    Uuid m_host;
    Uuid m_instance;
    Uuid m_spool;

    /// A reading n * 10 s after noon.
    fleet::SamplesBatch batch(std::int64_t number, std::int64_t n) const
    {
        fleet::SamplesBatch batch;
        batch.number = number;
        batch.payload.at = noon + 10s * n;
        batch.payload.stepMs = 10'000;
        batch.payload.columns = {"queries", "of a later agent", "connections"};
        batch.payload.instances = {{"my3306", {n * 100, 1, std::nullopt}}, {"unknown", {1, 2, 3}}};
        batch.payload.hostColumns = {"cpu_ms"};
        batch.payload.host = {n};
        return batch;
    }
    Result<fleet::Collected> store(std::vector<fleet::SamplesBatch> batches, std::int64_t token = 5)
    {
        return fleet::storeSamples(*m_session, m_host, token, m_spool, batches);
    }
    /// "0 100 - 300": the column of queries over all rows.
    std::string queries(TimePoint from = noon, TimePoint to = noon + 24h)
    {
        const auto history = fleet::loadSeries(*m_session, m_instance, fleet::instanceSeries, from, to);
        if (!history)
            return zandb::describe(history.error());
        std::string text = history->damaged ? "damaged " : "";
        for (const Series &part : history->series) {
            text += text.empty() ? "" : "|";
            for (std::size_t i = 0; i < part.points; ++i) {
                const auto &v = part.columns.at(3)[i];
                text += (i ? " " : "") + (v ? std::to_string(*v) : "-");
            }
        }
        return text;
    }
    std::int64_t number(const std::string &sql)
    {
        const auto rows = m_session->query(sql);
        return rows && !rows->empty() ? rows->front().integer(0) : -1;
    }

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init()
    {
        m_session.reset();
        prepare();
        if (!m_session)
            return; // the server is not to be had: that is said already
        m_host = addHost("db1").id;
        m_instance = Uuid::v7();
        m_spool = Uuid::v7();
        VERIFY_OK(m_session->execute("INSERT INTO instance (id, host_id, name, port, created_us, revision) VALUES (?,?,'my3306',3306,1,1)",
                                     {value(m_instance), value(m_host)}));
        VERIFY_OK(m_session->execute("INSERT INTO lease (host_id, member_id, token, taken_us) VALUES (?,?,5,1)", {value(m_host), value(Uuid::v7())}));
    }

    void eachBatchOnce()
    {
        auto stored = store({batch(1, 0), batch(2, 1)});
        QVERIFY(stored && stored->stored);
        QCOMPARE(stored->number, 2);
        QCOMPARE(queries(), "0 100");
        // the second comes again, changed, with a new one: what is stored already counts
        auto again = batch(2, 1);
        again.payload.instances[0].second[0] = 7;
        stored = store({again, batch(3, 2)});
        QCOMPARE(stored->number, 3);
        QCOMPARE(stored->lost, 0);
        QCOMPARE(queries(), "0 100 200");
        stored = store({batch(2, 1)});
        QVERIFY(stored->stored);
        QCOMPARE(stored->number, 3); // so that the agent can forget it
        QCOMPARE(queries(), "0 100 200");
        // batches that gave way are counted and leave a hole
        stored = store({batch(6, 5)});
        QCOMPARE(stored->lost, 2);
        QCOMPARE(number("SELECT lost FROM collected"), 2);
        QCOMPARE(queries(), "0 100 200 - - 500");
    }

    void onlyTheHolderOfTheLease()
    {
        auto stored = store({batch(1, 0)}, 4);
        QVERIFY(stored && !stored->stored);
        QCOMPARE(queries(), "");
        QCOMPARE(number("SELECT COUNT(*) FROM collected"), 0);
    }

    void aNewSpoolBeginsAgain()
    {
        QVERIFY(store({batch(8, 0)}));
        QVERIFY(store({batch(9, 1)}));
        m_spool = Uuid::v7();
        const auto stored = store({batch(1, 2)});
        QCOMPARE(stored->number, 1);
        QCOMPARE(stored->lost, 0);
        QCOMPARE(queries(), "0 100 200");
        m_spool = Uuid{}; // made while the host's clock was wrong
        m_spool.bytes[6] = 0x70;
        QCOMPARE(store({batch(1, 3)})->number, 1);
        QCOMPARE(queries(), "0 100 200 300");
    }

    void rangesAreCut()
    {
        QVERIFY(store({batch(1, 0), batch(2, 1), batch(3, 2), batch(4, 3)}));
        QCOMPARE(queries(noon + 10s, noon + 30s), "100 200");
        QCOMPARE(queries(noon + 11s, noon + 30s), "200");
        QCOMPARE(queries(noon + 11s, noon + 31s), "200 300");
        QCOMPARE(queries(noon - 1h, noon), "");
        QCOMPARE(queries(noon + 1h, noon + 2h), "");
    }

    void hoursArePacked()
    {
        std::int64_t number_ = 0;
        // a day and a half an hour, a batch each minute: pieces of six points
        for (std::int64_t minute = 0; minute < 90; ++minute) {
            std::vector<fleet::SamplesBatch> batches;
            for (int i = 0; i < 6; ++i) {
                ++number_;
                batches.push_back(batch(number_, number_ - 1));
            }
            QVERIFY(store(batches));
        }
        const std::string before = queries();
        QCOMPARE(number("SELECT COUNT(*) FROM series WHERE series_set='instance'"), 90);
        QCOMPARE(fleet::packHours(*m_session, 3).value(), 3);
        QCOMPARE(fleet::packHours(*m_session, 100).value(), 1); // host and instance, two hours each
        QCOMPARE(fleet::packHours(*m_session, 100).value(), 0);
        QCOMPARE(number("SELECT COUNT(*) FROM series WHERE series_set='instance'"), 2);
        QCOMPARE(number("SELECT COUNT(*) FROM series WHERE packed=0"), 0);
        QCOMPARE(queries(), before);
        // one that comes late joins its hour
        QVERIFY(store({batch(number_ + 1, 1)}));
        QCOMPARE(number("SELECT COUNT(*) FROM series WHERE packed=0"), 2);
        QCOMPARE(fleet::packHours(*m_session, 100).value(), 2);
        QCOMPARE(queries(), before);
    }

    void anotherStepIsASeriesOfItsOwn()
    {
        QVERIFY(store({batch(1, 0), batch(2, 1)}));
        auto other = batch(3, 6);
        other.payload.stepMs = 60'000;
        QVERIFY(store({other}));
        QCOMPARE(queries(), "0 100|600");
        QCOMPARE(fleet::packHours(*m_session, 100).value(), 2);
        QCOMPARE(number("SELECT COUNT(*) FROM series WHERE packed=0"), 0);
        QCOMPARE(queries(), "0 100|600");
    }

    void whateverAnAgentSays()
    {
        auto wild = batch(1, 0);
        wild.payload.stepMs = 0;
        auto ancient = batch(2, 1);
        ancient.payload.at = TimePoint::min();
        auto aside = batch(3, 2);
        aside.payload.at += 3s;
        auto wide = batch(4, 3);
        wide.payload.columns.assign(5000, "queries");
        const auto stored = store({wild, ancient, aside, wide, batch(5, 0)});
        VERIFY_OK(stored);
        QCOMPARE(stored->number, 5);
        QVERIFY(m_session->execute("INSERT INTO series VALUES (?,'instance',?,1,1,10000,5,'no zstd'), (?,'instance',?,1,9,10000,5,'')",
                                   {value(m_instance), value(noon + 2h), value(m_instance), value(noon + 3h)}));
        QVERIFY(queries().starts_with("damaged "));
    }

    void goesWithItsHost()
    {
        QVERIFY(store({batch(1, 0)}));
        VERIFY_OK(fleet::removeHost(*m_session, m_host));
        QCOMPARE(number("SELECT COUNT(*) FROM series"), 0);
        QCOMPARE(number("SELECT COUNT(*) FROM collected"), 0);
    }
};

QTEST_GUILESS_MAIN(TestSeriesRepository)
#include "tst_seriesrepository.moc"
