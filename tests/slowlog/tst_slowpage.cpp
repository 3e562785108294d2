// SPDX-License-Identifier: GPL-3.0-or-later
// The page of slow queries and the tab of a digest in the real window over a real store, as a person uses them.
#include "app/fleet/fleetrepository.h"
#include "app/slowlog/slowrepository.h"
#include "app/slowlog/slowrollup.h"
#include "app/slowlog/slowstoring.h"
#include "app/workflow/retention.h"
#include "models/common/roles.h"
#include "models/common/text.h"
#include "models/slowlog/slowdigestmodel.h"
#include "tests/console/seed.h"
#include "tests/console/windowfixture.h"
#include "tests/slowlog/slowbatches.h"
#include "tests/widgets/heartbeat.h"
#include "tests/widgets/sampledata.h"
#include "widgets/common/timechart.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QTabBar>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include <set>

using namespace zandb;
using namespace zandb::console;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::value;

class TestSlowPage : public WindowFixture
{
    Q_OBJECT

    Uuid m_busy;   ///< has slow statements
    Uuid m_silent; ///< writes no slow log

    /// Two days of three instances, in which one digest becomes much slower yesterday noon.
    Result<void> fillSlow()
    {
        const auto fleet = fleet::loadFleet(*m_session);
        if (!fleet)
            return fail(fleet.error());
        const TimePoint now = fleet->readAt;
        std::mt19937 random(6);
        int filled = 0;
        std::set<Uuid> hosts;
        for (const InstanceRecord &record : fleet->instances) {
            const Uuid host = record.instance.hostId;
            if (hosts.insert(host).second) {
                const auto leased = m_session->execute("INSERT INTO lease (host_id, member_id, token, taken_us) VALUES (?,?,1,1)", {value(host), value(Uuid::v7())});
                if (!leased)
                    return fail(leased.error());
            }
            wire::SlowSource source;
            source.instance = record.instance.name;
            source.state = filled < 3 ? "following" : "no_source";
            source.longQuerySeconds = 0.1;
            if (filled >= 3) {
                m_silent = m_silent.isNull() ? record.instance.id : m_silent;
                source.reason = "off";
                source.setGlobal = {"SET GLOBAL slow_query_log = ON", "SET GLOBAL long_query_time = 1"};
                source.myCnf = {"slow_query_log = ON", "long_query_time = 1"};
            }
            if (auto told = slowlog::storeSources(*m_session, host, {source}); !told)
                return told;
            if (filled++ >= 3)
                continue;
            if (filled == 1)
                m_busy = record.instance.id;
            std::vector<slowlog::SlowBatchIn> batches;
            for (TimePoint at = now - 47h; at < now; at += 30min) {
                std::vector<wire::SlowDigest> digests;
                for (int which = 0; which < 24; ++which) {
                    if (which > 3 && random() % 3)
                        continue;
                    DigestEvents events(shopFingerprint(which));
                    const double slow = which == 2 && at > now - 20h ? 9 : 1;
                    for (int n = static_cast<int>(random() % 6) + 1; n > 0; --n)
                        events.event(slow * std::lognormal_distribution<>(-1 - which / 8.0, 0.8)(random), static_cast<double>(random() % 90'000) * slow, which % 3 ? "shop" : "report",
                                     which % 5 ? "shop" : "warehouse", "10.0.0." + std::to_string(random() % 3 + 4));
                    if (which == 23 && at < now - 3h)
                        continue; // new
                    events.sample(at, slow * 2, 7000);
                    digests.push_back(events);
                }
                wire::SlowMinute minute = minuteOf(at, std::move(digests));
                batches.push_back({static_cast<std::int64_t>(batches.size()) + 1, std::move(minute)});
            }
            const auto stored = slowlog::storeBatches(*m_session, {host, 1, Uuid::v7(), "slowlog/" + record.instance.name}, batches);
            if (!stored || !stored->stored)
                return fail(stored ? makeError(errors::internal) : stored.error());
        }
        if (const auto leased = m_session->execute("INSERT INTO lease (host_id, member_id, token, taken_us) VALUES (?,?,1,1)", {value(workflow::storeHost), value(Uuid::v7())}); !leased)
            return fail(leased.error());
        for (bool more = true; more;) {
            const auto done = slowlog::rollUp(*m_session, workflow::storeHost);
            if (!done)
                return fail(done.error());
            more = done->more;
        }
        return {};
    }
    void goTo(const char *page, Scope scope = {}, TimeRange range = TimeRange::last(24))
    {
        Location to = m_context->state().location();
        to.page = QString::fromLatin1(page);
        to.scope = scope;
        to.range = range;
        to.subject.reset();
        m_context->state().goTo(to);
    }
    QTableView *table() { return find<QTableView>("slowTable"); }
    ChartPlot *plot() { return find<TimeChart>("slowChart")->plot(); }
    bool isFilled(int rows = 5)
    {
        return QTest::qWaitFor([&] { return table()->isVisible() && table()->model()->rowCount() >= rows && !plot()->data().isEmpty(); }, 20'000);
    }
    QString figure(const char *name) { return find<QLabel>(name)->text().remove(QRegularExpression(QStringLiteral("<[^>]*>"))).replace(QStringLiteral("&nbsp;"), QStringLiteral(" ")); }
    QStringList lineNames()
    {
        QStringList names;
        for (const ChartLine &line : plot()->data().lines)
            names << line.name;
        return names;
    }

protected:
    Result<void> fillStore() override
    {
        m_pictures = QStringLiteral(ZANDB_BINARY_DIR "/screenshots/slow");
        if (auto seeded = seed(*m_session, sample::fleet(), 1); !seeded)
            return seeded;
        return fillSlow();
    }

private Q_SLOTS:
    void figuresChartAndTable()
    {
        QVERIFY(click(find<QToolButton>("rail-slow")));
        goTo("slow");
        QVERIFY(isFilled());
        picture("page");
        const auto top = slowlog::loadTop(*m_session, slowlog::askFor(*m_context->state().fleet(), {}, m_context->state().now() - 24h, m_context->state().now())).value();
        QVERIFY(top.sum.events > 100);
        QVERIFY2(figure("slowTime").contains(QStringLiteral("total time")) && figure("slowTime").contains(QLatin1Char('%')), qPrintable(figure("slowTime")));
        QVERIFY2(figure("slowNew").startsWith(QStringLiteral("1 ")), qPrintable(figure("slowNew")));
        QCOMPARE(table()->model()->rowCount(), static_cast<int>(top.digests.size()));
        // the digest that became slower is the first
        QCOMPARE(table()->model()->index(0, SlowDigestModel::Digest).data().toString(), qs(shopFingerprint(2)));
        QVERIFY(table()->model()->index(0, SlowDigestModel::Share).data(PercentRole).toDouble() > 10);
        QCOMPARE(table()->model()->index(0, SlowDigestModel::Trend).data(TrendRole).toList().size(), 2);
        QCOMPARE(lineNames().size(), 9); // eight and the others
        QCOMPARE(lineNames().last(), QStringLiteral("other"));
        const auto sumOf = [&] {
            double sum = 0;
            for (const ChartLine &line : plot()->data().lines) {
                for (const auto &point : line.values)
                    sum += point ? point->mean : 0;
            }
            return sum;
        };
        const double seconds = sumOf();
        auto *metric = find<QComboBox>("slowMetric");
        metric->setFocus();
        QTest::keyClick(metric, Qt::Key_Down);
        QTRY_VERIFY(sumOf() != seconds);
        QVERIFY(plot()->isVisible());
        auto *by = find<QComboBox>("slowBy");
        by->setFocus();
        QTest::keyClick(by, Qt::Key_End); // by group
        QTRY_VERIFY_WITH_TIMEOUT(!lineNames().isEmpty() && lineNames().size() < 9, 10'000);
        QTest::keyClick(by, Qt::Key_Up); // by instance
        QTRY_COMPARE_WITH_TIMEOUT(lineNames().filter(QStringLiteral("/")).size(), 3, 10'000);
        picture("by-instance");
    }

    void narrowedAndZoomed()
    {
        goTo("slow");
        QVERIFY(isFilled());
        const int rows = table()->model()->rowCount();
        press(Qt::Key_F, Qt::ControlModifier);
        QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("audit_log"));
        QTRY_VERIFY(table()->model()->rowCount() < rows && table()->model()->rowCount() > 0);
        press(Qt::Key_Escape);
        QTRY_COMPARE(table()->model()->rowCount(), rows);
        const QRect area = plot()->plotRect();
        const QPoint from(area.left() + area.width() / 2, area.center().y()), to(area.left() + area.width() * 3 / 4, area.center().y());
        QTest::mousePress(plot(), Qt::LeftButton, {}, from);
        QTest::mouseMove(plot(), to);
        QTest::mouseRelease(plot(), Qt::LeftButton, {}, to);
        QTRY_VERIFY(m_context->state().location().range.lastHours == 0);
        const auto [begin, end] = m_context->state().location().range.at(m_context->state().now());
        QVERIFY(end - begin < 8h && end - begin > 4h);
        QTRY_VERIFY_WITH_TIMEOUT(isFilled(1), 10'000);
        picture("zoomed");
        QTest::mouseDClick(plot(), Qt::LeftButton, {}, area.center());
        QTRY_COMPARE(m_context->state().location().range, TimeRange::last(24));
        goTo("slow", {Scope::Kind::Instance, m_busy});
        QVERIFY(isFilled());
    }

    void aDigestAsATab()
    {
        goTo("slow", {Scope::Kind::Instance, m_busy});
        QVERIFY(isFilled());
        table()->setCurrentIndex(table()->model()->index(0, 1));
        QTRY_VERIFY(find<QPushButton>("slowOpen")->isVisible());
        QVERIFY(click(find<QPushButton>("slowCopy")));
        QVERIFY2(QApplication::clipboard()->text().contains(qs(shopFingerprint(2))), qPrintable(QApplication::clipboard()->text()));
        QVERIFY(QApplication::clipboard()->text().contains(qs(md5Of(shopFingerprint(2)))));
        table()->setFocus();
        QTest::keyClick(table(), Qt::Key_Return);
        QCOMPARE(m_context->state().location().page, QStringLiteral("digest"));
        QTRY_COMPARE_WITH_TIMEOUT(find<QPlainTextEdit>("digestText")->toPlainText(), qs(shopFingerprint(2)), 10'000);
        auto *times = find<TimeChart>("digestTimes")->plot();
        QTRY_VERIFY(!times->data().isEmpty());
        auto *callers = find<QTableView>("digestCallersTable"), *examples = find<QTableView>("digestExamplesTable");
        QTRY_VERIFY_WITH_TIMEOUT(callers->model()->rowCount() >= 2 && examples->model()->rowCount() >= 2, 10'000);
        picture("digest");
        QVERIFY(click(find<QPushButton>("digestCopy")));
        QVERIFY(QApplication::clipboard()->text().contains(QStringLiteral("Sent by:")));

        auto *accept = find<QPushButton>("digestAccept");
        QCOMPARE(accept->text(), QStringLiteral("Accept"));
        QVERIFY(click(accept));
        QTRY_COMPARE_WITH_TIMEOUT(accept->text(), QStringLiteral("No longer accept"), 10'000);
        const auto rows = m_session->query("SELECT accepted_by FROM slow_digest WHERE accepted_us IS NOT NULL");
        QVERIFY(rows && rows->size() == 1);
        QCOMPARE(rows->front().text(0), "maria");
        QVERIFY(click(accept));
        QTRY_COMPARE_WITH_TIMEOUT(accept->text(), QStringLiteral("Accept"), 10'000);
        QVERIFY(find<QTabBar>("pageTabs")->isVisible());
    }

    /// An instance without a slow log: the page says what to set, and hands it over.
    void noSource()
    {
        goTo("slow", {Scope::Kind::Instance, m_silent});
        const auto texts = [&] {
            QString all;
            for (const QLabel *label : window().page(QStringLiteral("slow"))->findChildren<QLabel *>())
                all += label->isVisible() ? label->text() + QLatin1Char('\n') : QString();
            return all;
        };
        QTRY_VERIFY_WITH_TIMEOUT(texts().contains(QStringLiteral("SET GLOBAL slow_query_log = ON;")) && texts().contains(QStringLiteral("long_query_time = 1")), 10'000);
        picture("no-source");
        QVERIFY(click(find<QPushButton>("slowCopyRemedies")));
        QVERIFY(QApplication::clipboard()->text().contains(QStringLiteral("SET GLOBAL long_query_time = 1;\n# [mysqld]\nslow_query_log = ON")));
        goTo("slow");
        QVERIFY(isFilled());
        QTRY_VERIFY(find<QLabel>("slowHint")->isVisible()); // the others have statements, these are missing
    }

    /// A store that takes half a second a query does not hold up the window.
    void aSlowStore()
    {
        goTo("slow");
        QVERIFY(isFilled());
        m_proxy->setDelay(500);
        Heartbeat heart;
        heart.start();
        goTo("slow", {}, TimeRange::last(47));
        QTest::qWait(1500);
        QTRY_VERIFY_WITH_TIMEOUT(isFilled(), 20'000);
        heart.stop();
        qInfo("longest block %.1f ms", heart.worstCpuMs());
        QVERIFY2(heart.worstCpuMs() < 50, qPrintable(QString::number(heart.worstCpuMs())));
    }

    void pictures()
    {
        for (const auto &[width, height] : {std::pair{1024, 700}, std::pair{1280, 800}, std::pair{1920, 1080}}) {
            for (const bool dark : {false, true}) {
                for (const char *language : {"en", "zh_CN"}) {
                    window().resize(width, height);
                    m_theme->apply(dark ? Theme::Choice::Dark : Theme::Choice::Light);
                    window().setLanguage(QString::fromLatin1(language));
                    goTo("slow");
                    QVERIFY(isFilled());
                    const QString name = QStringLiteral("%1-%2-%3").arg(width).arg(dark ? QStringLiteral("dark") : QStringLiteral("light"), QString::fromLatin1(language));
                    for (const char *label : {"slowTime", "slowCount", "slowRows", "slowNew"}) // nothing is cut
                        QTRY_VERIFY(find<QLabel>(label)->width() >= find<QLabel>(label)->sizeHint().width());
                    picture(qPrintable(QStringLiteral("list-") + name));
                    table()->setCurrentIndex(table()->model()->index(0, 1));
                    table()->setFocus();
                    QTest::keyClick(table(), Qt::Key_Return);
                    auto *examples = find<QTableView>("digestExamplesTable");
                    QTRY_VERIFY_WITH_TIMEOUT(examples->model()->rowCount() >= 2, 10'000);
                    QTRY_VERIFY(find<QLabel>("digestName")->width() >= find<QLabel>("digestName")->sizeHint().width());
                    picture(qPrintable(QStringLiteral("digest-") + name));
                }
            }
        }
        window().setLanguage(QStringLiteral("en"));
    }
};

QTEST_MAIN(TestSlowPage)
#include "tst_slowpage.moc"
