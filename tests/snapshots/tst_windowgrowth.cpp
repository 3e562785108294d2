// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/fleet/fleetrepository.h"
#include "app/slowlog/slowregression.h"
#include "app/snapshots/snapshotrepository.h"
#include "tests/console/windowfixture.h"
#include "widgets/common/timechart.h"

#include <QComboBox>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QTabBar>
#include <QTableView>
#include <QToolButton>

using namespace zandb;
using namespace zandb::console;
using namespace std::chrono_literals;
using store::value;

/// The Growth tab of an instance, and slow statements on the Today page.
class TestWindowGrowth : public test::WindowFixture
{
    Q_OBJECT

    Uuid m_instance;

protected:
    Result<void> fillStore() override
    {
        if (auto filled = test::WindowFixture::fillStore(); !filled)
            return filled;
        const auto fleet = fleet::loadFleet(*m_session);
        if (!fleet)
            return fail(fleet.error());
        m_instance = fleet->instances.front().instance.id;
        return m_session->transaction([&]() -> Result<void> {
            const char *schemas[] = {"shop", "warehouse", "billing", "analytics", "mysql", "sys", "audit", "crm", "metrics", "archive"};
            for (int day = 60; day >= 0; --day) {
                Snapshot snapshot;
                snapshot.takenAt = fleet->readAt - std::chrono::days{day} - 1h;
                snapshot.version = day > 20 ? "10.11.18-MariaDB" : "10.11.19-MariaDB";
                snapshot.flavour = "mariadb";
                for (int s = 0; s < 10; ++s) {
                    for (int t = 0; t < 12; ++t) {
                        const std::int64_t pages = 400 * (10 - s) + 40 * t + (60 - day) * (s == 3 ? 90 : s) ;
                        snapshot.tables.push_back({schemas[s], "table_" + std::to_string(t), "InnoDB", pages * 16384, pages * 11000, pages * 3000, pages * 80});
                    }
                }
                if (day == 0)
                    snapshot.tables.push_back({"shop", "returns", "InnoDB", 9 << 20, 8 << 20, 1 << 20, 4000});
                std::ranges::sort(snapshot.tables, [](const auto &a, const auto &b) { return std::tie(a.schema, a.table) < std::tie(b.schema, b.table); });
                snapshot.variables = {{"max_connections", day == 0 ? "300" : "200"}, {"sql_mode", day == 0 ? "B,A" : "A,B"}};
                snapshot.accounts = std::vector<SnapshotAccount>{{"root", "localhost", "unix_socket", false, false, false}};
                if (day == 0)
                    snapshot.accounts->push_back({"reports", "10.%", "ed25519", false, true, false});
                snapshot.directories = {{"data", 5LL << 30}, {"log", 300 << 20}, {"binlog", 2LL << 30}, {"tmp", 0}};
                if (auto stored = snapshots::store(*m_session, m_instance, Uuid::v7(), snapshot); !stored)
                    return stored;
            }
            const auto add = [&](const char *kind, const char *digest, const char *fingerprint, const char *evidence) -> Result<void> {
                auto done = m_session->execute("INSERT INTO slow_digest (checksum, fingerprint, first_seen_us, last_seen_us) VALUES (UNHEX(?),?,1,?)", {value(digest), value(fingerprint), value(fleet->readAt)});
                if (done)
                    done = m_session->execute("INSERT INTO slow_finding (id, instance_id, checksum, kind, since_us, seen_us, evidence) VALUES (?,?,UNHEX(?),?,?,?,?)",
                                              {value(Uuid::v7()), value(m_instance), value(digest), value(kind), value(fleet->readAt - 5min), value(fleet->readAt), value(evidence)});
                return done ? Result<void>() : fail(done.error());
            };
            if (auto done = add("slower", "11111111111111111111111111111111", "select id, customer_id, total from orders where placed between ? and ? order by id limit ?",
                                R"({"p95BeforeUs":1900,"p95LimitUs":7000,"p95Us":38000,"calls":61,"timeUs":2200000})"); !done)
                return done;
            return add("new", "22222222222222222222222222222222", "select count(*) from returns where reason=?", R"({"calls":12,"timeUs":840000})");
        });
    }

private:
    int lineWith(const QString &text)
    {
        auto *list = find<QListView>("attentionList");
        for (int row = 0; row < list->model()->rowCount(); ++row) {
            if (list->model()->index(row, 0).data().toString().contains(text))
                return row;
        }
        return -1;
    }

private Q_SLOTS:
    void statementsStandOnToday()
    {
        QVERIFY(test::click(find<QToolButton>("rail-today")));
        QTRY_VERIFY_WITH_TIMEOUT(lineWith(QStringLiteral("slower than usual")) >= 0, 10'000);
        QVERIFY(lineWith(QStringLiteral("a new slow statement")) >= 0);
        auto *list = find<QListView>("attentionList");
        auto *accept = find<QPushButton>("statementAccept");
        QVERIFY(accept->isVisible() && !accept->isEnabled());
        const QModelIndex line = list->model()->index(lineWith(QStringLiteral("slower than usual")), 0);
        QVERIFY(line.data(Qt::ToolTipRole).toString().contains(QStringLiteral("38.0 ms, usually 1.90 ms")));
        list->scrollTo(line);
        list->setCurrentIndex(line);
        QVERIFY(accept->isEnabled());
        picture("today-statements");
        QVERIFY(test::click(accept));
        QTRY_COMPARE_WITH_TIMEOUT(lineWith(QStringLiteral("slower than usual")), -1, 10'000);
        const auto left = slowlog::loadFindings(*m_session, {});
        QVERIFY(left && left->size() == 1 && left->front().kind == "new");
    }

    void growthIsShownAndDaysCompared()
    {
        Location at = m_context->state().location();
        at.page = QStringLiteral("instance");
        at.subject = Subject(instanceSubject, m_instance);
        m_context->state().goTo(at);
        auto *views = find<QTabBar>("instanceViews");
        int view = -1;
        for (int i = 0; i < views->count(); ++i)
            view = views->tabText(i) == QLatin1String("Growth and changes") ? i : view;
        QVERIFY(view > 0);
        views->setCurrentIndex(view);
        auto *growth = find<QTableView>("growthTable");
        QTRY_VERIFY_WITH_TIMEOUT(growth->model()->rowCount() == 10 + 100, 10'000);
        auto *diff = find<QTableView>("snapshotDiffTable");
        QTRY_VERIFY_WITH_TIMEOUT(diff->model()->rowCount() > 10, 10'000);
        QCOMPARE(find<QComboBox>("growthFrom")->count(), 61);
        const auto shown = [&] {
            QStringList lines;
            for (int row = 0; row < diff->model()->rowCount(); ++row)
                lines << diff->model()->index(row, 0).data().toString() + QLatin1Char(' ') + diff->model()->index(row, 1).data().toString() + QLatin1Char(' ') + diff->model()->index(row, 2).data().toString();
            return lines;
        };
        QVERIFY2(shown().contains(QStringLiteral("Table shop.returns added")), qPrintable(shown().join(QLatin1Char('\n'))));
        QVERIFY(shown().contains(QStringLiteral("Variable max_connections changed")) && shown().contains(QStringLiteral("Account reports@10.% added")));
        QVERIFY(!shown().join(QLatin1Char(' ')).contains(QStringLiteral("sql_mode")) && !shown().join(QLatin1Char(' ')).contains(QStringLiteral("Version")));
        picture("growth");
        m_theme->apply(Theme::Choice::Dark);
        picture("growth-dark");
        m_theme->apply(Theme::Choice::Light);
        m_language.set(QStringLiteral("zh_CN"));
        QTRY_COMPARE(find<QToolButton>("rail-today")->text(), QStringLiteral("今日"));
        picture("growth-zh");
        m_language.set(QStringLiteral("en"));
        // any two days
        auto *from = find<QComboBox>("growthFrom");
        from->setCurrentIndex(40);
        Q_EMIT from->activated(40);
        QTRY_VERIFY_WITH_TIMEOUT(shown().contains(QStringLiteral("Version version changed")), 10'000);
    }
};

QTEST_MAIN(TestWindowGrowth)
#include "tst_windowgrowth.moc"
