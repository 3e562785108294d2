// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/places.h"
#include "widgets/fleet/addhostdialog.h"
#include "widgets/settings/firststeps.h"

#include "widgets/common/theme.h"

#include <QApplication>
#include <QCheckBox>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>

#include <memory>

using namespace zandb;

/// The way of a first host into the fleet: what is still to be done, and the dialog that adds it.
class TestAddHost : public QObject
{
    Q_OBJECT

    const QString m_pictures = QStringLiteral(ZANDB_BINARY_DIR "/screenshots/pages");
    std::unique_ptr<Theme> m_theme;

    template<class T>
    static T *find(QWidget &in, const char *name)
    {
        return in.findChild<T *>(QLatin1String(name));
    }
    void picture(QWidget &of, const QString &name) { QVERIFY(of.grab().save(m_pictures + QLatin1Char('/') + name + QStringLiteral(".png"))); }

private Q_SLOTS:
    void initTestCase()
    {
        m_theme = std::make_unique<Theme>(*qApp);
        m_theme->apply(Theme::Choice::Light);
        QVERIFY(QDir().mkpath(m_pictures));
    }

    void theFirstNight_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void theFirstNight()
    {
        QFETCH(bool, dark);
        m_theme->apply(dark ? Theme::Choice::Dark : Theme::Choice::Light);
        FirstSteps steps;
        steps.resize(900, 260);
        QVERIFY(!steps.isVisible()); // nothing is known yet
        QSignalSpy host(&steps, &FirstSteps::hostRequested), task(&steps, &FirstSteps::taskRequested);
        const auto buttons = [&] { return steps.findChildren<QPushButton *>(); };
        QCOMPARE(buttons().size(), 2);
        steps.setState({});
        QVERIFY(steps.isVisible());
        QVERIFY(find<QLabel>(steps, "firstStep-1")->text().startsWith(QChar(0x2713)));
        QVERIFY(find<QLabel>(steps, "firstStep-2")->text().startsWith(QStringLiteral("2.")));
        QVERIFY(find<QLabel>(steps, "firstStep-4")->text().contains(QStringLiteral("zandbctl serve")));
        picture(steps, dark ? QStringLiteral("first-night-dark") : QStringLiteral("first-night"));
        for (QPushButton *button : buttons())
            button->click();
        QCOMPARE(host.size(), 1);
        QCOMPARE(task.size(), 0); // without a host there is nothing to back up
        steps.setState({1, 3, 0, 0});
        for (QPushButton *button : buttons()) {
            if (button->isVisible())
                button->click();
        }
        QCOMPARE(host.size(), 1);
        QCOMPARE(task.size(), 1);
        QVERIFY(find<QLabel>(steps, "firstStep-2")->text().startsWith(QChar(0x2713)));
        QCOMPARE(find<QLabel>(steps, "firstStep-2")->palette().color(QPalette::WindowText), find<QLabel>(steps, "firstStep-1")->palette().color(QPalette::WindowText)); // what is done steps back
        picture(steps, dark ? QStringLiteral("first-task-dark") : QStringLiteral("first-task"));
        steps.setForbidden(QStringLiteral("Your role is viewer."));
        for (QPushButton *button : buttons())
            QVERIFY(!button->isEnabled());
        steps.setState({1, 3, 1, 1});
        QVERIFY(!steps.isVisible()); // all is done
    }

    /// Name, key, agent: nothing is skipped, and another address means another key.
    void aHostIsAdded()
    {
        m_theme->apply(Theme::Choice::Light);
        auto *dialog = new AddHostDialog(QStringLiteral("production"), {QStringLiteral("production/shop")}, {QStringLiteral("db1")}, QStringLiteral("restrict,command=\"zandb-attach\" ssh-ed25519 AAAA maria"));
        dialog->open();
        QSignalSpy key(dialog, &AddHostDialog::keyRequested), check(dialog, &AddHostDialog::checkRequested), add(dialog, &AddHostDialog::addRequested);
        auto *name = find<QLineEdit>(*dialog, "hostName"), *address = find<QLineEdit>(*dialog, "hostAddress");
        auto *next = find<QPushButton>(*dialog, "hostNext"), *done = find<QPushButton>(*dialog, "hostAdd");
        auto *accepted = find<QCheckBox>(*dialog, "hostAccepted");
        auto *missing = find<QLabel>(*dialog, "hostMissing");
        QVERIFY(find<QPlainTextEdit>(*dialog, "hostFound")->toPlainText().contains(QStringLiteral("ssh-ed25519 AAAA maria"))); // the line to paste
        QVERIFY(!next->isEnabled() && !done->isEnabled());
        QTest::keyClicks(name, QStringLiteral("db1"));
        QCOMPARE(missing->text(), QStringLiteral("There is a host of this name already."));
        name->setText(QStringLiteral("db 2"));
        QVERIFY(!next->isEnabled());
        name->setText(QStringLiteral("db2"));
        QVERIFY(next->isEnabled());
        picture(*dialog, QStringLiteral("add-where"));
        QTest::mouseClick(next, Qt::LeftButton);
        QCOMPARE(key.size(), 1);
        QCOMPARE(key[0][0].toString(), QStringLiteral("db2")); // the name, where no address was given
        QVERIFY(!next->isEnabled());
        dialog->setKey({}, {}, QStringLiteral("db2 cannot be reached at db2:22: timed out."));
        QVERIFY(find<QPlainTextEdit>(*dialog, "hostFound")->toPlainText().contains(QStringLiteral("timed out")));
        address->setText(QStringLiteral("10.0.0.2"));
        QTest::mouseClick(next, Qt::LeftButton);
        dialog->setKey(QStringLiteral("ssh-ed25519 BBBB"), QStringLiteral("SHA256:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"), {});
        QVERIFY(!next->isEnabled()); // not before it was compared
        picture(*dialog, QStringLiteral("add-key"));
        accepted->setChecked(true);
        QVERIFY(next->isEnabled() && !done->isEnabled());
        QTest::mouseClick(next, Qt::LeftButton);
        QCOMPARE(check.size(), 1);
        // another port while its agent is asked: the answer is of another place
        find<QSpinBox>(*dialog, "hostPort")->setValue(2222);
        dialog->setChecked(QStringLiteral("All is well."), true, true);
        QVERIFY(!done->isEnabled() && !accepted->isChecked());
        QTest::mouseClick(next, Qt::LeftButton);
        QCOMPARE(key.size(), 3);
        QCOMPARE(key[2][1].toInt(), 2222);
        dialog->setKey(QStringLiteral("ssh-ed25519 CCCC"), QStringLiteral("SHA256:zyx"), {});
        accepted->setChecked(true);
        QTest::mouseClick(next, Qt::LeftButton);
        dialog->setChecked(QStringLiteral("MariaDB 10.11.19: my3306, up\nWhat is missing: nothing."), true, true);
        QVERIFY(done->isEnabled());
        QCOMPARE(done->text(), QStringLiteral("Add the host"));
        picture(*dialog, QStringLiteral("add-checked"));
        find<QLineEdit>(*dialog, "hostLabels")->setText(QStringLiteral("pci, tier=1"));
        QTest::mouseClick(done, Qt::LeftButton);
        QCOMPARE(add.size(), 1);
        const auto wish = add[0][0].value<HostWish>();
        QCOMPARE(QString::fromStdString(wish.host.name + ' ' + wish.host.address + ' ' + std::to_string(wish.host.sshPort) + ' ' + wish.host.hostKey), QStringLiteral("db2 10.0.0.2 2222 ssh-ed25519 CCCC"));
        QCOMPARE(wish.labels, (std::vector<std::string>{"pci", "tier=1"}));
    }
};

QTEST_MAIN(TestAddHost)
#include "tst_addhost.moc"
