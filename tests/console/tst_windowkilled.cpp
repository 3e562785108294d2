// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/killer/killedrepository.h"
#include "app/killer/policyrepository.h"
#include "app/fleet/fleetrepository.h"
#include "tests/console/windowfixture.h"
#include "tests/support/testfleet.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>

using namespace zandb;
using namespace zandb::console;
using namespace std::chrono_literals;

/// The page of killed statements, and the editor of kill policies.
class TestWindowKilled : public test::WindowFixture
{
    Q_OBJECT

protected:
    Result<void> fillStore() override
    {
        if (auto filled = test::WindowFixture::fillStore(); !filled)
            return filled;
        const std::string key = m_keys.filePath(QStringLiteral("key")).toStdString();
        if (test::runProgram({"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key}).status != 0)
            return fail(errors::internal, {{"detail", "no key"}});
        m_settings.ssh.identity = key;
        const auto fleet = fleet::loadFleet(*m_session);
        if (!fleet)
            return fail(fleet.error());
        const std::pair<const char *, const char *> statements[] = {
            {"select o.*, sum(i.price) from orders o join items i on i.order_id = o.id where o.created > ? group by o.id order by ?", "report"},
            {"update stock set reserved = reserved + ? where sku in(?+)", "shop"},
            {"select count(*) from events where payload like ?", "analytics"},
        };
        return m_session->transaction([&]() -> Result<void> {
            for (int i = 0; i < 24; ++i) {
                wire::KillRecord r;
                r.id = Uuid::v7();
                r.at = fleet->readAt - 50min * i;
                r.policy = i % 3 == 1 ? "writes" : "long-reads";
                r.revision = 3;
                r.action = "query";
                r.outcome = i % 4 == 0 ? "dry_run" : i == 5 ? "failed" : i == 6 ? "gone" : "killed";
                r.detail = i % 4 == 0 ? "policy" : i == 5 ? "instance.not_permitted" : "";
                r.statement = statements[i % 3].first;
                r.checksum = std::string(31, 'A') + static_cast<char>('0' + i % 3);
                r.user = statements[i % 3].second;
                r.host = "10.20.0." + std::to_string(10 + i % 5);
                r.schema = "shop";
                r.command = "Query";
                r.state = "Sending data";
                r.connection = 4000 + i;
                r.startedAt = r.at - 90s;
                r.seconds = 60 + 7 * i;
                r.rowsExamined = 12'000'000 + i;
                r.rowsModified = i % 3 == 1 ? 120 : 0;
                const auto &record = fleet->instances[static_cast<std::size_t>(i) % fleet->instances.size()];
                if (auto written = killer::writeKilled(*m_session, record.instance.id, {r}); !written)
                    return written;
            }
            return {};
        });
    }

private:
    QTemporaryDir m_keys;

    QTableView *openPage()
    {
        // a tab of the slow queries
        Location to = m_context->state().location();
        to.page = QStringLiteral("killed");
        m_context->state().goTo(to);
        auto *table = find<QTableView>("killedTable");
        return QTest::qWaitFor([&] { return table->model()->rowCount() == 24; }, 10'000) ? table : nullptr;
    }

private Q_SLOTS:
    void showsWhatWasKilled()
    {
        auto *table = openPage();
        QVERIFY(table);
        auto *digests = find<QTableView>("killedDigestsTable");
        QTRY_COMPARE(digests->model()->rowCount(), 3);
        table->selectRow(1);
        picture("killed");
        m_theme->apply(Theme::Choice::Dark);
        picture("killed-dark");
        m_theme->apply(Theme::Choice::Light);
        m_language.set(QStringLiteral("zh_CN"));
        QTRY_VERIFY(window().windowTitle().contains(QStringLiteral("已终止")));
        picture("killed-zh");
        m_language.set(QStringLiteral("en"));
        // one digest only, and all again
digests->setFocus();
        digests->selectRow(0);
        digests->setCurrentIndex(digests->model()->index(0, 0));
        QTest::keyClick(digests, Qt::Key_Return);
        QTRY_COMPARE(table->model()->rowCount(), 8);
        QTRY_VERIFY(find<QToolButton>("killedDigest")->isVisible());
        press(Qt::Key_Escape);
        QTRY_COMPARE(table->model()->rowCount(), 24);
    }

    void aPolicyIsWrittenWithAPreview()
    {
        QVERIFY(openPage());
        QVERIFY(test::click(find<QPushButton>("killedPolicies")));
        QDialog *dialog = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((dialog = window().findChild<QDialog *>(QStringLiteral("killPolicyDialog"))) && dialog->isVisible(), 10'000);
        auto *preview = test::find<QLabel>(*dialog, "killPreview");
        auto *accept = test::find<QPushButton>(*dialog, "killAccept");
        QVERIFY(!accept->isEnabled()); // it has no name yet
        test::find<QLineEdit>(*dialog, "killName")->setText(QStringLiteral("reports"));
        test::find<QSpinBox>(*dialog, "killSeconds")->setValue(70);
        test::find<QLineEdit>(*dialog, "killUsers")->setText(QStringLiteral("report, nobody*"));
        QTRY_VERIFY2_WITH_TIMEOUT(preview->text().contains(QStringLiteral("have killed 7 of 24")), qPrintable(preview->text()), 10'000);
        QVERIFY(accept->isEnabled());
        QCOMPARE(accept->text(), QStringLiteral("Save as a dry run"));
        QVERIFY(dialog->grab().save(m_pictures + QStringLiteral("/killpolicy.png")));
        test::find<QLineEdit>(*dialog, "killDigests")->setText(QStringLiteral("xyz"));
        QVERIFY(!accept->isEnabled());
        test::find<QLineEdit>(*dialog, "killDigests")->clear();
        test::find<QCheckBox>(*dialog, "killArmed")->setChecked(true);
        QVERIFY(accept->text().startsWith(QStringLiteral("Kill on 8")));
        test::find<QCheckBox>(*dialog, "killArmed")->setChecked(false);
        QVERIFY(test::click(accept));
        // the store has it, whatever the agents of the sample fleet (there are none) say
        const auto written = [&] {
            const auto rows = killer::loadPolicies(*m_session);
            return rows && rows->size() == 1 && rows->front().policy && rows->front().policy->users == std::vector<std::string>{"report", "nobody*"}
                && rows->front().policy->longerThanSeconds == 70 && rows->front().policy->dryRun;
        };
        QTRY_VERIFY_WITH_TIMEOUT(written() || !m_dialogs.messages.isEmpty(), 20'000);
        QVERIFY2(written(), qPrintable(m_dialogs.messages.join(QLatin1Char('\n'))));
    }
};

QTEST_MAIN(TestWindowKilled)
#include "tst_windowkilled.moc"
