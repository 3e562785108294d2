// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/language.h"

#include <QApplication>
#include <QDialogButtonBox>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QTest>

#include <memory>

using namespace zandb::console;

/// What Qt says itself - its buttons, the menus of its text fields - is in the console's language too.
class TestLanguage : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void qtSpeaksTheLanguage_data()
    {
        QTest::addColumn<QString>("language");
        QTest::addColumn<QString>("cancel");
        QTest::addColumn<QString>("copy");
        QTest::newRow("Chinese") << QStringLiteral("zh_CN") << QStringLiteral("取消") << QStringLiteral("复制");
        QTest::newRow("English again") << QStringLiteral("en") << QStringLiteral("Cancel") << QStringLiteral("Copy");
        QTest::newRow("and back") << QStringLiteral("zh_CN") << QStringLiteral("取消") << QStringLiteral("复制");
    }
    void qtSpeaksTheLanguage()
    {
        QFETCH(QString, language);
        QFETCH(QString, cancel);
        QFETCH(QString, copy);
        m_language.set(language);
        const QDialogButtonBox box(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
        QCOMPARE(box.button(QDialogButtonBox::Cancel)->text().remove(QLatin1Char('&')), cancel);
        QLineEdit edit;
        const std::unique_ptr<QMenu> menu(edit.createStandardContextMenu());
        QStringList words;
        for (const QAction *action : menu->actions())
            words << action->text().remove(QLatin1Char('&'));
        const QString all = words.join(QLatin1Char(' '));
        QVERIFY2(all.contains(copy), qPrintable(all));
    }

private:
    Language m_language;
};

QTEST_MAIN(TestLanguage)
#include "tst_language.moc"
