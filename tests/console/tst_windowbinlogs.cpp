// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/binlogs/binlogrepository.h"
#include "app/checks/checkrepository.h"
#include "app/fleet/fleetrepository.h"
#include "models/binlogs/binlogmodels.h"
#include "models/checks/keymodels.h"
#include "tests/console/windowfixture.h"

#include <QLabel>
#include <QTableView>
#include <QToolButton>

using namespace zandb;
using namespace std::chrono_literals;

/// The pages Binlogs and Keys.
class TestWindowBinlogs : public test::WindowFixture
{
    Q_OBJECT

protected:
    Result<void> fillStore() override
    {
        if (auto filled = test::WindowFixture::fillStore(); !filled)
            return filled;
        const auto fleet = fleet::loadFleet(*m_session);
        if (!fleet)
            return fail(fleet.error());
        return m_session->transaction([&]() -> Result<void> {
            if (auto done = fillKeys(*fleet); !done)
                return done;
            return fillBinlogs(*fleet);
        });
    }

private:
    Result<void> fillKeys(const Fleet &fleet)
    {
        wire::KeyCheckResult result;
        result.tables = 412;
        result.keys = 530;
        result.usages = {{"shop", "orders", "id", "int(11)", "auto_increment", "", "2105324811", "2147483647", 980'367, 98'412'000, 21LL << 30, fleet.readAt},
                         {"shop", "order_items", "order_id", "int(11)", "foreign_key", "shop.orders.id", "2105324811", "2147483647", 980'367, 310'000'000, 64LL << 30, fleet.readAt},
                         {"shop", "events", "id", "bigint(20) unsigned", "auto_increment", "", "4611686018427387904", "18446744073709551615", 250'000, 900'000'000, 120LL << 30, fleet.readAt}};
        result.findings = {{"no_primary_key", "shop", "import_rows", "", Json::object()}, {"duplicate_index", "shop", "orders", "by_user", {{"by", "by_user_created"}}},
                           {"no_password", "", "", "report@%", Json::object()}};
        result.uncheckedCount = 2;
        return checks::storePass(*m_session, fleet.instances[0].instance.id, Uuid::v7(), fleet.readAt, result);
    }

    Result<void> fillBinlogs(const Fleet &fleet)
    {
        for (std::size_t i = 0; i < 2; ++i) {
            const Instance &instance = fleet.instances[i].instance;
            wire::BinlogReport report;
            report.instance = instance.name;
            report.at = fleet.readAt;
            report.whole = report.on = report.mariaDb = true;
            report.server = "id-7";
            report.expireSeconds = 7 * 86'400;
            report.archive = {"local", i == 0 ? "streaming" : "waiting", nullptr, "binlog.000009", 4'512'000, i == 0 ? 0 : 33'000'000, {}, 8, 5'200'000'000};
            for (int n = 1; n <= 9; ++n) {
                if (i == 1 && n == 5)
                    continue; // purged before it was archived
                for (const char *repository : {"", "local"}) {
                    wire::BinlogFile file;
                    file.repository = repository;
                    file.name = "binlog.00000" + std::to_string(n);
                    file.key = "k" + std::to_string(n);
                    file.server = "id-7";
                    file.mariaDb = true;
                    file.created = fleet.readAt - 12h * (10 - n);
                    file.state = n == 9 ? "open" : "closed";
                    file.size = 1'073'741'824;
                    file.transactions = 1000;
                    file.first = file.created;
                    file.last = file.created + 11h;
                    file.knowsGtids = true;
                    file.previousGtids = "0-7-" + std::to_string(1000 * n - 1);
                    file.endGtids = file.lastGtid = "0-7-" + std::to_string(1000 * n + 999);
                    file.storedBytes = 650'000'000;
                    report.files.push_back(file);
                }
            }
            if (auto stored = binlogs::storeReport(*m_session, instance.id, report); !stored)
                return stored;
            wire::BackupPosition position;
            position.file = "binlog.000002";
            position.offset = 500;
            position.gtid = "0-7-2400";
            if (auto done = m_session->execute("UPDATE backup SET position = ?, ended_us = ? WHERE instance_id = ? AND expired_us IS NULL ORDER BY ended_us DESC LIMIT 1",
                                               {store::value(Json(position)), store::value(fleet.readAt - 90h), store::value(instance.id)});
                !done)
                return fail(done.error());
        }
        return {};
    }

    void pictures(const char *name)
    {
        window().resize(1024, 700);
        for (const char *language : {"en", "zh_CN"}) {
            m_language.set(QString::fromLatin1(language));
            for (const Theme::Choice theme : {Theme::Choice::Light, Theme::Choice::Dark}) {
                m_theme->apply(theme);
                QTest::qWait(100);
                picture(qPrintable(QStringLiteral("%1-%2-%3").arg(QLatin1String(name), QLatin1String(language), QLatin1String(theme == Theme::Choice::Dark ? "dark" : "light"))));
            }
        }
        m_theme->apply(Theme::Choice::Light);
        m_language.set(QStringLiteral("en"));
    }

private Q_SLOTS:
    void keys()
    {
        Location to = m_context->state().location();
        to.page = QStringLiteral("keys");
        m_context->state().goTo(to);
        auto *table = find<QTableView>("keysTable");
        QTRY_COMPARE(table->model()->rowCount(), 3);
        auto *findings = find<QTableView>("findingsTable");
        QTRY_COMPARE(findings->model()->rowCount(), 3);
        auto *gaps = find<QLabel>("keysGaps");
        QVERIFY2(gaps->isVisible() && gaps->text().contains(QStringLiteral("Never checked:")) && gaps->text().contains(QLatin1Char('2')), qPrintable(gaps->text()));
        table->selectRow(0);
        pictures("keys");
        m_language.set(QStringLiteral("zh_CN"));
        QTRY_COMPARE(table->model()->headerData(KeyTableModel::DaysLeft, Qt::Horizontal).toString(), QStringLiteral("剩余天数"));
        m_language.set(QStringLiteral("en"));
    }

    void binlogs()
    {
        Location to = m_context->state().location();
        to.page = QStringLiteral("binlogs");
        m_context->state().goTo(to);
        auto *table = find<QTableView>("binlogsTable");
        QTRY_VERIFY(table->model()->rowCount() >= 2);
        const auto choose = [&](const QString &state) {
            for (int row = 0; row < table->model()->rowCount(); ++row) {
                if (table->model()->data(table->model()->index(row, BinlogTableModel::State)).toString() == state) {
                    table->selectRow(row);
                    table->setCurrentIndex(table->model()->index(row, 0));
                    return true;
                }
            }
            return false;
        };
        QTRY_VERIFY(choose(QStringLiteral("hole")));
        pictures("binlogs");
        QVERIFY(choose(QStringLiteral("archived")));
        picture("binlogs-archived");
    }
};

QTEST_MAIN(TestWindowBinlogs)
#include "tst_windowbinlogs.moc"
