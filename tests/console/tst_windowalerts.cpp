// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/alerts/alertrepository.h"
#include "app/alerts/channelrepository.h"
#include "app/fleet/fleetrepository.h"
#include "app/platform/sealing.h"
#include "models/alerts/watch.h"
#include "tests/console/windowfixture.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QTableView>
#include <QToolButton>

using namespace zandb;
using namespace zandb::console;

/// Alerts with their causes, channels and rules; hosts that are changed and retired.
class TestWindowAlerts : public test::WindowFixture
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
        const auto keys = sealing::makeKeys();
        if (!keys)
            return fail(keys.error());
        if (auto set = alerts::setPublicKey(*m_session, keys->publicKey); !set)
            return set;
        const Uuid instance = fleet->instances.front().instance.id;
        if (auto raised = alerts::raise(*m_session, instanceDownAlert, instance.toString(), {{"state", "down"}}); !raised)
            return raised;
        if (auto raised = alerts::raise(*m_session, replicationBehindAlert, instance.toString(), {{"lag_s", 400}}); !raised)
            return raised;
        if (auto raised = alerts::raise(*m_session, "clock.back", "store"); !raised)
            return raised;
        return alerts::clear(*m_session, "clock.back", "store");
    }

private:
    QDialog *dialog(const char *name)
    {
        QDialog *found = nullptr;
        (void)QTest::qWaitFor([&] { return (found = window().findChild<QDialog *>(QLatin1String(name))) && found->isVisible(); }, 10'000);
        return found;
    }
    void goTo(const char *page)
    {
        Location to = m_context->state().location();
        to.page = QLatin1String(page);
        to.subject.reset();
        m_context->state().goTo(to);
    }
    static void mark(QTableView *table, int row)
    {
        table->selectionModel()->setCurrentIndex(table->model()->index(row, 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    }
    static int rowWith(QTableView *table, const QString &text)
    {
        for (int row = 0; row < table->model()->rowCount(); ++row) {
            for (int column = 0; column < table->model()->columnCount(); ++column) {
                if (table->model()->index(row, column).data().toString().contains(text))
                    return row;
            }
        }
        return -1;
    }

private Q_SLOTS:
    void alertsLeadToTheirCauseAndAreAcknowledged()
    {
        QVERIFY(test::click(find<QToolButton>("rail-alerts")));
        auto *table = find<QTableView>("alertsTable");
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 2, 10'000);
        mark(table, rowWith(table, QStringLiteral("is down")));
        auto *acknowledge = find<QPushButton>("alertsAcknowledge");
        QTRY_VERIFY(acknowledge->isVisible() && acknowledge->isEnabled());
        picture("alerts");
        QVERIFY(test::click(acknowledge));
        QTRY_VERIFY_WITH_TIMEOUT(rowWith(table, QStringLiteral("maria")) >= 0, 10'000);
        QTRY_VERIFY(!acknowledge->isEnabled());
        QVERIFY(test::click(find<QCheckBox>("alertsEnded")));
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 3, 10'000);
        QVERIFY(rowWith(table, QStringLiteral("ended")) >= 0);
        mark(table, rowWith(table, QStringLiteral("behind")));
        QTRY_VERIFY(find<QPushButton>("alertCause")->isVisible());
        QVERIFY(test::click(find<QPushButton>("alertCause")));
        QTRY_COMPARE(m_context->state().location().page, QStringLiteral("instance"));
        QVERIFY(m_context->state().location().idOf(instanceSubject));
    }

    void aChannelIsAddedWithItsSecretSealed()
    {
        goTo("channels");
        auto *table = find<QTableView>("channelsTable");
        QVERIFY(test::click(find<QPushButton>("channelAdd")));
        QDialog *form = dialog("channelDialog");
        QVERIFY(form);
        auto *accept = test::find<QPushButton>(*form, "channelAccept");
        test::find<QLineEdit>(*form, "channelName")->setText(QStringLiteral("night-shift"));
        auto *kind = test::find<QComboBox>(*form, "channelKind");
        kind->setCurrentIndex(kind->findData(QStringLiteral("webhook")));
        QVERIFY(!accept->isEnabled());
        test::find<QLineEdit>(*form, "channel-url")->setText(QStringLiteral("http://example.org/hook"));
        test::find<QLineEdit>(*form, "channelSecret-secret")->setText(QStringLiteral("a secret nobody sees"));
        QVERIFY(!accept->isEnabled()); // in the open, and not to this computer
        test::find<QLineEdit>(*form, "channel-url")->setText(QStringLiteral("https://example.org/hook"));
        QVERIFY(accept->isEnabled());
        QVERIFY(form->grab().save(m_pictures + QStringLiteral("/channel.png")));
        QVERIFY(test::click(accept));
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, 10'000);
        auto channel = alerts::loadChannels(*m_session).value().front();
        QCOMPARE(channel.settings.url, std::string("https://example.org/hook"));
        QVERIFY(!channel.sealed.at("secret").empty() && channel.sealed.at("secret").find("nobody") == std::string::npos);
        // changed without typing the secret, which stays
        mark(table, 0);
        QVERIFY(test::click(find<QPushButton>("channelChange")));
        form = dialog("channelDialog");
        QVERIFY(form);
        QVERIFY(test::find<QLineEdit>(*form, "channelSecret-secret")->text().isEmpty());
        test::find<QCheckBox>(*form, "channelEnabled")->setChecked(false);
        QVERIFY(test::click(test::find<QPushButton>(*form, "channelAccept")));
        QTRY_VERIFY_WITH_TIMEOUT(!alerts::loadChannels(*m_session).value().front().enabled, 10'000);
        QCOMPARE(alerts::loadChannels(*m_session).value().front().sealed, channel.sealed);
        // nobody sends a test
        QTRY_VERIFY(find<QPushButton>("channelTest")->isEnabled());
        QVERIFY(test::click(find<QPushButton>("channelTest")));
        QTRY_COMPARE_WITH_TIMEOUT(m_dialogs.messages.size(), 1, 10'000);
        QVERIFY(m_dialogs.messages.front().contains(QStringLiteral("No headless instance")));
    }

    void aRuleNamesTheChannel()
    {
        goTo("channels");
        auto *rules = find<QTableView>("alertRulesTable");
        QTRY_COMPARE_WITH_TIMEOUT(find<QTableView>("channelsTable")->model()->rowCount(), 1, 10'000);
        QVERIFY(test::click(find<QPushButton>("ruleAdd")));
        QDialog *form = dialog("ruleDialog");
        QVERIFY(form);
        test::find<QLineEdit>(*form, "ruleName")->setText(QStringLiteral("nights"));
        test::find<QLineEdit>(*form, "ruleModules")->setText(QStringLiteral("backup, replication"));
        test::find<QLineEdit>(*form, "ruleQuietFrom")->setText(QStringLiteral("22:00"));
        QVERIFY(!test::find<QPushButton>(*form, "ruleAccept")->isEnabled()); // one end only
        test::find<QLineEdit>(*form, "ruleQuietTo")->setText(QStringLiteral("07:00"));
        test::find<QComboBox>(*form, "ruleZone")->setCurrentText(QStringLiteral("Asia/Shanghai"));
        test::find<QListWidget>(*form, "ruleChannels")->item(0)->setCheckState(Qt::Checked);
        QVERIFY(form->grab().save(m_pictures + QStringLiteral("/rule.png")));
        QVERIFY(test::click(test::find<QPushButton>(*form, "ruleAccept")));
        QTRY_COMPARE_WITH_TIMEOUT(rules->model()->rowCount(), 1, 10'000);
        const AlertRule rule = alerts::loadRules(*m_session).value().front();
        QCOMPARE(rule.modules, (std::vector<std::string>{"backup", "replication"}));
        QCOMPARE(rule.channels.size(), 1u);
        QCOMPARE(rule.quietFrom + rule.quietTo + rule.quietZone, std::string("22:0007:00Asia/Shanghai"));
        picture("channels");
        window().resize(1024, 700);
        picture("channels-low");
        window().resize(1440, 900);
        m_language.set(QStringLiteral("zh_CN"));
        m_theme->apply(Theme::Choice::Dark);
        picture("channels-zh-dark");
        m_theme->apply(Theme::Choice::Light);
        m_language.set(QStringLiteral("en"));
        // what a rule names is not removed under it
        mark(find<QTableView>("channelsTable"), 0);
        QTRY_VERIFY(find<QPushButton>("channelRemove")->isEnabled());
        QVERIFY(test::click(find<QPushButton>("channelRemove")));
        QCOMPARE(m_dialogs.messages.size(), 1);
        mark(rules, 0);
        QTRY_VERIFY(find<QPushButton>("ruleRemove")->isEnabled());
        QVERIFY(test::click(find<QPushButton>("ruleRemove")));
        QTRY_COMPARE_WITH_TIMEOUT(rules->model()->rowCount(), 0, 10'000);
        QVERIFY(test::click(find<QPushButton>("channelRemove")));
        QTRY_COMPARE_WITH_TIMEOUT(find<QTableView>("channelsTable")->model()->rowCount(), 0, 10'000);
    }

    void hostsAreChangedTogetherAndRetired()
    {
        goTo("fleet");
        auto *hosts = find<QTableView>("hostsTable");
        QTRY_VERIFY_WITH_TIMEOUT(hosts->model()->rowCount() > 2, 10'000);
        const int before = hosts->model()->rowCount();
        hosts->selectionModel()->select(hosts->model()->index(0, 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        hosts->selectionModel()->select(hosts->model()->index(1, 0), QItemSelectionModel::Select | QItemSelectionModel::Rows);
        auto *edit = find<QPushButton>("hostEdit");
        QTRY_VERIFY_WITH_TIMEOUT(edit->isVisible() && edit->isEnabled(), 10'000);
        QVERIFY(test::click(edit));
        QDialog *form = dialog("editHostsDialog");
        QVERIFY(form);
        test::find<QLineEdit>(*form, "editHostLabels")->setText(QStringLiteral("pci, tier=1"));
        test::find<QComboBox>(*form, "editHostGroup")->setCurrentText(QStringLiteral("production/cash"));
        QVERIFY(form->grab().save(m_pictures + QStringLiteral("/hosts-edit.png")));
        QVERIFY(test::click(test::find<QPushButton>(*form, "editHostSave")));
        const auto labelled = [&] { return m_session->query("SELECT COUNT(DISTINCT subject_id) FROM label").value().front().integer(0); };
        QTRY_COMPARE_WITH_TIMEOUT(labelled(), 2, 10'000);
        QTRY_COMPARE_WITH_TIMEOUT(m_session->query("SELECT COUNT(*) FROM host h JOIN fleet_group g ON g.id = h.group_id WHERE g.name='cash'").value().front().integer(0), 2, 10'000);
        QVERIFY2(m_dialogs.messages.isEmpty(), qPrintable(m_dialogs.messages.join(QLatin1Char('\n'))));
        QTRY_VERIFY_WITH_TIMEOUT(hosts->model()->rowCount() == before, 10'000);
        mark(hosts, 0);
        auto *retire = find<QPushButton>("hostRetire");
        QTRY_VERIFY_WITH_TIMEOUT(retire->isVisible() && retire->isEnabled(), 10'000);
        picture("fleet-host");
        const QString name = hosts->model()->index(0, 1).data().toString();
        QVERIFY(test::click(retire));
        QTRY_VERIFY_WITH_TIMEOUT(!m_dialogs.questions.isEmpty(), 10'000);
        QCOMPARE(m_dialogs.last.typeToConfirm, name);
        QVERIFY2(m_dialogs.last.text.contains(QStringLiteral("Its instances")), qPrintable(m_dialogs.last.text));
        QTRY_COMPARE_WITH_TIMEOUT(hosts->model()->rowCount(), before - 1, 10'000);
        QVERIFY2(m_dialogs.messages.isEmpty(), qPrintable(m_dialogs.messages.join(QLatin1Char('\n'))));
    }
};

QTEST_MAIN(TestWindowAlerts)
#include "tst_windowalerts.moc"
