// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/fleet/fleetrepository.h"
#include "app/sharding/shardrepository.h"
#include "app/store/session.h"
#include "models/sharding/shardmodels.h"
#include "tests/console/windowfixture.h"

#include <QCheckBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QTabBar>
#include <QTableView>
#include <QTemporaryDir>

using namespace zandb;
using store::value;

/// The page Shards: the map, its findings and rules, what is previewed, and Ctrl+K.
class TestWindowShards : public test::WindowFixture
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
        m_fleet = *fleet;
        for (const InstanceRecord &record : m_fleet.instances) {
            if (record.detail && record.detail->role != "replica" && m_owners.size() < 3)
                m_owners.push_back(record.instance.id);
        }
        int number = 0;
        for (std::size_t i = 0; i < 2; ++i) { // the third was never looked at
            if (auto done = m_session->execute("INSERT INTO snapshot (instance_id, day, run_id, taken_us, stored_us, flavour, version, schema_count, table_count, bytes, data_bytes, "
                                               "index_bytes, table_rows, directories, missing, format, parts) VALUES (?,20000,?,1,1,'','',8,0,0,0,0,0,'{}','[]',1,1)",
                                               {value(m_owners[i]), value(Uuid::v7())});
                !done)
                return fail(done.error());
            for (int k = 0; k < 8; ++k, ++number) {
                char schema[32];
                std::snprintf(schema, sizeof schema, "orders_%04d", number);
                if (auto done = m_session->execute("INSERT INTO snapshot_size VALUES (?,20000,?,'',1,1,1,1,1)", {value(m_owners[i]), value(schema)}); !done)
                    return fail(done.error());
            }
        }
        std::vector<Shard> users;
        for (const auto &[shardNumber, owner] : std::initializer_list<std::pair<int, std::string>>{{0, m_fleet.pathOf(m_owners[0])}, {1, m_fleet.pathOf(m_owners[1])}, {1, m_fleet.pathOf(m_owners[2])},
                                                                                              {4, "old9/my3306"}}) {
            Shard shard;
            shard.database = "users";
            shard.number = shardNumber;
            shard.count = 5;
            shard.owner = owner;
            shard.schema = "users_" + std::to_string(shardNumber);
            shard.dsn = "mysql://app@10.0.0." + std::to_string(shardNumber + 7) + ":3306/users_" + std::to_string(shardNumber);
            users.push_back(shard);
        }
        const auto plan = sharding::planImport(*m_session, m_fleet, users, false);
        return plan ? sharding::apply(*m_session, *plan) : Result<void>(fail(plan.error()));
    }

private:
    Fleet m_fleet;
    std::vector<Uuid> m_owners;
    QTemporaryDir m_files;

    void openPage()
    {
        Location to = m_context->state().location();
        to.page = QStringLiteral("shards");
        to.scope = {};
        m_context->state().goTo(to);
        QTRY_VERIFY(find<QTableView>("shardsTable")->model()->rowCount() > 0);
    }
    void showTab(int index) { find<QTabBar>("shardsViews")->setCurrentIndex(index); }
    void pictures(const char *name, const std::function<void(const char *)> &take)
    {
        window().resize(1024, 700);
        for (const char *language : {"en", "zh_CN"}) {
            m_language.set(QString::fromLatin1(language));
            for (const Theme::Choice theme : {Theme::Choice::Light, Theme::Choice::Dark}) {
                m_theme->apply(theme);
                QTest::qWait(100);
                take(qPrintable(QStringLiteral("%1-%2-%3").arg(QLatin1String(name), QLatin1String(language), QLatin1String(theme == Theme::Choice::Dark ? "dark" : "light"))));
            }
        }
        m_theme->apply(Theme::Choice::Light);
        m_language.set(QStringLiteral("en"));
    }
    void pictures(const char *name)
    {
        pictures(name, [this](const char *file) { picture(file); });
    }
    void pictureOf(const char *dialog, const char *name)
    {
        auto *shown = find<QDialog>(dialog);
        QVERIFY(shown);
        shown->grab().save(m_pictures + QLatin1Char('/') + QLatin1String(name) + QStringLiteral(".png"));
    }
    QString write(const QString &name, const QByteArray &text)
    {
        QFile file(m_files.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            return {};
        return file.fileName();
    }
    std::string stored(const char *sql)
    {
        const auto rows = m_session->query(sql);
        return rows && !rows->empty() ? rows->front().text(0) : std::string("?");
    }

private Q_SLOTS:
    void theMap()
    {
        openPage();
        auto *table = find<QTableView>("shardsTable");
        QCOMPARE(table->model()->rowCount(), 4);
        QTRY_VERIFY(find<QLabel>("shardsFacts")->text().contains(QStringLiteral("4 shards")));
        QVERIFY2(find<QLabel>("shardsFacts")->text().contains(QStringLiteral("1 logical database")), qPrintable(find<QLabel>("shardsFacts")->text()));
        QStringList states;
        for (int row = 0; row < 4; ++row)
            states << table->model()->index(row, ShardTableModel::State).data().toString();
        QCOMPARE(states.count(QStringLiteral("two owners")), 2);
        QCOMPARE(states.count(QStringLiteral("the owner is not of this fleet")), 1);
        showTab(1);
        auto *findings = find<QTableView>("shardFindingsTable");
        // two owners of 1, 2 and 3 missing, an owner that nobody knows, and schemas that two owners do not have
        QTRY_COMPARE(findings->model()->rowCount(), 5);
        findings->selectRow(0);
        pictures("shards-findings");
        showTab(0);
        table->selectRow(1);
        pictures("shards");
        // another scope: only what its instances own
        Location to = m_context->state().location();
        to.scope = {Scope::Kind::Instance, m_owners[0]};
        m_context->state().goTo(to);
        QTRY_COMPARE(table->model()->rowCount(), 1);
        m_language.set(QStringLiteral("zh_CN"));
        QTRY_COMPARE(table->model()->headerData(ShardTableModel::Database, Qt::Horizontal).toString(), QStringLiteral("逻辑库"));
        m_language.set(QStringLiteral("en"));
    }

    void aRuleIsPreviewed()
    {
        openPage();
        showTab(2);
        QVERIFY(test::click(find<QPushButton>("shardsAddRule")));
        QTRY_VERIFY(find<QDialog>("shardRuleDialog"));
        auto *next = find<QPushButton>("shardRulePreview");
        QVERIFY(!next->isEnabled());
        QTest::keyClicks(find<QLineEdit>("shardRuleDatabase"), QStringLiteral("orders"));
        QTest::keyClicks(find<QLineEdit>("shardRulePattern"), QStringLiteral("orders_\\d+"));
        QVERIFY(!next->isEnabled() && find<QLabel>("shardRuleProblem")->text().contains(QStringLiteral("group")));
        find<QLineEdit>("shardRulePattern")->setText(QStringLiteral("orders_(\\d+)"));
        QTest::keyClicks(find<QLineEdit>("shardRuleCount"), QStringLiteral("20"));
        pictureOf("shardRuleDialog", "shards-rule");
        QVERIFY(test::click(next));
        QTRY_VERIFY(find<QDialog>("shardPreviewDialog"));
        QVERIFY(find<QLabel>("shardPreviewCounts")->text().contains(QStringLiteral("16 added")));
        QVERIFY2(find<QLabel>("shardPreviewWarnings")->text().contains(QString::fromStdString(m_fleet.pathOf(m_owners[2]))), qPrintable(find<QLabel>("shardPreviewWarnings")->text()));
        QCOMPARE(find<QTableView>("shardChangesTable")->model()->rowCount(), 16);
        QCOMPARE(stored("SELECT COUNT(*) FROM zandb.shard_rule"), std::string("0"));
        pictures("shards-preview", [this](const char *name) { pictureOf("shardPreviewDialog", name); });
        QVERIFY(test::click(find<QPushButton>("shardPreviewAccept")));
        QTRY_COMPARE(find<QTableView>("shardsTable")->model()->rowCount(), 20);
        QTRY_COMPARE(find<QTableView>("shardRulesTable")->model()->rowCount(), 1);
        QCOMPARE(stored("SELECT pattern FROM zandb.shard_rule"), std::string("orders_(\\d+)"));
        find<QTableView>("shardRulesTable")->selectRow(0);
        pictures("shards-rules");
        // nothing to do: the button says why
        QVERIFY(test::click(find<QPushButton>("shardsApplyRules")));
        QTRY_VERIFY(find<QDialog>("shardPreviewDialog"));
        QVERIFY(!find<QPushButton>("shardPreviewAccept")->isEnabled());
        find<QDialog>("shardPreviewDialog")->reject();
        QTRY_VERIFY(!find<QDialog>("shardPreviewDialog"));
    }

    void imports()
    {
        openPage();
        m_dialogs.path = write(QStringLiteral("bad.csv"), "database,shard,owner\ngoods,x,db1/my3306\ngoods,1\n");
        QVERIFY(test::click(find<QPushButton>("shardsImport")));
        QTRY_VERIFY(find<QDialog>("shardPreviewDialog"));
        const QString faults = find<QLabel>("shardPreviewWarnings")->text();
        QVERIFY2(faults.contains(QStringLiteral("line 2: ")) && faults.contains(QStringLiteral("line 3: ")), qPrintable(faults));
        QVERIFY(!find<QPushButton>("shardPreviewAccept")->isVisible());
        pictureOf("shardPreviewDialog", "shards-faults");
        find<QDialog>("shardPreviewDialog")->reject();
        QTRY_VERIFY(!find<QDialog>("shardPreviewDialog"));

        m_dialogs.path = write(QStringLiteral("users.json"), R"([{"database":"users","shard":2,"owner":"old9/my3306","schema":"users_2"}])");
        QVERIFY(test::click(find<QPushButton>("shardsImport")));
        QTRY_VERIFY(find<QDialog>("shardPreviewDialog"));
        QVERIFY(find<QLabel>("shardPreviewCounts")->text().contains(QStringLiteral("1 added, 0 changed, 4 removed")));
        QVERIFY(test::click(find<QCheckBox>("shardPreviewKeep")));
        QTRY_VERIFY(find<QLabel>("shardPreviewCounts")->text().contains(QStringLiteral("1 added, 0 changed, 0 removed")));
        QVERIFY(test::click(find<QPushButton>("shardPreviewAccept")));
        QTRY_COMPARE(stored("SELECT COUNT(*) FROM zandb.shard WHERE database_name = 'users'"), std::string("5"));
        QVERIFY(m_dialogs.messages.isEmpty());
    }

    void foundByCtrlK()
    {
        press(Qt::Key_K, Qt::ControlModifier);
        auto *edit = find<QLineEdit>("goToEdit");
        QVERIFY(edit);
        QTest::keyClicks(edit, QStringLiteral("orders 11"));
        auto *list = find<QListWidget>("goToList");
        QTRY_VERIFY(list->count() == 1);
        QVERIFY2(list->item(0)->text().contains(QStringLiteral("orders, shard 11 (orders_0011)")), qPrintable(list->item(0)->text()));
        find<QDialog>("goToBox")->grab().save(m_pictures + QStringLiteral("/shards-goto.png"));
        QTest::keyClick(edit, Qt::Key_Return);
        auto *table = find<QTableView>("shardsTable");
        QTRY_VERIFY(m_context->state().location().page == QLatin1String("shards") && table->isVisible());
        QTRY_COMPARE(table->currentIndex().siblingAtColumn(ShardTableModel::Schema).data().toString(), QStringLiteral("orders_0011"));
    }

    void aViewerOnlyLooks()
    {
        openPage();
        window().setForbidden(QString());
        auto *page = window().page(QStringLiteral("shards"));
        page->setForbidden(QStringLiteral("You may only look."));
        showTab(2);
        QVERIFY(!find<QPushButton>("shardsImport")->isEnabled() && !find<QPushButton>("shardsAddRule")->isEnabled() && !find<QPushButton>("shardsApplyRules")->isEnabled());
    }
};

QTEST_MAIN(TestWindowShards)
#include "tst_windowshards.moc"
